import { kpiPanelId, readKpiFrameMeta } from '@coditect/plugins-shared';
import { createSuggestionsSupplier, hasRows, type Suggestion } from '@coditect/plugins-shared/panel';
import type { DataFrame } from '@grafana/data';
import type { KpiPanelOptions } from './types';

/** KPIs of our data source only: any number could be one, and Grafana has panels for these. */
function suggest(frames: readonly DataFrame[]): Suggestion<KpiPanelOptions>[] {
  const kpis = frames.filter((frame) => hasRows(frame) && readKpiFrameMeta(frame.meta?.custom));
  if (kpis.length === 0) {
    return [];
  }
  const description = 'Value, change against the earlier period, target, trend and definition';
  const rows = {
    name: 'CODITECT KPI, a row for each',
    description: 'KPIs one under another',
    options: { layout: 'row' },
  } as const;
  return [{ name: 'CODITECT KPI', description }, ...(kpis.length > 1 ? [rows] : [])];
}

export const suggestionsSupplier = createSuggestionsSupplier<KpiPanelOptions>(kpiPanelId, suggest);
