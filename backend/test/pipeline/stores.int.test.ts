import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { Client } from 'pg';
import { parseConfig } from '../../src/platform/config.js';
import { createLogger } from '../../src/platform/logger.js';
import type { ClickHouse } from '../../src/storage/clickhouse/client.js';
import { createEventWriter } from '../../src/storage/clickhouse/event-writer.js';
import { migrate } from '../../src/storage/clickhouse/migrate.js';
import { openClickHouse } from '../../src/storage/clickhouse/open-clickhouse.js';
import { countEverywhere, findDifferences } from '../../src/storage/clickhouse/queries/count-everywhere.js';
import { openControlStore } from '../../src/storage/control/open-control-store.js';
import { anEvent } from '../../src/testkit/an-event.js';

const dist = join(__dirname, '../../dist');
const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });

interface Stores {
  readonly child: ChildProcess;
  /** `CLICKHOUSE_URL` and `DATABASE_URL`, as they were printed. */
  readonly addresses: Readonly<Record<string, string>>;
}

let dataDir: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'coditect-stores-'));
});

afterEach(() => Promise.all(started.splice(0).map((child) => stop(child, 'SIGKILL'))));

afterAll(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

function spawnStores(): ChildProcess {
  const child = spawn(process.execPath, [join(dist, 'stores.js')], {
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      LOG_LEVEL: 'error',
      STORES_CLICKHOUSE_PORT: '0',
      STORES_POSTGRES_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  return child;
}

async function start(): Promise<Stores> {
  const child = spawnStores();
  if (child.stdout === null) throw new Error('no output');
  const addresses: Record<string, string> = {};
  for await (const line of createInterface(child.stdout)) {
    const [name = '', ...address] = line.split('=');
    addresses[name] = address.join('=');
    if (name === 'DATABASE_URL') return { child, addresses };
  }
  throw new Error(`the stores ended with ${child.exitCode}`);
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
  return child.exitCode;
}

function open({ addresses }: Stores): Promise<ClickHouse> {
  return openClickHouse(parseConfig({ ...addresses }));
}

async function insertAll(clickHouse: ClickHouse, tokens: readonly string[]): Promise<void> {
  const writer = createEventWriter(clickHouse);
  for (const token of tokens) {
    const events = Array.from({ length: rowsPerInsert }, (_, index) => anEvent({ id: `${token}-${index}` }));
    await writer.insert({
      token,
      ndjson: Buffer.from(events.map(writer.createRowFormat(token)).join('\n')),
    });
  }
}

const rowsPerInsert = 500;

it('count an insert once that is repeated after the process was killed in the middle, without any repair', async () => {
  let stores = await start();
  let clickHouse = await open(stores);
  await migrate(clickHouse, (work) => work());
  const tokens = Array.from({ length: 8 }, (_, index) => `token-${index}`);
  for (let kill = 0; kill < 3; kill += 1) {
    const inserting = insertAll(clickHouse, tokens).then(
      () => undefined,
      () => undefined,
    );
    // Not a wait for something: any moment will do, and another one each time.
    await new Promise((resolve) => setTimeout(resolve, 40 + 35 * kill));
    await stop(stores.child, 'SIGKILL');
    await inserting;
    await clickHouse.close();
    stores = await start();
    clickHouse = await open(stores);
  }
  await insertAll(clickHouse, tokens);
  const counts = await countEverywhere(clickHouse, 'acme');
  await clickHouse.close();
  expect(counts.raw).toBe(tokens.length * rowsPerInsert);
  expect(findDifferences(counts)).toEqual([]);
  expect(await stop(stores.child, 'SIGTERM')).toBe(0);
});

it('serve several processes, keep what was committed through a kill, and refuse a second owner of the data', async () => {
  const stores = await start();
  const config = parseConfig({ ...stores.addresses });
  const [one, two] = [await openControlStore(config, logger), await openControlStore(config, logger)];
  await Promise.all([one.migrate(), two.migrate()]);
  const tenant = await one.createTenant('Across', { timeZone: 'UTC' });
  expect(await two.findTenant(tenant.id)).toEqual(tenant);
  await Promise.all([one.close(), two.close()]);

  const second = spawnStores();
  if (second.stderr === null) throw new Error('no output');
  expect(await text(second.stderr)).toContain('is in use by process');
  expect(await stop(second, 'SIGTERM')).toBe(1);

  await stop(stores.child, 'SIGKILL');
  const again = await start();
  const store = await openControlStore(parseConfig({ ...again.addresses }), logger);
  expect(await store.findTenant(tenant.id)).toEqual(tenant);
  await store.close();
  expect(await stop(again.child, 'SIGTERM')).toBe(0);
});

it('end with their clients connected and a statement under way', async () => {
  const stores = await start();
  const client = new Client({ connectionString: stores.addresses['DATABASE_URL'] ?? '' });
  const told: unknown[] = [];
  client.on('error', (error) => told.push(error));
  await client.connect();
  await client.query('BEGIN');
  const running = fetch(
    `${stores.addresses['CLICKHOUSE_URL'] ?? ''}/?query=SELECT+sleepEachRow(1)+FROM+numbers(3)`,
  );
  expect((await fetch(`${stores.addresses['CLICKHOUSE_URL'] ?? ''}/ping`)).status).toBe(200);
  expect(await stop(stores.child, 'SIGTERM')).toBe(0);
  expect(told[0]).toMatchObject({ code: '57P01' });
  // It was stopped, or never begun.
  expect((await running.catch(() => undefined))?.status).not.toBe(200);
});
