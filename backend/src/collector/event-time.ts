import { refuse, type Checked } from './candidate.js';

/** Nothing this product knows of happened before; an older time is a clock that was never set. */
const OLDEST_MS = Date.UTC(2000, 0, 1);
const HOUR_MS = 3_600_000;

const RFC3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,12})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

export interface TimeBounds {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly futureSkewHours: number;
}

/** Epoch milliseconds of an RFC 3339 time with an offset, cut to milliseconds; `undefined` when it is none. */
export function parseRfc3339(text: string): number | undefined {
  const upper = text.toUpperCase();
  const match = RFC3339.exec(upper);
  if (match === null) return undefined;
  const day = Number(match[3]);
  // Date.parse would roll 30 February over into March.
  if (day > 28 && day > new Date(Date.UTC(Number(match[1]), Number(match[2]), 0)).getUTCDate())
    return undefined;
  const ms = Date.parse(upper);
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * The event's own time in epoch milliseconds, `undefined` where the event has none.
 * Codes: `time_invalid`, `time_too_old` (before the year 2000), `time_in_future`.
 */
export function checkTime(value: unknown, bounds: TimeBounds): Checked<number | undefined> {
  if (value === undefined || value === null) return { ok: true, value: undefined };
  const ms = typeof value === 'string' && value.length <= 64 ? parseRfc3339(value) : undefined;
  if (ms === undefined) {
    return refuse(
      'time_invalid',
      '/time',
      '"time" must be an RFC 3339 time such as 2026-01-31T08:15:30.123Z.',
    );
  }
  if (ms < OLDEST_MS) return refuse('time_too_old', '/time', '"time" must not be before the year 2000.');
  if (ms > bounds.nowMs + bounds.futureSkewHours * HOUR_MS) {
    return refuse(
      'time_in_future',
      '/time',
      `"time" is more than ${bounds.futureSkewHours} hours ahead of our clock.`,
    );
  }
  return { ok: true, value: ms };
}
