import type { EventSearch, FoundEvents, Notice } from '@coditect/contracts';
import type { EventPage, EventPageRequest, EventRow } from '../../storage/clickhouse/queries/event-search.js';
import type { EventSelection } from '../../storage/clickhouse/queries/event-sql.js';
import type { SearchPlace } from './search-cursor.js';
import { cutTimeSlices } from './time-slices.js';

export interface SearchRequest extends EventSelection, Pick<EventSearch, 'order' | 'limit'> {
  readonly after: SearchPlace | undefined;
}

export interface SearchOptions {
  readonly readPage: (request: EventPageRequest) => Promise<EventPage>;
  /** After this time a search that has not found enough answers with what it has, and where to go on. */
  readonly patienceMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly elapsed: () => number;
}

export interface SearchResult {
  readonly events: readonly EventRow[];
  /** Where to go on; `undefined` when there is no more. */
  readonly next: SearchPlace | undefined;
  readonly notices: readonly Notice[];
}

/** Bytes of one answer, so that a few thousand large events are pages and no flood. */
const pageBytesMax = 8_388_608;

/**
 * The first `limit` events in their order. A long range is read in slices from its near end, so that the newest hundred
 * of a month cost what their hour costs; a search for what is rare ends after a while and says how far it came.
 */
export async function searchEvents(request: SearchRequest, options: SearchOptions): Promise<SearchResult> {
  const { order, limit, after } = request;
  const slices = cutTimeSlices(restOf(request, after), order);
  const events: EventRow[] = [];
  const startedMs = options.elapsed();
  let bytesLeft = pageBytesMax;
  for (let slice = slices.next(); slice !== undefined; slice = slices.next()) {
    const sliceStartedMs = options.elapsed();
    const page = await options.readPage({
      ...request,
      ...slice,
      after: after?.eventId === undefined ? undefined : { atMs: after.atMs, eventId: after.eventId },
      rowsMax: limit + 1 - events.length,
      bytesMax: Math.max(0, bytesLeft),
    });
    events.push(...page.events);
    if (events.length > limit) return endBehind(events.slice(0, limit), []);
    if (page.found > page.events.length) return endBehind(events, [largeEvents(events.length)]);
    bytesLeft -= sizeOf(page.events);
    const nowMs = options.elapsed();
    const wanted = limit + 1 - events.length;
    slices.learn({ tookMs: nowMs - sliceStartedMs, found: page.events.length, wanted });
    if (slices.isOver || nowMs - startedMs <= options.patienceMs) continue;
    return giveUpAt(events, order === 'newestFirst' ? slice.fromMs : slice.toMs, order);
  }
  return { events, next: undefined, notices: [] };
}

/** What of the range lies behind the place. */
function restOf(
  { fromMs, toMs, order }: SearchRequest,
  after: SearchPlace | undefined,
): { fromMs: number; toMs: number } {
  if (after === undefined) return { fromMs, toMs };
  if (order === 'oldestFirst') return { fromMs: Math.max(fromMs, after.atMs), toMs };
  const until = after.eventId === undefined ? after.atMs : after.atMs + 1;
  return { fromMs, toMs: Math.min(toMs, until) };
}

function sizeOf(events: readonly EventRow[]): number {
  return events
    .flatMap(({ line, fields }) => [line, ...Object.entries(fields).flat()])
    .reduce((sum, text) => sum + text.length, 0);
}

function endBehind(events: readonly EventRow[], notices: readonly Notice[]): SearchResult {
  const last = events.at(-1);
  const next = last === undefined ? undefined : { atMs: last.atMs, eventId: last.eventId };
  return { events, next, notices };
}

function largeEvents(count: number): Notice {
  const text = `The answer ends after ${count} events, because they are large; "next" goes on behind them.`;
  return { severity: 'info', code: 'page_cut', text };
}

function giveUpAt(events: readonly EventRow[], atMs: number, order: EventSearch['order']): SearchResult {
  const side = order === 'newestFirst' ? 'since' : 'before';
  const place = new Date(atMs).toISOString();
  const text = `Events ${side} ${place} were searched, and ${events.length} were found; "next" goes on from there.`;
  return {
    events,
    next: { atMs, eventId: undefined },
    notices: [{ severity: 'warning', code: 'search_incomplete', text }],
  };
}

/** As the contract has it. */
export function toFoundEvent({ atMs, receivedMs, ...event }: EventRow): FoundEvents['events'][number] {
  return { ...event, time: new Date(atMs).toISOString(), receivedAt: new Date(receivedMs).toISOString() };
}
