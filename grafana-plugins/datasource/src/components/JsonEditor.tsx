import { Alert, CodeEditor } from '@grafana/ui';
import { testIds } from '../testIds';
import { Choice } from './Choice';
import { LossList } from './LossList';
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
      <LossList losses={read.losses} />
    </Choice>
  );
}
