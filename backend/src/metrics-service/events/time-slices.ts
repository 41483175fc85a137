import type { EventOrder } from '../../storage/clickhouse/queries/event-search.js';
import type { Range } from '../../metric-queries/time/buckets.js';

const firstLengthMs = 3_600_000;
/**
 * A part that took less is followed by one so many times as long. Never by a shorter one: reading has a cost that does not
 * depend on the length, and many short parts would be mostly that.
 */
const growths = [
  { belowMs: 400, factor: 8 },
  { belowMs: 1_000, factor: 4 },
  { belowMs: 2_500, factor: 2 },
] as const;
/** Where there are events, the next part is as long as should do for the rest, and half of that again. */
const reserve = 1.5;

export interface TimeSlices {
  /** The next part of the range in its order, `undefined` when all of it was given. */
  next(): Range | undefined;
  /** All of it was given. */
  readonly isOver: boolean;
  /** What reading the part that was given last took, how many events it had, and how many are wanted still. */
  learn(part: { readonly tookMs: number; readonly found: number; readonly wanted: number }): void;
}

/**
 * Cuts a range into parts from its near end, short ones first: where there are many events the first part has enough
 * of them, where there are few the parts grow as fast as they are read.
 */
export function cutTimeSlices({ fromMs, toMs }: Range, order: EventOrder): TimeSlices {
  const isBackwards = order === 'newestFirst';
  let lengthMs = firstLengthMs;
  let nearMs = isBackwards ? toMs : fromMs;
  const isOver = (): boolean => (isBackwards ? nearMs <= fromMs : nearMs >= toMs);
  return {
    next() {
      if (isOver()) return undefined;
      const startMs = nearMs;
      nearMs = isBackwards ? Math.max(fromMs, startMs - lengthMs) : Math.min(toMs, startMs + lengthMs);
      return isBackwards ? { fromMs: nearMs, toMs: startMs } : { fromMs: startMs, toMs: nearMs };
    },
    get isOver() {
      return isOver();
    },
    learn({ tookMs, found, wanted }) {
      const affordable = growths.find(({ belowMs }) => tookMs < belowMs)?.factor ?? 1;
      const sufficient = found === 0 ? Infinity : Math.max(1, (reserve * wanted) / found);
      lengthMs = Math.round(lengthMs * Math.min(affordable, sufficient));
    },
  };
}
