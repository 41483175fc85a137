import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { createClickHouse } from '../../src/storage/clickhouse/client.js';
import { createEventWriter } from '../../src/storage/clickhouse/event-writer.js';
import { listMigrations, migrate } from '../../src/storage/clickhouse/migrate.js';
import { openServerEngine } from '../../src/storage/clickhouse/server-engine.js';
import { basic, failure, password, useFrontWorld } from './clickhouse-front-world.js';

const { world, open, post, rows } = useFrontWorld();

async function eventually<T>(look: () => Promise<T>, isDone: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await look();
    if (isDone(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('questions', () => {
  it('binds parameters of every kind, short ones and long ones', async () => {
    const params = {
      s: 'it\'s\t\\ a\n"line" {x:String} 日本',
      n: 12,
      f: 1.5,
      b: true,
      none: null,
      list: ['a', "b'c", 'd\\e'],
      map: new Map([['k', 1]]),
      when: '2026-03-01 10:00:00.123',
      big: 18_446_744_073_709_551_615n,
      table: 'one',
    };
    const sql = `SELECT {s:String} AS s, {n:UInt8} AS n, {f:Float64} AS f, {b:Bool} AS b, {none:Nullable(String)} AS none,
      {list:Array(String)} AS list, {map:Map(String, UInt8)} AS map, {when:DateTime64(3, 'UTC')} AS at,
      toString({big:UInt64}) AS big, (SELECT count() FROM system.{table:Identifier}) AS rows`;
    const expected = {
      ...params,
      map: { k: 1 },
      at: params.when,
      big: String(params.big),
      rows: expect.anything() as unknown,
      when: undefined,
      table: undefined,
    };
    expect(await rows(sql, params)).toEqual([expected]);
    const ids = Array.from({ length: 20_000 }, (_, index) => `id-${index}'`);
    const long = await rows('SELECT length({ids:Array(String)}) AS count, {s:String} AS s', {
      ids,
      s: params.s,
    });
    expect(long).toEqual([{ count: 20_000, s: params.s }]);
  });

  it('answers in any format, as bytes', async () => {
    const json = await world().client.query({ query: 'SELECT number AS n FROM numbers(2)', format: 'JSON' });
    expect(await json.json()).toMatchObject({ rows: 2, data: [{ n: 0 }, { n: 1 }] });
    const csv = await world().client.query({ query: "SELECT 1 AS a, 'x,y' AS b", format: 'CSVWithNames' });
    expect(await csv.text()).toBe('"a","b"\n1,"x,y"\n');
    const parquet = await post('SELECT number FROM numbers(3) FORMAT Parquet');
    expect(
      Buffer.from(await parquet.arrayBuffer())
        .subarray(0, 4)
        .toString(),
    ).toBe('PAR1');
    expect(parquet.headers.get('x-clickhouse-format')).toBe('Parquet');
    expect(await (await post("SELECT 'a' AS x, 1 AS y")).text()).toBe('a\t1\n');
    const compact = await fetch(`${world().url}/?default_format=JSONCompactEachRow`, {
      method: 'POST',
      headers: basic,
      body: "SELECT 'a', 1",
    });
    expect(await compact.text()).toBe('["a", 1]\n');
  });

  it('compresses answers for those who ask', async () => {
    const zipped = open({ compression: { request: true, response: true } });
    const result = await zipped.query({ query: 'SELECT number FROM numbers(20000)', format: 'JSONEachRow' });
    expect(await result.json()).toHaveLength(20_000);
    await zipped.close();
    const raw = await fetch(
      `${world().url}/?enable_http_compression=1&query=SELECT+number+FROM+numbers(2000)`,
      {
        headers: { ...basic, 'Accept-Encoding': 'gzip' },
      },
    );
    expect(raw.headers.get('content-encoding')).toBe('gzip');
    expect((await raw.text()).split('\n')).toHaveLength(2_001);
  });

  it("says what is wrong with the engine's own codes", async () => {
    expect(await failure(rows('SELEC 1'))).toBe('62 SYNTAX_ERROR');
    expect(await failure(rows('SELECT * FROM nowhere'))).toBe('60 UNKNOWN_TABLE');
    expect(await failure(rows('SELECT {missing:String}'))).toBe('456 UNKNOWN_QUERY_PARAMETER');
    expect(await failure(rows("SELECT throwIf(number = 3, 'boo') FROM numbers(5)"))).toMatch(/^395 /);
    const slow =
      'SELECT sum(sleepEachRow(0.2)) FROM numbers(50) SETTINGS max_block_size = 1, max_execution_time = 0.3';
    expect(await failure(rows(slow))).toBe('159 TIMEOUT_EXCEEDED');
    const unknown = await fetch(`${world().url}/?no_such_setting=1`, {
      method: 'POST',
      headers: basic,
      body: 'SELECT 1',
    });
    expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining('Code: 115')]);
    const answer = await post('SELECT * FROM nowhere');
    expect([answer.status, answer.headers.get('x-clickhouse-exception-code')]).toEqual([404, '60']);
    const bounded = {
      query: 'SELECT * FROM numbers(100000)',
      clickhouse_settings: { max_result_bytes: '1000' },
    };
    expect(await failure(world().client.query(bounded))).toMatch(/^396 /);
  });

  it('keeps settings, parameters and databases of one request from the next', async () => {
    const asked = `SELECT getSetting('max_threads') AS threads, currentDatabase() AS db`;
    await world().client.command({ query: 'CREATE DATABASE IF NOT EXISTS aside' });
    const aside = open({ database: 'aside', clickhouse_settings: { max_threads: 1 } });
    const [before] = await rows(asked);
    for (let round = 0; round < 10; round += 1) {
      const there = await aside.query({ query: asked, format: 'JSONEachRow', query_params: { leak: 'x' } });
      expect(await there.json()).toEqual([{ threads: 1, db: 'aside' }]);
      expect(await rows(asked)).toEqual([before]);
      expect(await failure(rows('SELECT {leak:String}'))).toBe('456 UNKNOWN_QUERY_PARAMETER');
    }
    await world().client.command({ query: 'SET max_threads = 1' });
    expect(await rows(asked)).toEqual([before]);
    await aside.close();
    const gone = open({ database: 'gone' });
    expect(await failure(gone.query({ query: 'SELECT 1' }))).toBe('81 UNKNOWN_DATABASE');
    await gone.close();
  });

  it('mixes up nothing between many statements at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) => rows('SELECT {n:UInt32} AS n, sleep(0.01) AS z', { n })),
    );
    expect(answers.map(([row]) => row)).toEqual(Array.from({ length: 60 }, (_, n) => ({ n, z: 0 })));
  });

  it('lets GET read and nothing else', async () => {
    const get = (query: string) =>
      fetch(`${world().url}/?query=${encodeURIComponent(query)}`, { headers: basic });
    expect(await (await get('SELECT 1 SETTINGS max_threads = 2')).text()).toBe('1\n');
    const refused = await get('CREATE TABLE by_get (a Int8) ENGINE = Memory');
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('Code: 164')]);
    expect((await get('INSERT INTO nowhere FORMAT CSV')).status).not.toBe(200);
  });
});

describe('stopping', () => {
  const endless =
    'SELECT sum(sleepEachRow(0.05)) FROM numbers(100000) SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0';
  const running =
    "SELECT count() AS count FROM system.processes WHERE query LIKE '%sleepEachRow(0.05)%' AND query NOT LIKE '%system.processes%'";

  it('kills the statement that has the id, and no other', async () => {
    const other = rows('SELECT sleep(2) AS z');
    const outcome = failure(
      world().client.query({ query: endless, query_id: 'the-one', format: 'JSONEachRow' }),
    );
    await eventually(
      () => rows(running),
      ([row]) => JSON.stringify(row) === '{"count":1}',
    );
    const killed = await world().client.query({
      query: 'KILL QUERY WHERE query_id = {id:String} ASYNC',
      query_params: { id: 'the-one' },
      format: 'JSONEachRow',
    });
    expect(await killed.json()).toMatchObject([{ kill_status: 'waiting', query_id: 'the-one' }]);
    expect(await outcome).toBe('394 QUERY_WAS_CANCELLED');
    expect(await other).toEqual([{ z: 0 }]);
    expect(await rows("KILL QUERY WHERE query_id = 'nobody' SYNC")).toEqual([]);
    expect(await failure(rows("KILL QUERY WHERE user = 'default'"))).toBe('48 NOT_IMPLEMENTED');
  });

  it('stops a statement whose client has gone, also one that waits for its turn', async () => {
    const controller = new AbortController();
    const outcomes = Array.from({ length: 6 }, () =>
      failure(
        world().client.query({ query: endless, format: 'JSONEachRow', abort_signal: controller.signal }),
      ),
    );
    await eventually(
      () => rowsBeside(running),
      (count) => count === '4',
    );
    controller.abort();
    await Promise.all(outcomes);
    await eventually(
      () => rowsBeside(running),
      (count) => count === '0',
    );
  });

  /** Reads from the engine without a turn. */
  async function rowsBeside(sql: string): Promise<string> {
    const result = await world().engine.run({ sql, setup: [], format: 'TSV', isUrgent: true });
    return Buffer.from(result.bytes).toString().trim();
  }
});

describe('what it does not do', () => {
  it('names it', async () => {
    for (const [sql, named] of [
      ['BEGIN TRANSACTION', 'Transactions'],
      ['/* x */ create temporary table x (a Int8)', 'Temporary tables'],
      ['CREATE USER u', 'Users'],
      ['GRANT ALL ON *.* TO u', 'Users'],
    ] as const) {
      const answer = await post(sql);
      expect([answer.status, await answer.text()]).toEqual([501, expect.stringContaining(named)]);
    }
    expect(await failure(world().client.query({ query: 'SELECT 1', session_id: 's' }))).toBe(
      '48 NOT_IMPLEMENTED',
    );
    const form = new FormData();
    form.append('query', 'SELECT * FROM ext');
    form.append('ext', new Blob(['1\t2\n']), 'ext');
    const external = await fetch(world().url, { method: 'POST', headers: basic, body: form });
    expect([external.status, await external.text()]).toEqual([501, expect.stringContaining('External data')]);
  });

  it('answers a native client in words', async () => {
    const socket = connect(Number(new URL(world().url).port), '127.0.0.1');
    socket.write(Buffer.from([0, 17, ...Buffer.from('ClickHouse client'), 24, 8]));
    expect(await text(socket)).toContain('native protocol');
  });

  it('is not ready before its engine is', () => {
    expect(world().earlyStatus).toBe(503);
  });

  it('lets in neither strangers nor web pages', async () => {
    expect((await fetch(`${world().url}/?query=SELECT+1`)).status).toBe(403);
    const wrong = open({ password: 'wrong' });
    expect(await failure(wrong.query({ query: 'SELECT 1' }))).toBe('516 AUTHENTICATION_FAILED');
    await wrong.close();
    const page = { ...basic, Origin: 'http://evil.example' };
    expect((await fetch(`${world().url}/?query=SELECT+1`, { headers: page })).status).toBe(403);
    expect((await world().client.ping()).success).toBe(true);
  });
});

describe('our own tables', () => {
  it('are made, written and read through the front', async () => {
    const address = `http://default:${encodeURIComponent(password)}@127.0.0.1:${new URL(world().url).port}`;
    const server = openServerEngine({ url: address, connections: 4, requestTimeoutMs: 30_000 });
    const clickHouse = createClickHouse(server, { queryTimeoutMs: 15_000 });
    await migrate(clickHouse, (work) => work());
    expect(await migrate(clickHouse, (work) => work())).toEqual([]);
    expect((await listMigrations(clickHouse)).every((migration) => migration.appliedAt !== null)).toBe(true);
    expect(await createEventWriter(clickHouse).loadIds({ index: 0, count: 1 })).toHaveLength(0);
    const controller = new AbortController();
    const asked = clickHouse.query({
      name: 'slow',
      sql: 'SELECT sleepEachRow(0.1) AS z FROM numbers(10000)',
      row: z.unknown(),
      signal: controller.signal,
    });
    controller.abort();
    await expect(asked).rejects.toMatchObject({ code: 'query_cancelled' });
    await clickHouse.close();
  });
});
