import type { QueryEditorProps } from '@grafana/data';
import { Combobox, InlineField, InlineFieldRow, RadioButtonGroup } from '@grafana/ui';
import type { AnalyticsDataSource } from '../datasource';
import { migrateVariableQuery } from '../migrations';
import { testIds } from '../testIds';
import type { AnalyticsJsonData, AnalyticsQuery, AnalyticsVariableQuery } from '../types';
import { Problem } from './Problem';
import { useCatalogue } from './useCatalogue';

type Props = QueryEditorProps<AnalyticsDataSource, AnalyticsQuery, AnalyticsJsonData, AnalyticsVariableQuery>;
type Kind = AnalyticsVariableQuery['kind'];

const kinds: { value: Kind; label: string }[] = [
  { value: 'dimensionValues', label: 'Values of a dimension' },
  { value: 'kpis', label: 'KPIs' },
];

/** What a dashboard variable lists: the values of a dimension, or the KPIs. */
export function VariableEditor({ query: saved, datasource, onChange }: Props) {
  const query = migrateVariableQuery(saved);
  const { kpis, failure } = useCatalogue(datasource);
  const dimensions = [...new Set((kpis ?? []).flatMap((kpi) => kpi.dimensions))].sort();
  const { refId } = query;
  const setKind = (kind: Kind) =>
    onChange(kind === 'dimensionValues' ? { refId, kind, dimension: '' } : { refId, kind });

  return (
    <div data-testid={testIds.variableEditor.root}>
      <InlineFieldRow>
        <InlineField label="List" labelWidth={14}>
          <div data-testid={testIds.variableEditor.kind}>
            <RadioButtonGroup options={kinds} value={query.kind} onChange={setKind} />
          </div>
        </InlineField>
        {query.kind === 'dimensionValues' && (
          <InlineField label="Dimension" labelWidth={14}>
            <Combobox
              id="coditect-variable-dimension"
              data-testid={testIds.variableEditor.dimension}
              width={24}
              placeholder="Choose a dimension"
              createCustomValue
              options={dimensions.map((value) => ({ value }))}
              value={query.dimension === '' ? null : query.dimension}
              onChange={({ value }) => onChange({ refId, kind: 'dimensionValues', dimension: value })}
            />
          </InlineField>
        )}
      </InlineFieldRow>
      <Problem text={failure} />
    </div>
  );
}
