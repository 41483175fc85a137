import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createEventWriter, formatEventRow } from '../../src/storage/clickhouse/event-writer.js';
import { listMigrations, migrate, readMigrations } from '../../src/storage/clickhouse/migrate.js';
import { countEverywhere, findDifferences } from '../../src/storage/clickhouse/queries/count-everywhere.js';
import { applyRetention } from '../../src/storage/clickhouse/retention.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openTestClickHouse, type TestClickHouse } from '../../src/testkit/embedded-clickhouse.js';

let world: TestClickHouse;

beforeAll(async () => {
  world = await openTestClickHouse();
});

afterAll(async () => {
  await world.close();
});

const slowSql = 'SELECT sum(sleepEachRow(0.05)) AS value FROM numbers(200) SETTINGS max_block_size = 1';
const valueRow = z.object({ value: z.number() });
const countRow = z.object({ count: z.number() });

async function countRunning(marker: string): Promise<number> {
  const [row] = await world.clickHouse.query({
    name: 'running',
    sql: `SELECT count() AS count FROM system.processes WHERE position(query, {marker:String}) > 0 AND position(query, 'system.processes') = 0`,
    params: { marker },
    row: countRow,
  });
  return row?.count ?? 0;
}

async function eventually(check: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it never came true');
}

// The slow statement carries SETTINGS of its own, so the client's are wrapped around it.
const slowQuery = { sql: `SELECT value FROM (${slowSql})`, row: valueRow };

describe('ClickHouse client', () => {
  it('binds parameters of every kind without reading them as SQL', async () => {
    const text = `it's "quoted" \\ and \n 日本 {x:String} ; DROP TABLE events_raw_v1`;
    const [row] = await world.clickHouse.query({
      name: 'echo',
      sql: 'SELECT {text:String} AS text, {list:Array(String)} AS list, {time:DateTime64(3)} AS time',
      params: { text, list: [text, ''], time: '2026-01-02 03:04:05.678' },
      row: z.object({ text: z.string(), list: z.array(z.string()), time: z.string() }),
    });
    expect(row).toEqual({ text, list: [text, ''], time: '2026-01-02 03:04:05.678' });
  });

  it('stops the statement in the engine when the caller goes away', async () => {
    const controller = new AbortController();
    const query = world.clickHouse.query({ ...slowQuery, name: 'slow-cancelled', signal: controller.signal });
    const outcome = expect(query).rejects.toMatchObject({ code: 'query_cancelled' });
    await eventually(async () => (await countRunning('slow-cancelled')) === 1);
    controller.abort();
    await outcome;
    await eventually(async () => (await countRunning('slow-cancelled')) === 0);
  });

  it('never starts a statement whose caller went away while it waited for a connection', async () => {
    const controllers = [new AbortController(), new AbortController(), new AbortController()] as const;
    const ask = (name: string, { signal }: AbortController): Promise<void> =>
      expect(world.clickHouse.query({ ...slowQuery, name, signal })).rejects.toMatchObject({
        code: 'query_cancelled',
      });
    // The engine under test has two connections for queries.
    const outcomes = [ask('slow-first', controllers[0])];
    await eventually(async () => (await countRunning('slow-first')) === 1);
    outcomes.push(ask('slow-second', controllers[1]), ask('slow-withdrawn', controllers[2]));
    controllers[2].abort();
    controllers[0].abort();
    controllers[1].abort();
    await Promise.all(outcomes);
    expect(await countRunning('slow-withdrawn')).toBe(0);
    expect(await countRunning('slow-withdrawn')).toBe(0);
  });

  it('ends a statement that runs out of its time', async () => {
    await expect(
      world.clickHouse.query({ ...slowQuery, name: 'slow-timeout', timeoutMs: 200 }),
    ).rejects.toMatchObject({ code: 'query_timeout', status: 504 });
  });

  it('ends a statement that takes more memory than it may, and leaves others theirs', async () => {
    const hungry = {
      name: 'hungry',
      sql: 'SELECT length(groupArray(number)) AS length FROM numbers(3000000)',
      row: z.object({ length: z.number() }),
    };
    const memoryBytesMax = 16 * 1_048_576;
    await expect(world.clickHouse.query({ ...hungry, memoryBytesMax })).rejects.toMatchObject({
      code: 'too_many_events',
      status: 422,
      limit: memoryBytesMax,
    });
    expect(await world.clickHouse.query(hungry)).toEqual([{ length: 3_000_000 }]);
  });

  it('answers short questions while others run long', async () => {
    const controller = new AbortController();
    const long = world.clickHouse.query({ ...slowQuery, name: 'slow-neighbour', signal: controller.signal });
    const outcome = expect(long).rejects.toMatchObject({ code: 'query_cancelled' });
    await eventually(async () => (await countRunning('slow-neighbour')) === 1);
    expect(await countRunning('slow-neighbour')).toBe(1);
    controller.abort();
    await outcome;
  });

  it('tells a bad regular expression from a fault of ours', async () => {
    await expect(
      world.clickHouse.query({
        name: 'regex',
        sql: `SELECT match('x', {re:String}) AS value`,
        params: { re: '(' },
        row: valueRow,
      }),
    ).rejects.toMatchObject({ code: 'regex_invalid', status: 400 });
  });
});

describe('ClickHouse migrations', () => {
  it('change nothing when they run again, and are listed with their time', async () => {
    expect(await migrate(world.clickHouse, (work) => work())).toEqual([]);
    for (const migration of await listMigrations(world.clickHouse))
      expect(migration.appliedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
  });

  it('refuse a file that was edited after it had been applied', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coditect-migrations-'));
    await cp(join(__dirname, '../../src/storage/clickhouse/migrations'), folder, { recursive: true });
    await writeFile(join(folder, '0001_create_events.sql'), 'SELECT 1;\n');
    await expect(
      migrate(world.clickHouse, (work) => work(), { migrations: readMigrations(folder) }),
    ).rejects.toMatchObject({
      code: 'migration_changed',
    });
    await rm(folder, { recursive: true });
  });
});

describe('ClickHouse retention', () => {
  it('alters only tables whose time to live differs', async () => {
    await applyRetention(world.clickHouse, { rawDays: 400, aggregateDays: 1_830 });
    expect(await applyRetention(world.clickHouse, { rawDays: 400, aggregateDays: 1_830 })).toEqual([]);
    expect(await applyRetention(world.clickHouse, { rawDays: 30, aggregateDays: 1_830 })).toEqual([
      'events_raw_v1',
    ]);
    expect(await applyRetention(world.clickHouse, { rawDays: 30, aggregateDays: 1_830 })).toEqual([]);
  });

  it('keeps sums of what was just received, however late in the month and however short the time', async () => {
    await applyRetention(world.clickHouse, { rawDays: 1, aggregateDays: 1 });
    const now = Date.now();
    const event = anEvent({ tenantId: 'kept', userId: 'u_1', receivedAt: now, occurredAt: now });
    const writer = createEventWriter(world.clickHouse);
    await writer.insert({ token: 'kept', ndjson: Buffer.from(formatEventRow(event)) });
    for (const table of ['events_per_minute_v1', 'activity_per_quarter_v1', 'user_days_v1', 'event_ids_v1'])
      await world.clickHouse.command(`OPTIMIZE TABLE ${table} FINAL`);
    const counts = await countEverywhere(world.clickHouse, 'kept');
    expect(findDifferences(counts)).toEqual([]);
    expect(counts.activity).toBe(1);
  });
});
