import type { Kpi, SumColumn, SumMeasure } from '../kpi.js';

const family = 'quality';
const owner = 'platform';
const sum = (column: SumColumn): SumMeasure => ({ kind: 'sum', columns: [column], where: {} });
const common = { family, owner, dimensions: ['type', 'domain'], smallestInterval: '1d' } as const;

/**
 * From the comparison that follows each rollup: a day counts where it begins in the tenant's zone, once it is closed.
 * Duplicates are counted as they come, and belong where their event happened.
 */
export const qualityKpis: readonly Kpi[] = [
  {
    ...common,
    id: 'reconciliation_difference',
    title: 'Reconciliation difference',
    definition:
      'Events by which the real-time store and the rollups differ on closed days, type by type, whichever has more.',
    formula: 'sum(|real-time events - rolled up events|) over closed local days and types',
    unit: 'count',
    direction: 'down',
    measure: sum('differingEvents'),
  },
  {
    ...common,
    id: 'completeness',
    title: 'Completeness',
    definition: 'Share of the events of closed days in the real-time store that the rollups have too.',
    formula: 'sum(min(real-time events, rolled up events)) / sum(real-time events)',
    unit: 'ratio',
    parts: { numerator: 'count', denominator: 'count' },
    direction: 'up',
    measure: {
      kind: 'ratio',
      of: 'events',
      numerator: sum('matchedEvents'),
      denominator: sum('streamEvents'),
    },
  },
  {
    ...common,
    id: 'lateness',
    title: 'Lateness',
    definition: 'Share of the events of closed days that came after their local day had been closed.',
    formula: 'sum(events received after the close of their day) / sum(rolled up events)',
    unit: 'ratio',
    parts: { numerator: 'count', denominator: 'count' },
    direction: 'down',
    measure: { kind: 'ratio', of: 'events', numerator: sum('lateEvents'), denominator: sum('batchEvents') },
  },
  {
    ...common,
    id: 'duplicate_events',
    title: 'Duplicate events',
    definition:
      'Events that were taken in again after they had been stored, each time they came: retries of clients and repeated imports. They change no other number.',
    formula: 'count(events taken in) - count(stored events), when they happened',
    unit: 'count',
    direction: 'down',
    smallestInterval: '1m',
    measure: sum('duplicateEvents'),
  },
  {
    ...common,
    id: 'duplicate_rate',
    title: 'Duplicate rate',
    definition: 'Share of the events taken in that had been stored before.',
    formula: 'count(events that came again) / count(events taken in)',
    unit: 'ratio',
    parts: { numerator: 'count', denominator: 'count' },
    direction: 'down',
    smallestInterval: '1m',
    measure: {
      kind: 'ratio',
      of: 'events',
      numerator: sum('duplicateEvents'),
      denominator: sum('acceptedEvents'),
    },
  },
];
