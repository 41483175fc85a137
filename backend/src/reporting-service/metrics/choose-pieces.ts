import { layOutBuckets, type Range } from '../../metric-queries/time/buckets.js';
import type { Zone } from '../../metric-queries/time/zone.js';
import type { Piece, PieceTable } from '../../storage/timescale/queries/pieces.js';
import { overlaps } from './time-ranges.js';

const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** What has been rolled up of a tenant, with the zone in which it was cut. */
export interface Rolled {
  readonly zone: Zone;
  /** The first local day that is not closed, as days since 1970-01-01. */
  readonly closedUntilDay: number;
  /** Days before this one were cut in another zone: of them only hours that begin where those of this zone do. */
  readonly zoneSinceDay: number;
  /** Zones of those days. */
  readonly pastZones: readonly Zone[];
  /** Rollups before this local day were removed: what it lies in the middle of is not whole. */
  readonly keptFromDay: number | undefined;
  /** Where events are not rolled up yet, ascending. */
  readonly open: readonly Range[];
}

export interface PieceRequest {
  readonly fromMs: number;
  readonly toMs: number;
  /** Instants on which no row may straddle, ascending; those outside the range do not matter. */
  readonly boundariesMs: readonly number[];
  /** `undefined` where rollups can't tell: before the first one, or when a dimension is not kept. */
  readonly rolled: Rolled | undefined;
}

/**
 * Cuts `[fromMs, toMs)` into what is read from months, weeks, days and hours that are rolled up, and what is read from
 * single events: the pieces hold every instant once, in order, and none is wider than the boundaries allow.
 */
export function choosePieces(request: PieceRequest): readonly Piece[] {
  const { fromMs, toMs, rolled } = request;
  if (rolled === undefined) return [{ table: 'landing', fromMs, toMs }];
  const cut = createCut(request, rolled);
  const { zone } = rolled;
  const pieces: Piece[] = [];
  let day = zone.localDayOf(fromMs);
  for (;;) {
    const span = spanOf(day, cut, rolled);
    if (span.startMs >= toMs) return pieces;
    if (span.table === undefined) appendHours(pieces, span, cut, rolled);
    else append(pieces, { table: span.table, fromMs: span.startMs, toMs: span.endMs });
    day = span.nextDay;
  }
}

interface Cut {
  readonly fromMs: number;
  readonly toMs: number;
  /** Does a bucket, or the range, end here? */
  isEnd(atMs: number): boolean;
  /** Is `[startMs, endMs)` within the range, cut by no boundary, with nothing in it that is not rolled up? */
  isWhole(startMs: number, endMs: number): boolean;
}

function createCut({ fromMs, toMs, boundariesMs }: PieceRequest, { open }: Rolled): Cut {
  return {
    fromMs,
    toMs,
    isEnd: (atMs) => atMs === toMs || boundariesMs[firstAbove(boundariesMs, atMs - 1)] === atMs,
    isWhole(startMs, endMs) {
      if (startMs < fromMs || endMs > toMs || startMs >= endMs) return false;
      const boundary = boundariesMs[firstAbove(boundariesMs, startMs)];
      if (boundary !== undefined && boundary < endMs) return false;
      return !overlaps(open, startMs, endMs);
    },
  };
}

/** Index of the first of ascending instants that is later. */
function firstAbove(instantsMs: readonly number[], atMs: number): number {
  let low = 0;
  let high = instantsMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((instantsMs[middle] ?? Infinity) > atMs) high = middle;
    else low = middle + 1;
  }
  return low;
}

interface Span {
  /** `undefined` for a day that has to be read by the hour. */
  readonly table: PieceTable | undefined;
  readonly startMs: number;
  readonly endMs: number;
  readonly nextDay: number;
}

/** The widest period that begins with this local day and can be read as one row a group. */
function spanOf(day: number, cut: Cut, rolled: Rolled): Span {
  const { zone, closedUntilDay, zoneSinceDay, keptFromDay = -Infinity } = rolled;
  const startMs = zone.startOfLocalDay(day);
  const periods: readonly (readonly [PieceTable, number | undefined])[] = [
    ['month', endOfMonth(day)],
    ['week', endOfWeek(day)],
    ['day', day + 1],
  ];
  for (const [table, nextDay] of periods) {
    if (nextDay === undefined || nextDay > closedUntilDay || day < zoneSinceDay) continue;
    if (day < keptFromDay && keptFromDay < nextDay) continue;
    const endMs = zone.startOfLocalDay(nextDay);
    // Weeks cross the ends of months: they are taken where weeks were asked for.
    if (table === 'week' && !cut.isEnd(endMs)) continue;
    if (cut.isWhole(startMs, endMs)) return { table, startMs, endMs, nextDay };
  }
  return { table: undefined, startMs, endMs: zone.startOfLocalDay(day + 1), nextDay: day + 1 };
}

/** The first day after the month that begins with this day. */
function endOfMonth(day: number): number | undefined {
  const date = new Date(day * dayMs);
  if (date.getUTCDate() !== 1) return undefined;
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / dayMs;
}

/** The first day after the week that begins with this day. Day 0, 1970-01-01, was a Thursday. */
function endOfWeek(day: number): number | undefined {
  return (((day + 3) % 7) + 7) % 7 === 0 ? day + 7 : undefined;
}

function appendHours(pieces: Piece[], { startMs, endMs }: Span, cut: Cut, rolled: Rolled): void {
  const { zone } = rolled;
  const hours = layOutBuckets({ fromMs: startMs, toMs: endMs }, '1h', zone);
  hours.startsMs.forEach((start, index) => {
    const end = hours.startsMs[index + 1] ?? hours.endMs;
    if (cut.isWhole(start, end) && isHourOfPast(start, rolled)) {
      append(pieces, { table: 'hour', fromMs: start, toMs: end });
      return;
    }
    const fromMs = Math.max(start, cut.fromMs);
    const toMs = Math.min(end, cut.toMs);
    if (fromMs < toMs) append(pieces, { table: 'landing', fromMs, toMs });
  });
}

/** Did an hour begin here in each zone that the tenant had at the time? True where there is only one. */
function isHourOfPast(startMs: number, { zone, zoneSinceDay, pastZones }: Rolled): boolean {
  if (zone.localDayOf(startMs) >= zoneSinceDay) return true;
  return pastZones.every((past) => (startMs + past.offsetMs(startMs)) % hourMs === 0);
}

/** Neighbours from the same place are one piece: rows find their buckets by themselves. */
function append(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  if (last?.table === piece.table && last.toMs === piece.fromMs) {
    pieces[pieces.length - 1] = { ...last, toMs: piece.toMs };
  } else {
    pieces.push(piece);
  }
}
