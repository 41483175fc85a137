import type { QueryEditorProps } from '@grafana/data';
import {
  Alert,
  Combobox,
  ConfirmModal,
  InlineField,
  InlineFieldRow,
  LoadingPlaceholder,
  RadioButtonGroup,
} from '@grafana/ui';
import { lazy, Suspense, useState } from 'react';
import type { AnalyticsDataSource } from '../datasource';
import { isReadable, migrateQuery } from '../migrations';
import { changeKind } from '../model/change-kind';
import { queryKinds } from '../model/choices';
import type { Loss } from '../model/losses';
import { toText } from '../model/query-json';
import { findUnread, keepUnread } from '../model/unread-parts';
import { testIds } from '../testIds';
import type { AnalyticsJsonData, AnalyticsQuery, QueryKind } from '../types';
import { JsonEditor } from './JsonEditor';
import { kindWords } from './kind-words';
import { KpiEditor } from './KpiEditor';
import { Problem } from './Problem';
import { UnreadParts } from './UnreadParts';
import { useCatalogue } from './useCatalogue';
import { useDraft, type Draft } from './useDraft';

type Props = QueryEditorProps<AnalyticsDataSource, AnalyticsQuery, AnalyticsJsonData>;

/** Most queries are of KPIs: the editors of the other kinds are loaded when they are needed. */
const KindEditor = lazy(async () => ({ default: (await import('./KindEditor')).KindEditor }));

/** What is not understood is shown as such and never written back. */
export function QueryEditor(props: Props) {
  return <AnyQueryEditor {...props} isAnnotation={false} />;
}

/** The same for what is marked in panels. */
export function AnnotationQueryEditor(props: Props) {
  return <AnyQueryEditor {...props} isAnnotation />;
}

interface UsedProps extends Props {
  isAnnotation: boolean;
}

function AnyQueryEditor(props: UsedProps) {
  const query = migrateQuery(props.query);
  return isReadable(query) ? (
    <ReadableQueryEditor {...props} saved={props.query} query={query} />
  ) : (
    <Alert severity="warning" title={query.reason} />
  );
}

interface ReadQuery {
  /** As Grafana has it, parts that can't be read among it. */
  saved: AnalyticsQuery;
  query: AnalyticsQuery;
}

/** `touched`: paths that were chosen. */
type ChangeQuery = (query: AnalyticsQuery, touched: readonly string[]) => void;

type Mode = 'builder' | 'json';

const modes = [
  { value: 'builder' as const, label: 'Builder' },
  { value: 'json' as const, label: 'JSON' },
];

function ReadableQueryEditor({
  saved,
  query,
  datasource,
  isAnnotation,
  onChange,
  onRunQuery,
}: UsedProps & ReadQuery) {
  const [mode, setMode] = useState<Mode>('builder');
  const [isAsking, setAsking] = useState(false);

  const unread = findUnread(saved, query);
  const replace = (changed: AnalyticsQuery) => {
    onChange(changed);
    onRunQuery();
  };
  const change: ChangeQuery = (changed, touched) => replace(keepUnread(saved, query, changed, touched));
  const draft = useDraft(query, toText(unread.length > 0 ? saved : query), replace);
  const switchTo = (next: Mode) => (next === 'builder' && draft.isThere ? setAsking(true) : setMode(next));
  const leave = () => {
    setAsking(false);
    setMode('builder');
    if (draft.isOutdated) draft.drop();
    else draft.take();
  };

  return (
    <div data-testid={testIds.queryEditor.root}>
      <InlineFieldRow>
        <KindField
          query={query}
          kinds={isAnnotation ? markedKinds : queryKinds}
          isDisabled={mode === 'json'}
          onChange={replace}
        />
        <div data-testid={testIds.queryEditor.mode}>
          <RadioButtonGroup options={modes} value={mode} onChange={switchTo} aria-label="Edit with" />
        </div>
      </InlineFieldRow>
      <Problem text={isAnnotation ? explainMarkedKind(query.kind) : undefined} />
      {mode === 'json' ? (
        <JsonEditor draft={draft} />
      ) : (
        <>
          <UnreadParts unread={unread} onDrop={() => replace(query)} />
          <Builder
            query={query}
            unread={unread}
            datasource={datasource}
            isAnnotation={isAnnotation}
            onChange={change}
          />
        </>
      )}
      <ConfirmModal
        isOpen={isAsking}
        title="The builder can't show all of this text"
        body={lossWords(draft)}
        confirmText={isDiscarded(draft) ? 'Discard the text' : 'Continue without them'}
        dismissText="Back to the text"
        onConfirm={leave}
        onDismiss={() => setAsking(false)}
      />
    </div>
  );
}

function isDiscarded({ read, isOutdated }: Draft): boolean {
  return isOutdated || read.state === 'broken';
}

function lossWords({ read, isOutdated }: Draft): string {
  if (isOutdated) return 'The query was replaced while this text was being changed. The new query stays.';
  if (read.state === 'broken') return `${read.reason} The query before it stays.`;
  return `These parts would be lost: ${read.losses.map(({ path, reason }) => `${path} ${reason}`).join('; ')}.`;
}

/** The rows of any other kind would each be a mark. */
const markedKinds = ['annotations', 'kpi'] as const satisfies readonly QueryKind[];

function explainMarkedKind(kind: QueryKind): string | undefined {
  return markedKinds.some((marked) => marked === kind)
    ? undefined
    : 'Nothing of this kind can be marked. Choose Annotations, or a KPI with a line to cross.';
}

interface KindFieldProps {
  query: AnalyticsQuery;
  kinds: readonly QueryKind[];
  isDisabled: boolean;
  onChange: (query: AnalyticsQuery) => void;
}

function KindField({ query, kinds, isDisabled, onChange }: KindFieldProps) {
  const setKind = (kind: QueryKind) => {
    if (kind !== query.kind) onChange(changeKind(query, kind));
  };
  return (
    <InlineField label="Query" labelWidth={14}>
      <Combobox
        id={`coditect-kind-${query.refId}`}
        data-testid={testIds.queryEditor.kind}
        width={24}
        disabled={isDisabled}
        options={kinds.map((value) => ({ value, ...kindWords[value] }))}
        value={{ value: query.kind, ...kindWords[query.kind] }}
        onChange={({ value }) => setKind(value)}
      />
    </InlineField>
  );
}

interface BuilderProps {
  query: AnalyticsQuery;
  unread: readonly Loss[];
  isAnnotation: boolean;
  datasource: AnalyticsDataSource;
  onChange: ChangeQuery;
}

function Builder({ query, unread, datasource, isAnnotation, onChange }: BuilderProps) {
  const catalogue = useCatalogue(datasource);
  const dimensions = [...new Set((catalogue.kpis ?? []).flatMap((each) => each.dimensions))].sort();
  return (
    <>
      {catalogue.failure !== undefined && (
        <Alert severity="warning" title={`The KPI catalogue could not be read. ${catalogue.failure}`} />
      )}
      {query.kind === 'kpi' ? (
        <KpiEditor
          query={query}
          unread={unread}
          catalogue={catalogue}
          dimensions={dimensions}
          datasource={datasource}
          isAnnotation={isAnnotation}
          onChange={(changed) => onChange({ ...query, ...changed }, Object.keys(changed))}
        />
      ) : (
        <Suspense fallback={<LoadingPlaceholder text="Loading" />}>
          <KindEditor query={query} dimensions={dimensions} datasource={datasource} onChange={onChange} />
        </Suspense>
      )}
    </>
  );
}
