import { z } from 'zod';
import { createSharedFlights } from '../metric-queries/shared-flights.js';
import type { ClickHouse, NamedQuery } from '../storage/clickhouse/client.js';
import { shareReads } from './share-reads.js';

const row = z.object({ users: z.number() });
const base = { name: 'depth', sql: 'SELECT {p0:String}', params: { p0: 'a' }, tenantId: 'acme', row };

function openStore(): {
  readonly store: ClickHouse;
  readonly begun: NamedQuery<unknown>[];
  readonly answer: () => void;
} {
  const begun: NamedQuery<unknown>[] = [];
  const waiting: (() => void)[] = [];
  const store: ClickHouse = {
    command: () => Promise.resolve(),
    insert: () => Promise.resolve(),
    close: () => Promise.resolve(),
    query: (query) =>
      new Promise((resolve) => {
        begun.push(query);
        waiting.push(() => {
          resolve([query.row.parse({ users: begun.length })]);
        });
      }),
  };
  return {
    store: shareReads(store, createSharedFlights()),
    begun,
    answer: () => waiting.forEach((go) => go()),
  };
}

describe('equal reads', () => {
  it('that run at the same time run once, and anew when they are over', async () => {
    const { store, begun, answer } = openStore();
    const { signal } = new AbortController();
    const both = Promise.all([store.query({ ...base, signal }), store.query({ ...base, signal })]);
    answer();
    expect(await both).toEqual([[{ users: 1 }], [{ users: 1 }]]);
    const later = store.query({ ...base, signal });
    answer();
    await later;
    expect(begun).toHaveLength(2);
  });

  it.each([
    ['tenant', { tenantId: 'other' }],
    ['value', { params: { p0: 'b' } }],
    ['statement', { sql: 'SELECT 1' }],
    ['bound', { memoryBytesMax: 1 }],
  ])('that differ in their %s run apart', (_what, difference) => {
    const { store, begun } = openStore();
    const { signal } = new AbortController();
    void store.query({ ...base, signal });
    void store.query({ ...base, ...difference, signal });
    expect(begun).toHaveLength(2);
  });

  it('go on while one is left who waits, and end with the last', async () => {
    const { store, begun } = openStore();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = store.query({ ...base, signal: one.signal });
    const second = store.query({ ...base, signal: two.signal });
    one.abort();
    await expect(first).rejects.toMatchObject({ code: 'query_cancelled' });
    expect(begun[0]?.signal?.aborted).toBe(false);
    two.abort();
    await expect(second).rejects.toMatchObject({ code: 'query_cancelled' });
    expect(begun[0]?.signal?.aborted).toBe(true);
  });
});
