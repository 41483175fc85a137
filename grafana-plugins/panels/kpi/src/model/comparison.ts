import type { KpiPanelOptions } from '../types';
import type { Source } from './sources';

/** What the value is held against, and how that is called after the change. */
export interface Compared {
  value: number | null | undefined;
  label: string;
}

/** @param target what the value is meant to be, if anything is known of it */
export function findCompared(
  source: Pick<Source, 'previous' | 'compared' | 'meta'>,
  options: Pick<KpiPanelOptions, 'comparison' | 'baseline' | 'comparisonField'>,
  target: number | undefined,
): Compared {
  switch (options.comparison) {
    case 'auto':
      return { value: source.previous, label: comparisonLabel(source.meta?.compareTo) };
    case 'baseline':
      return { value: options.baseline, label: 'vs baseline' };
    case 'field':
      return { value: source.compared, label: `vs ${options.comparisonField}` };
    case 'target':
      return { value: target, label: 'vs target' };
    case 'none':
      return { value: undefined, label: '' };
  }
}

/** How a comparison of the query is called. */
function comparisonLabel(compareTo: string | undefined): string {
  return comparisonLabels.get(compareTo ?? '') ?? 'vs previous';
}

const comparisonLabels = new Map([
  ['previousPeriod', 'vs previous period'],
  ['lastWeek', 'vs a week before'],
  ['lastMonth', 'vs a month before'],
  ['lastYear', 'vs a year before'],
]);
