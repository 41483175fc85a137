import { Alert, Button, CodeEditor, Stack } from '@grafana/ui';
import type { ReactNode } from 'react';
import { testIds } from '../testIds';
import type { Draft } from './useDraft';

const editorHeight = 260;

/** The query as text. What it says is taken over when it says nothing that would be lost; else after a look at that. */
export function JsonEditor({ draft }: { draft: Draft }) {
  return (
    <div data-testid={testIds.queryEditor.json}>
      <CodeEditor
        value={draft.text}
        language="json"
        height={editorHeight}
        showMiniMap={false}
        showLineNumbers
        onChange={draft.type}
        onBlur={draft.finish}
        onSave={draft.finish}
      />
      {draft.isOutdated ? <Outdated draft={draft} /> : draft.isFinished && <Verdict draft={draft} />}
    </div>
  );
}

/** Neither the text nor the query that took its place goes without a word. */
function Outdated({ draft }: { draft: Draft }) {
  return (
    <Choice
      title="The query was replaced while this text was being changed"
      testId={testIds.queryEditor.outdated}
      buttons={[
        { label: 'Use this text', onClick: draft.keep },
        { label: 'Show the new query', onClick: draft.drop },
      ]}
    >
      <span>
        The text is not taken over. Use it in place of the new query, or show the new query instead.
      </span>
    </Choice>
  );
}

function Verdict({ draft: { read, take } }: { draft: Draft }) {
  if (read.state === 'broken') {
    return (
      <Alert severity="error" title="The query is left as it was" data-testid={testIds.queryEditor.losses}>
        {read.reason}
      </Alert>
    );
  }
  if (read.losses.length === 0) {
    return null;
  }
  return (
    <Choice
      title="Parts of this text are not understood and would be lost"
      testId={testIds.queryEditor.losses}
      buttons={[{ label: 'Take over without them', onClick: take }]}
    >
      <ul style={{ margin: 0, paddingLeft: 16 }}>
        {read.losses.map(({ path, reason }) => (
          <li key={path}>
            <code>{path}</code> {reason}
          </li>
        ))}
      </ul>
    </Choice>
  );
}

interface ChoiceProps {
  title: string;
  testId: string;
  /** What is wrong. */
  children: ReactNode;
  /** What can be done about it. */
  buttons: { label: string; onClick: () => void }[];
}

function Choice({ title, testId, children, buttons }: ChoiceProps) {
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
