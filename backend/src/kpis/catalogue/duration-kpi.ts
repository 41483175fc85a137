import type { Kpi, KpiDimension, QuantileMeasure } from '../kpi.js';

/** How long events of one type take, at a level of their distribution. `event` is the type's short name. */
export function durationKpi(
  kpi: Pick<Kpi, 'id' | 'title' | 'family' | 'owner' | 'definition'> & {
    readonly level: QuantileMeasure['level'];
    readonly type: string;
    readonly event: string;
    readonly dimensions: readonly KpiDimension[];
  },
): Kpi {
  const { id, title, family, owner, definition, level, type, event, dimensions } = kpi;
  return {
    ...{ id, title, family, definition },
    formula: `quantile(${level}, durationMs) of ${event}, within 0.5 % of the exact value`,
    unit: 'milliseconds',
    direction: 'down',
    ...{ owner, dimensions },
    smallestInterval: '1m',
    measure: { kind: 'quantile', column: 'durationMs', level, where: { types: [type] } },
  };
}
