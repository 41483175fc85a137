import { css } from '@emotion/css';
import type { GrafanaTheme2, QueryEditorProps } from '@grafana/data';
import { Alert, Combobox, InlineField, InlineFieldRow, MultiCombobox, useStyles2 } from '@grafana/ui';
import type { AnalyticsDataSource } from '../datasource';
import { migrateQuery } from '../migrations';
import { explainProblems } from '../model/problems';
import { testIds } from '../testIds';
import type { AnalyticsJsonData, AnalyticsQuery, KpiQuery } from '../types';
import { AnswerOptions } from './AnswerOptions';
import { Filters } from './Filters';
import { Problem } from './Problem';
import { useCatalogue } from './useCatalogue';
import { variableOptions } from './variable-options';

type Props = QueryEditorProps<AnalyticsDataSource, AnalyticsQuery, AnalyticsJsonData>;

const labelWidth = 14;

/** What is not understood is shown as such and never written back. */
export function QueryEditor(props: Props) {
  const query = migrateQuery(props.query);
  if (query.kind === 'unreadable') {
    return <Alert severity="warning" title={query.reason} />;
  }
  return query.kind === 'kpi' ? <KpiQueryEditor {...props} query={query} /> : null;
}

/** Which KPI, split by what, filtered how, over which steps and compared with when. */
function KpiQueryEditor({ query, datasource, onChange, onRunQuery }: Props & { query: KpiQuery }) {
  const styles = useStyles2(getStyles);
  const { kpis, failure } = useCatalogue(datasource);
  const kpi = kpis?.find(({ id }) => id === query.metric);
  const problems = explainProblems(query, kpis);
  const change = (changed: Partial<KpiQuery>) => {
    onChange({ ...query, ...changed });
    onRunQuery();
  };
  const ids = testIds.queryEditor;
  const dimensions = kpi?.dimensions ?? [...new Set((kpis ?? []).flatMap((each) => each.dimensions))].sort();

  return (
    <div data-testid={ids.root}>
      {failure !== undefined && (
        <Alert severity="warning" title={`The KPI catalogue could not be read. ${failure}`} />
      )}
      <InlineFieldRow>
        <InlineField label="KPI" labelWidth={labelWidth} invalid={problems.metric !== undefined}>
          <Combobox
            id={`coditect-metric-${query.refId}`}
            data-testid={ids.metric}
            width={40}
            placeholder="Choose a KPI"
            loading={kpis === undefined && failure === undefined}
            createCustomValue
            options={[
              ...(kpis ?? []).map(({ id, title, definition }) => ({
                value: id,
                label: title,
                description: definition,
              })),
              ...variableOptions(),
            ]}
            value={query.metric === '' ? null : query.metric}
            onChange={({ value }) => change({ metric: value })}
          />
        </InlineField>
        <InlineField label="Group by" labelWidth={labelWidth} invalid={problems.groupBy !== undefined}>
          <MultiCombobox
            id={`coditect-group-by-${query.refId}`}
            data-testid={ids.groupBy}
            width="auto"
            minWidth={24}
            maxWidth={60}
            placeholder="Whole tenant"
            createCustomValue
            options={[...dimensions.map((value) => ({ value })), ...variableOptions()]}
            value={query.groupBy}
            onChange={(options) => change({ groupBy: options.map(({ value }) => value) })}
          />
        </InlineField>
      </InlineFieldRow>
      <Problem text={problems.metric} />
      <Problem text={problems.groupBy} />
      {kpi && (
        <div data-testid={ids.definition} className={styles.definition}>
          {kpi.definition} Unit: {kpi.unit}. Formula: {kpi.formula}.
        </div>
      )}
      <Filters
        refId={query.refId}
        filters={query.filters}
        dimensions={dimensions}
        problems={problems.filters}
        findValues={(dimension, prefix) => datasource.client.dimensionValues(dimension, prefix)}
        onChange={(filters) => change({ filters })}
      />
      <AnswerOptions query={query} kpi={kpi} intervalProblem={problems.interval} onChange={change} />
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    definition: css({
      margin: theme.spacing(0, 0, 1, 0.5),
      maxWidth: 800,
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
    }),
  };
}
