import { Icon, Text } from '@grafana/ui';
import { testIds } from '../testIds';

/** Says in place why a choice will not work. Nothing when `text` is `undefined`. */
export function Problem({ text }: { text: string | undefined }) {
  if (text === undefined) {
    return null;
  }
  return (
    <div role="alert" data-testid={testIds.queryEditor.problem} style={{ margin: '0 0 8px 4px' }}>
      <Text variant="bodySmall" color="error">
        <Icon name="exclamation-triangle" size="sm" /> {text}
      </Text>
    </div>
  );
}
