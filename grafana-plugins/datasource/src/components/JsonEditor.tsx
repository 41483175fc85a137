import { Alert, Button, CodeEditor, Stack } from '@grafana/ui';
import type { ReadText } from '../model/query-json';
import { testIds } from '../testIds';

interface Props {
  text: string;
  read: ReadText;
  onText: (text: string) => void;
  onApply: () => void;
}

const editorHeight = 260;

/** The query as text. What it says is taken over when it says nothing that would be lost; else after a look at that. */
export function JsonEditor({ text, read, onText, onApply }: Props) {
  return (
    <div data-testid={testIds.queryEditor.json}>
      <CodeEditor
        value={text}
        language="json"
        height={editorHeight}
        showMiniMap={false}
        showLineNumbers
        onBlur={onText}
        onSave={onText}
      />
      <Verdict read={read} onApply={onApply} />
    </div>
  );
}

function Verdict({ read, onApply }: Pick<Props, 'read' | 'onApply'>) {
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
    <Alert
      severity="warning"
      title="Parts of this text are not understood and would be lost"
      data-testid={testIds.queryEditor.losses}
    >
      <Stack direction="column" gap={1} alignItems="flex-start">
        <ul style={{ margin: 0, paddingLeft: 16 }}>
          {read.losses.map(({ path, reason }) => (
            <li key={path}>
              <code>{path}</code> {reason}
            </li>
          ))}
        </ul>
        <Button size="sm" variant="secondary" type="button" onClick={onApply}>
          Take over without them
        </Button>
      </Stack>
    </Alert>
  );
}
