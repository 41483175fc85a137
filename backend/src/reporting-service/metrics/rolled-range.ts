import type { Notice } from '@coditect/contracts';
import { refuse } from '../../metric-queries/refuse.js';
import type { Range } from '../../metric-queries/time/buckets.js';
import { findZone } from '../../metric-queries/time/zone.js';
import {
  checkNames,
  matchesOf,
  type DimensionName,
  type MeasureRequest,
  type Term,
} from '../../storage/metric-reads.js';
import { durationDimensions, rollupDimensions } from '../../storage/timescale/queries/filters.js';
import type { Piece } from '../../storage/timescale/queries/pieces.js';
import type { RollupState } from '../../storage/timescale/queries/rollup-state.js';
import { choosePieces, type Rolled } from './choose-pieces.js';
import { intersect, overlaps, subtract } from './time-ranges.js';

const hourMs = 3_600_000;

/** Open hours, apart: where landing holds all events of a day, and where it holds only those that came after the others had left. */
export interface OpenRanges {
  readonly inLanding: readonly Range[];
  readonly inDropped: readonly Range[];
  readonly dropped: readonly Range[];
}

export function openRangesOf(state: RollupState): OpenRanges {
  const dropped = state.droppedDays.map(({ startMs, endMs }) => ({ fromMs: startMs, toMs: endMs }));
  const open = state.openHoursMs.map((start) => ({ fromMs: start, toMs: start + hourMs }));
  return { inLanding: subtract(open, dropped), inDropped: intersect(open, dropped), dropped };
}

export function rolledOf(state: RollupState, open: OpenRanges): Rolled | undefined {
  const zone = state.timeZone === undefined ? undefined : findZone(state.timeZone);
  if (zone === undefined) return undefined;
  const { closedUntilDay, keptFromDay, zoneSinceDay } = state;
  const pastZones = state.pastTimeZones.flatMap((name) => findZone(name) ?? []);
  return { zone, closedUntilDay, keptFromDay, zoneSinceDay, pastZones, open: open.inLanding };
}

export type MeasuredRange = Pick<MeasureRequest, 'fromMs' | 'toMs' | 'groupBy' | 'filters' | 'terms'> & {
  readonly boundariesMs: readonly number[];
};

/** Where a range is read, for these terms and dimensions. Throws 422 `grain_not_available`. */
export function piecesOfRange(request: MeasuredRange, state: RollupState): readonly Piece[] {
  const { fromMs, toMs } = request;
  if (request.terms.some(isOfChecks)) return [{ table: 'checks', fromMs, toMs }];
  const open = openRangesOf(state);
  const missing = missingDimensions(request);
  const rolled = missing.length === 0 ? rolledOf(state, open) : undefined;
  const pieces = choosePieces({ ...request, rolled });
  if (pieces.some((piece) => piece.table === 'landing' && overlaps(open.dropped, piece.fromMs, piece.toMs)))
    throw notKept(open.dropped, missing);
  const late = intersect(open.inDropped, [{ fromMs, toMs }]);
  return [...pieces, ...late.map((range) => ({ table: 'landing', ...range }) as const)];
}

/** Terms of one measure are all of comparisons, or none is. */
function isOfChecks(term: Term): boolean {
  return term.kind === 'sum' && term.columns.some((name) => checkNames.has(name));
}

/** What has to be known of a range that begins before the first day that is kept. */
export function noticesOfRetention(state: RollupState, fromMs: number): readonly Notice[] {
  const { keptFromDay, timeZone } = state;
  const zone = timeZone === undefined ? undefined : findZone(timeZone);
  if (zone === undefined || keptFromDay === undefined) return [];
  const keptFromMs = zone.startOfLocalDay(keptFromDay);
  if (fromMs >= keptFromMs) return [];
  const text = `Rollups are kept from ${new Date(keptFromMs).toISOString()} on; what happened before is missing.`;
  return [{ severity: 'warning', code: 'rollup_retention', text }];
}

/** Asked for, and not kept by rollups. */
function missingDimensions({ groupBy, filters, terms }: MeasuredRange): readonly DimensionName[] {
  const kept = terms.some((term) => term.kind === 'quantile') ? durationDimensions : rollupDimensions;
  const conditions = terms.flatMap(({ where }) => matchesOf(where).map(({ dimension }) => dimension));
  const asked = [...groupBy, ...filters.map((filter) => filter.dimension), ...conditions];
  return [...new Set(asked)].filter((name) => !kept.has(name));
}

export function notKept(dropped: readonly Range[], missing: readonly DimensionName[]): Error {
  const last = dropped.at(-1)?.toMs;
  const until = last === undefined ? '' : ` before ${new Date(last).toISOString()}`;
  const why =
    missing.length === 0
      ? 'hours, days, weeks and months of the tenant’s zone'
      : `rollups, which do not keep ${missing.join(', ')}`;
  return refuse(
    'grain_not_available',
    `Single events${until} are no longer kept; what is kept of them are ${why}. Take a later range, whole hours, or fewer dimensions.`,
    { pointer: missing.length === 0 ? '/range' : '/groupBy' },
  );
}
