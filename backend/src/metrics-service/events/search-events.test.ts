import type { EventPage, EventPageRequest, EventRow } from '../../storage/clickhouse/queries/event-search.js';
import { searchEvents, type SearchRequest } from './search-events.js';

const dayMs = 86_400_000;

const rowAt = (atMs: number): EventRow => ({
  atMs,
  receivedMs: atMs,
  eventId: `id-${atMs}`,
  type: 'x',
  level: 'info',
  line: 'x',
  fields: {},
});

/** A store of rows in order of time, whose reads take as long as it says. */
function openStore(rows: readonly EventRow[], readMs: number) {
  let nowMs = 0;
  const reads: EventPageRequest[] = [];
  return {
    reads,
    elapsed: () => nowMs,
    readPage(request: EventPageRequest): Promise<EventPage> {
      reads.push(request);
      nowMs += readMs;
      const { fromMs, toMs, after, order, rowsMax } = request;
      const isBehind = (atMs: number) =>
        after === undefined || (order === 'newestFirst' ? atMs < after.atMs : atMs > after.atMs);
      const inside = rows.filter(({ atMs }) => atMs >= fromMs && atMs < toMs && isBehind(atMs));
      if (order === 'newestFirst') inside.reverse();
      const events = inside.slice(0, rowsMax);
      return Promise.resolve({ events, found: events.length });
    },
  };
}

const question: SearchRequest = {
  fromMs: 0,
  toMs: 30 * dayMs,
  filters: [],
  words: [],
  order: 'newestFirst',
  limit: 2,
  after: undefined,
};

describe('a search', () => {
  it.each(['newestFirst', 'oldestFirst'] as const)(
    'that runs out of patience says where it is, and finds the rest from there: %s',
    async (order) => {
      const rows = [1, 5 * dayMs, 29 * dayMs].map(rowAt);
      const store = openStore(rows, 700);
      const found: number[] = [];
      let after: SearchRequest['after'];
      let interrupted = 0;
      for (let page = 0; page < 500; page += 1) {
        const result = await searchEvents({ ...question, order, after }, { ...store, patienceMs: 1_000 });
        found.push(...result.events.map(({ atMs }) => atMs));
        if (result.notices.length > 0) {
          interrupted += 1;
          expect(result.notices).toMatchObject([{ code: 'search_incomplete', severity: 'warning' }]);
          expect(result.next?.eventId).toBeUndefined();
        }
        after = result.next;
        if (after === undefined) break;
      }
      expect(after).toBeUndefined();
      expect(interrupted).toBeGreaterThan(3);
      const times = rows.map(({ atMs }) => atMs);
      expect(found).toEqual(order === 'newestFirst' ? times.reverse() : times);
    },
  );

  it('is over, and not out of patience, when its last slice took long', async () => {
    const store = openStore([rowAt(1)], 5_000);
    const result = await searchEvents({ ...question, toMs: 1_000 }, { ...store, patienceMs: 1_000 });
    expect(result).toMatchObject({ next: undefined, notices: [] });
  });

  it('reads no further than it has to', async () => {
    const rows = Array.from({ length: 30 * 24 * 60 }, (_unused, minute) => rowAt(minute * 60_000));
    const store = openStore(rows, 10);
    const result = await searchEvents({ ...question, limit: 20 }, { ...store, patienceMs: 1_000 });
    expect(result.events).toHaveLength(20);
    expect(store.reads).toHaveLength(1);
    expect(store.reads[0]).toMatchObject({
      fromMs: question.toMs - 3_600_000,
      toMs: question.toMs,
      rowsMax: 21,
    });
  });
});
