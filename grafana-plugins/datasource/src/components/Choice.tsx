import { Alert, Button, Stack } from '@grafana/ui';
import type { ReactNode } from 'react';

interface Props {
  title: string;
  testId: string;
  /** What is wrong. */
  children: ReactNode;
  /** What can be done about it. */
  buttons: { label: string; onClick: () => void }[];
}

/** A warning, and what can be done about it. */
export function Choice({ title, testId, children, buttons }: Props) {
  return (
    <Alert severity="warning" title={title} data-testid={testId}>
      <Stack direction="column" gap={1} alignItems="flex-start">
        {children}
        <Stack gap={1} wrap="wrap">
          {buttons.map(({ label, onClick }) => (
            <Button key={label} size="sm" variant="secondary" type="button" onClick={onClick}>
              {label}
            </Button>
          ))}
        </Stack>
      </Stack>
    </Alert>
  );
}
