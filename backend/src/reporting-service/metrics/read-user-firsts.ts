import type { Notice } from '@coditect/contracts';
import type { MetricReader } from '../../metric-queries/metric-engine.js';
import type { Range } from '../../metric-queries/time/buckets.js';
import { landingTable, userFirstsTable } from '../../storage/timescale/queries/pieces.js';
import type { RollupState } from '../../storage/timescale/queries/rollup-state.js';
import { queryUserFirsts } from '../../storage/timescale/queries/user-firsts.js';
import type { ReadAtOnce, StateReads } from './read-user-states.js';
import { resolveFilters } from './resolve-filters.js';

const hourMs = 3_600_000;
/** When a user came first is told by all that there is. */
const allTime: Range = { fromMs: -Infinity, toMs: Infinity };

/** First uses as they were rolled up, with what has landed since. */
export function createFirstsReader(tenantId: string, atOnce: ReadAtOnce): MetricReader['readFirsts'] {
  return (request, signal) =>
    atOnce(tenantId, allTime, async (executor, state) => {
      signal.throwIfAborted();
      const open = openRangesOf(state);
      const pieces = open.map((range) => ({ table: 'landing', ...range }) as const);
      const filters = await resolveFilters(executor, { tenantId, pieces, hasFirsts: true }, request.filters);
      return queryUserFirsts(executor, tenantId, { ...request, filters, open });
    });
}

export const readsOfFirsts: StateReads = {
  range: allTime,
  sourcesOf: (state) =>
    Promise.resolve([userFirstsTable, ...(state.openHoursMs.length > 0 ? [landingTable] : [])]),
  noticesOf: (state) => Promise.resolve(noticesOfFirsts(state)),
};

function openRangesOf({ openHoursMs }: RollupState): readonly Range[] {
  const ranges: { fromMs: number; toMs: number }[] = [];
  for (const fromMs of openHoursMs) {
    const last = ranges.at(-1);
    if (last?.toMs === fromMs) last.toMs += hourMs;
    else ranges.push({ fromMs, toMs: fromMs + hourMs });
  }
  return ranges;
}

function noticesOfFirsts({ keptFromDay }: RollupState): readonly Notice[] {
  if (keptFromDay === undefined) return [];
  const text =
    'First uses are kept as long as rollups, from their receipt: who was first seen before that, and has come again, counts as new.';
  return [{ severity: 'warning', code: 'first_times_cut', text }];
}
