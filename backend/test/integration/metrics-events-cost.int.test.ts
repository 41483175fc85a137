import { foundEventsSchema, type EventSearchInput } from '@coditect/contracts';
import { z } from 'zod';
import type { ClickHouse, NamedQuery } from '../../src/storage/clickhouse/client.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

jest.setTimeout(120_000);

const dayMs = 86_400_000;
const fromMs = Date.parse('2026-03-01T00:00:00Z');
const toMs = fromMs + 30 * dayMs;
const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
const eventsStored = 400_000;

let statements: NamedQuery<unknown>[] = [];
function wrap(clickHouse: ClickHouse): ClickHouse {
  return {
    ...clickHouse,
    query(question) {
      if (question.name === 'events') statements.push(question);
      return clickHouse.query(question);
    },
  };
}

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({ nowMs: toMs, wrap });
  // A month of even traffic of twenty types, one in a thousand of which has failed.
  await world.clickHouse
    .command(`INSERT INTO events_raw_v1 (tenant_id, event_id, type, source, id, occurred_at, received_at, team, status)
SELECT 'acme', generateUUIDv4(), concat('com.example.type', toString(number % 20)), '/load', toString(number),
  fromUnixTimestamp64Milli(${fromMs} + intDiv(number * ${toMs - fromMs}, ${eventsStored}), 'UTC') AS occurred, occurred,
  concat('team', toString(number % 7)), if(number % 1000 = 0, 'failed', 'succeeded')
FROM numbers(${eventsStored})`);
});
afterAll(async () => {
  await world.close();
});

/** How many rows the engine sets out to read for what was asked, by its own account. */
async function rowsReadFor(
  question: Partial<EventSearchInput>,
): Promise<{ rows: number; found: number; reads: number }> {
  statements = [];
  const { status, body } = await world.postTo('/v1/events/search', { range, ...question });
  expect(status).toBe(200);
  let rows = 0;
  for (const { sql, params = {} } of statements) {
    const estimates = await world.clickHouse.query({
      name: 'estimate',
      sql: `EXPLAIN ESTIMATE ${sql}`,
      params,
      row: z.object({ rows: z.coerce.number() }),
    });
    rows += estimates.reduce((sum, estimate) => sum + estimate.rows, 0);
  }
  return { rows, found: foundEventsSchema.parse(body).events.length, reads: statements.length };
}

describe('what a search reads', () => {
  it('is the near end of a long range, for its newest and for its oldest events', async () => {
    for (const order of ['newestFirst', 'oldestFirst'] as const) {
      const { rows, found, reads } = await rowsReadFor({ order, limit: 100 });
      expect({ found, reads }).toEqual({ found: 100, reads: 1 });
      // A block of 8,192 for each type at the most, of which the hour touches one.
      expect(rows).toBeLessThanOrEqual(20 * 8_192);
      expect(rows).toBeLessThan(eventsStored / 2);
    }
  });

  it('is one block of one type where the filter names it', async () => {
    const filters = [{ dimension: 'type', operator: '=' as const, value: 'com.example.type3' }];
    const { rows, found } = await rowsReadFor({ filters, limit: 20 });
    expect(found).toBe(20);
    expect(rows).toBeLessThanOrEqual(2 * 8_192);
  });

  it('grows by what a page has, not by how far it is from the end', async () => {
    const first = await rowsReadFor({ limit: 1_000 });
    let cursor: string | undefined;
    for (let page = 0; page < 5; page += 1) {
      const question = { range, limit: 1_000, ...(cursor !== undefined && { cursor }) };
      cursor = foundEventsSchema.parse((await world.postTo('/v1/events/search', question)).body).next;
    }
    const sixth = await rowsReadFor({ limit: 1_000, cursor: cursor ?? '' });
    expect(sixth.found).toBe(1_000);
    expect(sixth.rows).toBeLessThanOrEqual(2 * first.rows);
  });
});
