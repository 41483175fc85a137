import { DateTime, IANAZone } from 'luxon';
import { LRUCache } from 'lru-cache';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** A change of the clock: from this instant on, local time is UTC plus `offsetMs`. */
export interface Transition {
  readonly atMs: number;
  readonly offsetMs: number;
  readonly offsetBeforeMs: number;
}

/** A time zone, as arithmetic on instants (epoch milliseconds) and local days (days since 1970-01-01). */
export interface Zone {
  readonly name: string;
  offsetMs(atMs: number): number;
  /** Changes of the clock in `(fromMs, toMs]`, in order. */
  listTransitions(fromMs: number, toMs: number): readonly Transition[];
  localDayOf(atMs: number): number;
  /** The first instant of a local day, also where its midnight does not exist or comes twice. */
  startOfLocalDay(day: number): number;
  /** The same wall-clock time some local days or months away; negative numbers go back. */
  shift(atMs: number, by: { readonly days?: number; readonly months?: number }): number;
}

/** Making one takes as long as some reads of the store. Spellings are anybody's, so that only some are kept. */
const zones = new LRUCache<string, Zone>({ max: 1_000 });

/** The zone of an IANA name, `undefined` when there is none of that name. */
export function findZone(name: string): Zone | undefined {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = makeZone(name);
  if (zone !== undefined) zones.set(name, zone);
  return zone;
}

function makeZone(name: string): Zone | undefined {
  if (!IANAZone.isValidZone(name)) return undefined;
  // Letter case does not count, and what is made for a spelling is kept for ever: of all of them there is one.
  const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
  const iana = IANAZone.create(timeZone);
  const offsetMs = (atMs: number): number => Math.round(iana.offset(atMs) * minuteMs);
  const localDayOf = (atMs: number): number => Math.floor((atMs + offsetMs(atMs)) / dayMs);
  return {
    name,
    offsetMs,
    localDayOf,
    listTransitions: (fromMs, toMs) => listTransitions(offsetMs, fromMs, toMs),
    startOfLocalDay: (day) => startOfLocalDay(offsetMs, day),
    shift(atMs, { days = 0, months = 0 }) {
      return DateTime.fromMillis(atMs, { zone: iana }).plus({ days, months }).toMillis();
    },
  };
}

/** No zone has ever changed its clock and back within a day, so a look at each day finds every change. */
function listTransitions(
  offsetMs: (atMs: number) => number,
  fromMs: number,
  toMs: number,
): readonly Transition[] {
  const transitions: Transition[] = [];
  let at = fromMs;
  let offset = offsetMs(at);
  while (at < toMs) {
    const next = Math.min(at + dayMs, toMs);
    const nextOffset = offsetMs(next);
    if (nextOffset !== offset) {
      const atMs = findChange(offsetMs, at, next, offset);
      transitions.push({ atMs, offsetMs: nextOffset, offsetBeforeMs: offset });
    }
    at = next;
    offset = nextOffset;
  }
  return transitions;
}

/** The first instant in `(low, high]` whose offset is no longer the one before. */
function findChange(
  offsetMs: (atMs: number) => number,
  lowMs: number,
  highMs: number,
  offsetBefore: number,
): number {
  let low = lowMs;
  let high = highMs;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(middle) === offsetBefore) low = middle;
    else high = middle;
  }
  return high;
}

function startOfLocalDay(offsetMs: (atMs: number) => number, day: number): number {
  const midnight = day * dayMs;
  const before = offsetMs(midnight - dayMs);
  const after = offsetMs(midnight + dayMs);
  const candidates = [midnight - before, midnight - after].filter(
    (candidate) => candidate + offsetMs(candidate) === midnight,
  );
  if (candidates.length > 0) return Math.min(...candidates);
  return findChange(offsetMs, midnight - dayMs, midnight + dayMs, before);
}
