import { kpiCatalogue } from '../../kpis/catalogue.js';
import { isOnlyForPanels, rollupDimensionsOf } from '../../kpis/kpi.js';
import { durationDimensions, rollupDimensions } from '../../storage/timescale/queries/filters.js';

describe('the dimensions that a KPI says rollups keep', () => {
  it.each(kpiCatalogue.map((kpi) => [kpi.id, kpi] as const))('are those that they do: %s', (_id, kpi) => {
    if (isOnlyForPanels(kpi.measure)) {
      expect(rollupDimensionsOf(kpi)).toEqual([]);
      return;
    }
    const kept = kpi.measure.kind === 'quantile' ? durationDimensions : rollupDimensions;
    expect(rollupDimensionsOf(kpi)).toEqual(kpi.dimensions.filter((name) => kept.has(name)));
    if (kpi.dimensions.length > 0) expect(rollupDimensionsOf(kpi).length).toBeGreaterThan(0);
  });
});
