import { InlineFieldRow } from '@grafana/ui';
import type { AnalyticsDataSource } from '../datasource';
import { isReadable, migrateQuery } from '../migrations';
import { dimensionsOf, explainDimension, explainKindFilters } from '../model/kind-dimensions';
import { readFilters, readRecord } from '../model/read-json';
import type { AnalyticsQuery, KpiQuery, QueryFilter } from '../types';
import { Filters } from './Filters';
import { AnnotationsEditor, EventsEditor } from './kinds/EventsEditor';
import { FunnelEditor } from './kinds/FunnelEditor';
import { RetentionEditor } from './kinds/RetentionEditor';
import { BudgetEditor, LifecycleEditor, PathsEditor, SeatsEditor } from './kinds/SmallEditors';
import { TimeZoneField } from './TimeZoneField';

type OtherQuery = Exclude<AnalyticsQuery, KpiQuery>;

interface Props {
  query: OtherQuery;
  dimensions: string[];
  datasource: AnalyticsDataSource;
  /** `touched`: paths that were chosen. */
  onChange: (query: AnalyticsQuery, touched: readonly string[]) => void;
}

/** The editor of every kind but KPIs: its own fields, filters for all events that it looks at, and the zone. */
export function KindEditor({ query, dimensions, datasource, onChange }: Props) {
  const names = dimensionsOf(query, dimensions);
  const filters = readFilters(settingsOf(query)['filters']);
  const change = (changed: object) => {
    const next = migrateQuery({ ...query, [query.kind]: { ...settingsOf(query), ...changed } });
    const touched = Object.keys(changed).map((name) => `${query.kind}.${name}`);
    if (isReadable(next)) onChange(next, touched);
  };
  return (
    <>
      <Fields query={query} dimensions={dimensions} datasource={datasource} onChange={change} />
      <Filters
        refId={query.refId}
        filters={filters}
        dimensions={names}
        problems={explainKindFilters(query, filters, dimensions)}
        findValues={(dimension, prefix) => datasource.client.dimensionValues(dimension, prefix)}
        onChange={(changed) => change({ filters: changed })}
      />
      <InlineFieldRow>
        <TimeZoneField
          refId={query.refId}
          value={query.timeZone}
          onChange={(timeZone) => onChange({ ...query, timeZone }, ['timeZone'])}
        />
      </InlineFieldRow>
    </>
  );
}

interface FieldsProps extends Omit<Props, 'onChange'> {
  onChange: (changed: object) => void;
}

function Fields({ query, dimensions, datasource, onChange }: FieldsProps) {
  const common = {
    refId: query.refId,
    dimensions: dimensionsOf(query, dimensions),
    explainDimension: (name: string) => explainDimension(query, name, dimensions),
    explainFilters: (filters: readonly QueryFilter[]) => explainKindFilters(query, filters, dimensions),
    datasource,
    onChange,
  };
  switch (query.kind) {
    case 'funnel':
      return <FunnelEditor {...common} settings={query.funnel} />;
    case 'retention':
      return <RetentionEditor {...common} settings={query.retention} />;
    case 'lifecycle':
      return <LifecycleEditor {...common} settings={query.lifecycle} />;
    case 'paths':
      return <PathsEditor {...common} settings={query.paths} />;
    case 'seats':
      return <SeatsEditor {...common} settings={query.seats} />;
    case 'budget':
      return <BudgetEditor {...common} settings={query.budget} />;
    case 'events':
      return <EventsEditor {...common} settings={query.events} />;
    case 'annotations':
      return <AnnotationsEditor {...common} settings={query.annotations} />;
    case 'seatTransitions':
      return null;
  }
}

/** Every kind has its settings under its own name. */
function settingsOf(query: OtherQuery): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...query };
  return readRecord(fields[query.kind]);
}
