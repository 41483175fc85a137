import { Alert, Button, CodeEditor, Stack } from '@grafana/ui';
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
    <Alert
      severity="warning"
      title="The query was replaced while this text was being changed"
      data-testid={testIds.queryEditor.outdated}
    >
      <Stack direction="column" gap={1} alignItems="flex-start">
        <span>
          The text is not taken over. Use it in place of the new query, or show the new query instead.
        </span>
        <Stack gap={1} wrap="wrap">
          <Button size="sm" variant="secondary" type="button" onClick={draft.keep}>
            Use this text
          </Button>
          <Button size="sm" variant="secondary" type="button" onClick={draft.drop}>
            Show the new query
          </Button>
        </Stack>
      </Stack>
    </Alert>
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
        <Button size="sm" variant="secondary" type="button" onClick={take}>
          Take over without them
        </Button>
      </Stack>
    </Alert>
  );
}
