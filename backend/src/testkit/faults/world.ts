import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { parseConfig } from '../../platform/config.js';
import { createLogger } from '../../platform/logger.js';
import { createClickHouse, type ClickHouse } from '../../storage/clickhouse/client.js';
import { openServerEngine } from '../../storage/clickhouse/server-engine.js';
import { openControlStore } from '../../storage/control/open-control-store.js';
import { startBroker, type TestBroker } from '../rabbitmq-broker.js';
import { checkTenant, sumUp, type FaultReport } from './check-counts.js';
import { type Child } from './child-process.js';
import { findFreePort } from '../free-port.js';
import { eventually } from './eventually.js';
import { createFleet, type Fleet, type Sender } from './fleet.js';
import type { Random } from './random.js';
import {
  clickHouseUrl,
  createRole,
  createStores,
  databaseUrl,
  openWires,
  surroundBy,
  type StoresAddress,
  type Wires,
} from './wiring.js';

/** How long faults last, and how many there are in one scenario. */
export interface Pace {
  readonly killsPerScenario: number;
  readonly brokerFrozenMs: number;
  readonly storesDownMs: number;
  readonly cutsPerScenario: number;
}

export const shortPace: Pace = {
  killsPerScenario: 2,
  brokerFrozenMs: 4_000,
  storesDownMs: 4_000,
  cutsPerScenario: 1,
};
export const longPace: Pace = {
  killsPerScenario: 3,
  brokerFrozenMs: 20_000,
  storesDownMs: 30_000,
  cutsPerScenario: 8,
};

/** The whole server form on one machine, and clients that send to it. */
export interface World {
  readonly pace: Pace;
  readonly fleet: Fleet;
  readonly broker: TestBroker;
  readonly wires: Wires;
  readonly stores: Child;
  readonly collectors: readonly Child[];
  /** Two of four run, unless a scenario wants otherwise. */
  readonly processors: readonly Child[];
  readonly metrics: Child;
  /** Of collector, stream processor and stores. */
  readonly kills: number;
  /** Ends a process where it stands and starts it again. Resolves when it is ready. */
  killAndRestart(child: Child): Promise<void>;
  /** The part of `killAndRestart` that comes first. */
  kill(child: Child): Promise<void>;
  say(text: string): void;
  /** Resolves when every event that was sent is stored and nothing is in any queue. The fleet has to pause. */
  untilStored(): Promise<void>;
  /** Pauses the fleet, waits for the stores and compares every number; throws with all that differ. */
  settle(): Promise<FaultReport>;
  /** Ends every process and removes what they have written. */
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly random: Random;
  readonly pace: Pace;
  readonly say: (text: string) => void;
  /** Ends every process at once; whatever waits for them rejects. */
  readonly signal: AbortSignal;
}

const partitions = 4;
const tenants = ['faults-one', 'faults-two', 'faults-three'];
const storedWithinMs = 240_000;
const closeWithinMs = 15_000;
const sendersPerTenant = 2;

/** Ids in memory, for one processor and the next: with few, older ones are looked up in the store all the time. */
const dedupWindows = ['1000', '200000'];

/** Starts everything. What was started is ended again when something fails to. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const closers: (() => Promise<unknown>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse())
      await Promise.race([closer().catch(() => undefined), sleep(closeWithinMs, undefined, { ref: false })]);
  };
  let closing = Promise.resolve();
  // One after the other: a call that finds nothing to do waits for the one that has taken it on.
  const close = (): Promise<void> => {
    closing = closing.then(closeAll);
    return closing;
  };
  try {
    const world = await buildWorld(options, closers, close);
    options.signal.addEventListener('abort', () => void close(), { once: true });
    options.signal.throwIfAborted();
    return world;
  } catch (error) {
    await close();
    throw error;
  }
}

async function buildWorld(
  options: WorldOptions,
  closers: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<World> {
  const { random, pace, say, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), 'coditect-faults-'));
  closers.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  say(`processes write to ${folder}`);
  await mkdir(join(folder, 'broker'));
  const broker = await startBroker({ folder: join(folder, 'broker') });
  closers.push(() => broker.close());

  const address = { clickHousePort: await findFreePort(), postgresPort: await findFreePort() };
  const engine = openServerEngine({
    url: clickHouseUrl(address.clickHousePort),
    connections: 2,
    requestTimeoutMs: 120_000,
  });
  const clickHouse = createClickHouse(engine, { queryTimeoutMs: 60_000 });
  closers.push(() => clickHouse.close());
  const stores = createStores(folder, address);
  closers.push(() => stores.kill());
  await stores.start();
  const senders = await createTenants(address);

  const wires = await openWires(broker, address);
  closers.push(() => Promise.all(Object.values(wires).map((wire) => wire.close())));
  const roles = await createRoles(folder, broker, wires);
  const children = [...roles.collectors, ...roles.processors, roles.metrics];
  closers.push(() => Promise.all(children.map((child) => child.kill())));
  const running = [...roles.processors.slice(0, 2), ...roles.collectors, roles.metrics];
  // The first brings the tables up to date; the others find them.
  for (const child of running) {
    signal.throwIfAborted();
    await child.start();
  }

  const fleet = createFleet({
    senders,
    width: senders.length * sendersPerTenant,
    random: random.fork(),
    collectorUrls: () => roles.collectors.map((child) => child.url),
    patienceMs: storedWithinMs,
  });
  closers.push(async () => {
    fleet.abandon();
  });
  return operate({ pace, say, signal, broker, stores, wires, fleet, ...roles }, clickHouse, close);
}

async function createTenants(address: StoresAddress): Promise<readonly Sender[]> {
  const logger = createLogger({ level: 'silent', pretty: false, service: 'faults' });
  const config = parseConfig({ DATABASE_URL: databaseUrl(address.postgresPort) });
  const control = await openControlStore(config, logger);
  try {
    await control.migrate();
    const senders: Sender[] = [];
    for (const name of tenants) {
      const tenant = await control.createTenant(name, { timeZone: 'UTC' });
      const { key } = await control.createKey(tenant.id, ['ingest']);
      senders.push({ tenantId: tenant.id, key });
    }
    return senders;
  } finally {
    await control.close();
  }
}

async function createRoles(
  folder: string,
  broker: TestBroker,
  wires: Wires,
): Promise<Pick<World, 'collectors' | 'processors' | 'metrics'>> {
  const surroundings = surroundBy(wires, broker, folder);
  // Inserts are what all this costs; one a second and partition leaves enough of them to be killed in.
  const env = { BUS_PARTITIONS: String(partitions), JOIN_INTERVAL_MS: '1000' };
  const processors: Child[] = [];
  for (let number = 1; number <= partitions; number += 1) {
    const window = dedupWindows[number % dedupWindows.length] ?? '';
    processors.push(
      await createRole(surroundings, 'stream-processor', number, { ...env, DEDUP_WINDOW_EVENTS: window }),
    );
  }
  return {
    processors,
    collectors: [
      await createRole(surroundings, 'collector', 1, env),
      await createRole(surroundings, 'collector', 2, env),
    ],
    metrics: await createRole(surroundings, 'metrics-service', 1, env),
  };
}

type Parts = Pick<
  World,
  'pace' | 'say' | 'broker' | 'stores' | 'wires' | 'fleet' | 'collectors' | 'processors' | 'metrics'
> & { readonly signal: AbortSignal };

/** What can be done with a world that runs. */
function operate(parts: Parts, clickHouse: ClickHouse, close: () => Promise<void>): World {
  const { fleet, broker, say, signal } = parts;
  const children = [parts.stores, ...parts.collectors, ...parts.processors, parts.metrics];
  let kills = 0;

  async function countMessages(): Promise<number> {
    const counts = await broker.control('list_queues', '--no-table-headers', 'messages');
    return counts.split('\n').reduce((total, line) => total + Number(line), 0);
  }

  async function findMissing(): Promise<number> {
    let missing = 0;
    for (const { tenantId, begun } of fleet.ledgers) {
      missing += begun - (await countRaw(clickHouse, tenantId));
    }
    return missing;
  }

  async function untilStored(): Promise<void> {
    let seen = '';
    const ask = async (): Promise<true | undefined> => {
      const missing = await findMissing();
      seen = `${missing} events are missing`;
      if (missing > 0) return undefined;
      const waiting = await countMessages();
      seen = `${waiting} messages wait`;
      return waiting === 0 ? true : undefined;
    };
    await eventually('every event is stored', ask, { withinMs: storedWithinMs, everyMs: 300, signal }).catch(
      (error: unknown) => {
        const words = children.map((child) => `  ${child.name}\n${child.isRunning ? child.lastWords() : ''}`);
        throw new Error([`not all is stored: ${seen}`, ...words].join('\n'), { cause: error });
      },
    );
  }

  async function kill(child: Child): Promise<void> {
    kills += 1;
    say(`  kill -9 ${child.name} (${child.pid})`);
    await child.kill();
  }

  async function checkAll(): Promise<FaultReport> {
    const checks = [];
    for (const ledger of fleet.ledgers) checks.push(await checkTenant(clickHouse, ledger));
    const report = sumUp(
      kills,
      fleet.ledgers,
      checks.map(({ counts }) => counts),
    );
    const problems = checks.flatMap((check, index) =>
      check.problems.map((text) => `${tenants[index]}: ${text}`),
    );
    say(describeCounts(report, fleet));
    if (problems.length > 0) throw new Error(`the counts differ:\n  ${problems.join('\n  ')}`);
    return report;
  }

  return {
    ...parts,
    get kills() {
      return kills;
    },
    kill,
    async killAndRestart(child) {
      await kill(child);
      await child.start();
    },
    untilStored,
    async settle() {
      await fleet.pause();
      say('  all that was begun is acknowledged');
      await untilStored();
      const died = children.filter((child) => child.hasDied);
      if (died.length > 0)
        throw new Error(
          died.map((child) => `${child.name} ended by itself:\n${child.lastWords()}`).join('\n'),
        );
      return checkAll();
    },
    close,
  };
}

function describeCounts(
  { sent, acknowledged, raw, distinct, aggregates }: FaultReport,
  fleet: Fleet,
): string {
  const { posted, refused } = fleet.tally;
  const answers = [...refused].map(([reason, count]) => `${count} x ${reason}`).join(', ');
  const counted = Object.entries(aggregates).map(([name, value]) => `${name} ${value}`);
  return [
    `  sent ${sent} (posted ${posted}), acknowledged ${acknowledged}, raw ${raw}, distinct ${distinct}`,
    `  ${counted.join(', ')}`,
    ...(answers === '' ? [] : [`  repeated after ${answers}`]),
  ].join('\n');
}

const rawRow = z.object({ raw: z.number() });

async function countRaw(clickHouse: ClickHouse, tenantId: string): Promise<number> {
  const [row] = await clickHouse.query({
    name: 'count-raw',
    sql: 'SELECT count() AS raw FROM events_raw_v1 WHERE tenant_id = {tenantId:String}',
    params: { tenantId },
    row: rawRow,
  });
  return row?.raw ?? 0;
}
