import type { KpiDescription } from '@coditect/contracts';
import type { QueryEditorProps } from '@grafana/data';
import { InlineFieldRow } from '@grafana/ui';
import type { AnalyticsDataSource } from '../datasource';
import { migrateVariableQuery } from '../migrations';
import { explainFilters, explainRegex } from '../model/problems';
import { testIds } from '../testIds';
import type {
  AnalyticsJsonData,
  AnalyticsQuery,
  AnalyticsVariableQuery,
  DimensionValuesVariable,
} from '../types';
import { ChoiceField, CountField, NameField, TextField } from './fields';
import { Filters } from './Filters';
import { Problem } from './Problem';
import { useCatalogue } from './useCatalogue';

type Props = QueryEditorProps<AnalyticsDataSource, AnalyticsQuery, AnalyticsJsonData, AnalyticsVariableQuery>;
type Kind = AnalyticsVariableQuery['kind'];

const kinds: { value: Kind; label: string; description: string }[] = [
  { value: 'dimensionValues', label: 'Values of a dimension', description: 'Such as agents, models, routes' },
  { value: 'teams', label: 'Teams', description: 'Every team that has events' },
  { value: 'kpis', label: 'KPIs', description: 'To choose what a panel shows' },
  { value: 'dimensions', label: 'Dimensions', description: 'To choose what a panel is grouped by' },
];

/** What a dashboard variable lists. */
export function VariableEditor({ query: saved, datasource, onChange }: Props) {
  const query = migrateVariableQuery(saved);
  const { kpis = [], failure } = useCatalogue(datasource);
  const setKind = (kind: Kind) => onChange(migrateVariableQuery({ kind }));
  const change = (changed: object) => onChange(migrateVariableQuery({ ...query, ...changed }));

  return (
    <div data-testid={testIds.variableEditor.root}>
      <InlineFieldRow>
        <div data-testid={testIds.variableEditor.kind}>
          <ChoiceField
            id="coditect-variable-kind"
            label="List"
            options={kinds}
            value={query.kind}
            onChange={setKind}
          />
        </div>
      </InlineFieldRow>
      {query.kind === 'kpis' && (
        <NameField
          id="coditect-variable-family"
          label="Family"
          value={query.family ?? ''}
          placeholder="All KPIs"
          options={[...new Set(kpis.map(({ family }) => family))]}
          isClearable
          onChange={(family) => change({ family })}
        />
      )}
      {query.kind === 'dimensions' && (
        <NameField
          id="coditect-variable-metric"
          label="Of the KPI"
          value={query.metric ?? ''}
          placeholder="Of any KPI"
          options={kpis.map(({ id }) => id)}
          isClearable
          onChange={(metric) => change({ metric })}
        />
      )}
      {query.kind === 'dimensionValues' && (
        <DimensionFields query={query} kpis={kpis} datasource={datasource} onChange={change} />
      )}
      <Problem text={failure} />
    </div>
  );
}

interface DimensionFieldsProps {
  query: DimensionValuesVariable;
  kpis: readonly KpiDescription[];
  datasource: AnalyticsDataSource;
  onChange: (changed: Partial<DimensionValuesVariable>) => void;
}

function DimensionFields({ query, kpis, datasource, onChange }: DimensionFieldsProps) {
  const dimensions = [...new Set(kpis.flatMap((kpi) => kpi.dimensions))].sort();
  const { filters = [] } = query;
  return (
    <>
      <InlineFieldRow>
        <div data-testid={testIds.variableEditor.dimension}>
          <NameField
            id="coditect-variable-dimension"
            label="Dimension"
            value={query.dimension}
            placeholder="Choose a dimension"
            options={dimensions}
            onChange={(dimension) => onChange({ dimension })}
          />
        </div>
        <CountField
          id="coditect-variable-limit"
          label="At most"
          tooltip="Values with the most events first."
          max={10_000}
          value={query.limit ?? 1_000}
          onChange={(limit) => onChange({ limit })}
        />
      </InlineFieldRow>
      <InlineFieldRow>
        <TextField
          id="coditect-variable-prefix"
          label="Beginning with"
          value={query.prefix ?? ''}
          placeholder="Anything"
          onChange={(prefix) => onChange({ prefix })}
        />
        <TextField
          id="coditect-variable-regex"
          label="Matching"
          tooltip="A regular expression. Its first group, if it has one, is what is listed."
          value={query.regex ?? ''}
          placeholder="Anything"
          problem={explainRegex(query.regex)}
          onChange={(regex) => onChange({ regex })}
        />
      </InlineFieldRow>
      <Problem text={explainRegex(query.regex)} />
      <Filters
        refId="variable"
        filters={filters}
        dimensions={dimensions}
        problems={explainFilters(filters)}
        findValues={(dimension, prefix) => datasource.client.dimensionValues(dimension, prefix)}
        onChange={(changed) => onChange({ filters: changed })}
      />
    </>
  );
}
