import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventEnvelope } from '@coditect/contracts';
import { z } from 'zod';
import type { Subject } from '../../src/platform/subjects.js';
import { createEventWriter } from '../../src/storage/clickhouse/event-writer.js';
import { countEverywhere, findDifferences } from '../../src/storage/clickhouse/queries/count-everywhere.js';
import { onOneServer } from '../../src/storage/clickhouse/subjects/shards.js';
import { createClickHouseSubjects } from '../../src/storage/clickhouse/subjects/subject-store.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openTestClickHouse, type TestClickHouse } from '../../src/testkit/embedded-clickhouse.js';
import { startCountedOnceWriter } from './counted-once-world.js';

const ada: Subject = { tenantId: 'acme', userId: 'ada@acme.example', pseudonym: 'u_9f3b7c21d5e8a604' };
const api = 'ai.coditect.api.request.completed.v1';
const run = 'ai.coditect.agent.run.finished.v1';
const assigned = 'ai.coditect.licence.seat.assigned.v1';
const released = 'ai.coditect.licence.seat.released.v1';

let test: TestClickHouse;

beforeEach(async () => {
  test = await openTestClickHouse();
});

afterEach(async () => {
  await test.close();
});

async function store(...events: readonly EventEnvelope[]): Promise<void> {
  const writer = await startCountedOnceWriter({
    store: createEventWriter(test.clickHouse),
    filterBytesMax: 4,
  });
  await writer.write({ id: `message-${events[0]?.id ?? ''}`, events: [...events] });
}

const adas = (overrides: Partial<EventEnvelope>): EventEnvelope =>
  anEvent({ userId: ada.pseudonym, sessionId: 'session-of-ada', team: 'core', ...overrides });

/** Of hers, about her, and of others. */
function somePeoplesEvents(): EventEnvelope[] {
  const bob = 'u_47e1c0d926ab83f5';
  return [
    adas({ id: 'ada-1', attributes: { 'commit.author': ada.pseudonym, machine: 'adas-laptop' } }),
    adas({ id: 'ada-2', type: run, status: 'succeeded', agent: 'fixer', costUsd: 1.5, durationMs: 900 }),
    adas({ id: 'ada-3', subject: ada.pseudonym, type: assigned, attributes: { quantity: '1' } }),
    anEvent({ id: 'admin-1', userId: bob, type: released, subject: ada.pseudonym }),
    anEvent({
      id: 'bob-1',
      userId: bob,
      team: 'core',
      attributes: { reviewer: ada.pseudonym, note: ada.userId },
    }),
    anEvent({
      id: 'bob-2',
      userId: bob,
      type: api,
      route: `/people/${ada.pseudonym}/runs`,
      method: 'GET',
      statusCode: 200,
    }),
    anEvent({ id: 'bob-3', userId: bob, type: `custom.${ada.pseudonym}.v1`, project: ada.pseudonym }),
    anEvent({ id: 'zoe-1', tenantId: 'other', userId: ada.pseudonym, subject: ada.userId }),
  ];
}

async function read<T>(sql: string, row: z.ZodType<T>): Promise<readonly T[]> {
  return test.clickHouse.query({ name: 'test', sql, row });
}

describe('a person in ClickHouse', () => {
  it('is found in every table that has something of them, and in no other tenant', async () => {
    await store(...somePeoplesEvents());
    const subjects = createClickHouseSubjects(onOneServer(test.clickHouse));
    const traces = await subjects.findTraces(ada);
    expect(traces['user_days_v1']).toBeGreaterThan(0);
    expect(traces['user_firsts_v1']).toBeGreaterThan(0);
    expect(traces).toMatchObject({
      activity_per_quarter_v1: 1,
      api_requests_per_quarter_v1: 1,
      dimension_values_v1: 3,
      events_per_minute_v1: 1,
      events_raw_v1: 7,
      seat_changes_v1: 2,
    });
  });

  it('is found nowhere after erase, and no total is another one', async () => {
    await store(...somePeoplesEvents());
    const subjects = createClickHouseSubjects(onOneServer(test.clickHouse));
    const before = await countEverywhere(test.clickHouse, 'acme');
    await subjects.erase(ada);
    expect(await subjects.findTraces(ada)).toEqual({});
    const after = await countEverywhere(test.clickHouse, 'acme');
    expect(findDifferences(after)).toEqual([]);
    const people = {
      userQuarters: 0,
      userQuartersRaw: 0,
      presence: 0,
      presenceRaw: 0,
      userFirsts: '',
      userFirstsRaw: '',
    };
    expect({ ...after, ...people }).toEqual({ ...before, ...people });
    expect(after.userQuarters).toBeLessThan(before.userQuarters);
    expect(await subjects.findTraces({ ...ada, tenantId: 'other' })).toMatchObject({ events_raw_v1: 1 });
    const values = await read(
      `SELECT value AS value, sum(events) AS events FROM dimension_values_v1
       WHERE tenant_id = 'acme' AND dimension IN ('route', 'method') GROUP BY value ORDER BY value`,
      z.object({ value: z.string(), events: z.number() }),
    );
    expect(values).toEqual([
      { value: '/people/erased/runs', events: 1 },
      { value: 'GET', events: 1 },
    ]);
  });

  it('leaves events of others as they are, but for the name', async () => {
    await store(...somePeoplesEvents());
    await createClickHouseSubjects(onOneServer(test.clickHouse)).erase(ada);
    const [bobs] = await read(
      `SELECT user_id, attributes FROM events_raw_v1 WHERE id = 'bob-1'`,
      z.object({ user_id: z.string(), attributes: z.record(z.string(), z.string()) }),
    );
    expect(bobs).toEqual({
      user_id: 'u_47e1c0d926ab83f5',
      attributes: { reviewer: 'erased', note: 'erased' },
    });
    const [seats] = await read(
      `SELECT uniqExact(seat) AS seats, count() AS rows FROM seat_changes_v1 FINAL`,
      z.object({ seats: z.number(), rows: z.number() }),
    );
    expect(seats).toEqual({ seats: 1, rows: 2 });
  });

  it('does not come back by a retry: the identities of erased events are known', async () => {
    await store(...somePeoplesEvents());
    const subjects = createClickHouseSubjects(onOneServer(test.clickHouse));
    await subjects.erase(ada);
    await store(...somePeoplesEvents());
    expect(await subjects.findTraces(ada)).toEqual({});
  });

  it('leaves nothing on disk once old parts are removed', async () => {
    await store(...somePeoplesEvents().filter(({ tenantId }) => tenantId === 'acme'));
    expect(await filesWith(ada.pseudonym)).not.toEqual([]);
    const subjects = createClickHouseSubjects(onOneServer(test.clickHouse));
    await subjects.erase(ada);
    await subjects.compact();
    expect(await filesWith(ada.pseudonym)).toEqual([]);
    expect(await filesWith(ada.userId)).toEqual([]);
  }, 400_000);

  it('gives everything that is kept of them', async () => {
    await store(...somePeoplesEvents());
    const subjects = createClickHouseSubjects(onOneServer(test.clickHouse));
    const records = [];
    for (
      let cursor: string | undefined = undefined, isFirst = true;
      isFirst || cursor !== undefined;
      isFirst = false
    ) {
      const page = await subjects.readRecords(ada, cursor);
      records.push(...page.records);
      cursor = page.next;
    }
    const ids = records.filter(({ table }) => table === 'events_raw_v1').map(({ record }) => record['id']);
    expect(ids.sort()).toEqual(['ada-1', 'ada-2', 'ada-3', 'admin-1', 'bob-1', 'bob-2', 'bob-3']);
    expect(new Set(records.map(({ table }) => table))).toContain('user_days_v1');
  });
});

async function filesWith(text: string): Promise<readonly string[]> {
  const entries = await readdir(test.folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found: string[] = [];
  for (const path of paths) if ((await readFile(path)).includes(text)) found.push(path);
  return found;
}
