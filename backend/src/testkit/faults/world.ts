import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouse } from '../../storage/clickhouse/client.js';
import type { TestBroker } from '../rabbitmq-broker.js';
import { checkTenant, CountsDifferError, describeCounts, sumUp, type FaultReport } from './check-counts.js';
import { checkReports } from './check-reports.js';
import type { Child } from './child-process.js';
import { createTenants, listDeadLetters } from './control-data.js';
import { createFleet, type Fleet } from './fleet.js';
import type { Random } from './random.js';
import { startServers } from './servers.js';
import { createUntilStored, storedWithinMs } from './until-stored.js';
import {
  clickHouseUrl,
  createRole,
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
  readonly storesFrozenMs: number;
  /** How long clients go on sending when they are refused already. */
  readonly floodMs: number;
  /** Of one message: joiners have many in hand, which are not among the bytes of a queue that is to be filled. */
  readonly messageEventsMax: number;
  readonly cutsPerScenario: number;
}

export const shortPace: Pace = {
  killsPerScenario: 2,
  brokerFrozenMs: 4_000,
  storesDownMs: 4_000,
  storesFrozenMs: 4_000,
  floodMs: 2_000,
  messageEventsMax: 60,
  cutsPerScenario: 1,
};
export const longPace: Pace = {
  killsPerScenario: 3,
  brokerFrozenMs: 20_000,
  storesDownMs: 30_000,
  // Longer than the 125 s after which a connection to ClickHouse is given up.
  storesFrozenMs: 135_000,
  floodMs: 20_000,
  messageEventsMax: 120,
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
  /** The one that reaches ClickHouse by `wires.clickHouseOfOne`. It looks ids up in the store all the time. */
  readonly processorOfOne: Child;
  readonly batchProcessor: Child;
  readonly metrics: Child;
  /** Not by a wire. */
  readonly clickHouse: ClickHouse;
  /** Of collector, processors and stores. */
  readonly kills: number;
  /** Ends a process where it stands and starts it again. Resolves when it is ready. */
  killAndRestart(child: Child): Promise<void>;
  /** The part of `killAndRestart` that comes first. */
  kill(child: Child): Promise<void>;
  say(text: string): void;
  /** Resolves when every event that was sent is stored and nothing is in any queue. The fleet has to pause. */
  untilStored(): Promise<void>;
  /** Pauses the fleet, waits for the stores, compares every number and looks for dead letters; throws with all that differ. */
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
/** Small, so that queues can be filled. */
const queueBytesMax = 1_048_576;
const joinEventsMax = 4_000;
/**
 * Longer than a busy machine's embedded engine takes over a rollup of all the load, or roles would not start beside it; and
 * longer than each part has to close, so that what waits for a silent database is cut.
 */
const databaseQueryMs = 15_000;
/** Longer than any scenario holds an answer back. */
const patientQueryMs = '120000';
/** Often enough that rollups are killed too. */
const rollupIntervalMs = 2_000;
const tenants = ['faults-one', 'faults-two', 'faults-three'];
const closeWithinMs = 15_000;
const sendersPerTenant = 2;

/** For one processor and the next: a filter that is soon full looks up every id, all the time. */
const filterBytes = ['1024', '67108864'];

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
  const { address, broker, clickHouse, folder, stores } = await startServers('faults', say, closers);
  const senders = await createTenants(address, tenants);

  const wires = await openWires(broker, address);
  closers.push(() => Promise.all(Object.values(wires).map((wire) => wire.close())));
  const roles = await createRoles(folder, broker, wires, pace);
  const children = [...roles.collectors, ...roles.processors, roles.batchProcessor, roles.metrics];
  closers.push(() => Promise.all(children.map((child) => child.kill())));
  const running = [...roles.processors.slice(0, 2), roles.batchProcessor, ...roles.collectors, roles.metrics];
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
  return operate({ pace, say, signal, broker, stores, wires, fleet, clickHouse, ...roles }, address, close);
}

async function createRoles(
  folder: string,
  broker: TestBroker,
  wires: Wires,
  pace: Pace,
): Promise<Pick<World, 'collectors' | 'processors' | 'processorOfOne' | 'batchProcessor' | 'metrics'>> {
  const surroundings = surroundBy(wires, broker, folder);
  // Inserts are what all this costs; one a second and partition leaves enough of them to be killed in.
  const env = {
    BUS_PARTITIONS: String(partitions),
    JOIN_INTERVAL_MS: '1000',
    BUS_QUEUE_BYTES_MAX: String(queueBytesMax),
    BUS_MESSAGE_EVENTS_MAX: String(pace.messageEventsMax),
    JOIN_EVENTS_MAX: String(joinEventsMax),
    DATABASE_QUERY_TIMEOUT_MS: String(databaseQueryMs),
  };
  const createProcessor = (number: number, around = surroundings, own = {}): Promise<Child> =>
    createRole(around, 'stream-processor', number, {
      ...env,
      ...own,
      DEDUP_FILTER_BYTES_MAX: filterBytes[number % filterBytes.length] ?? '',
    });
  const ofOne = { ...surroundings, clickHouseUrl: clickHouseUrl(wires.clickHouseOfOne.port) };
  const processorOfOne = await createProcessor(2, ofOne, { CLICKHOUSE_QUERY_TIMEOUT_MS: patientQueryMs });
  return {
    processorOfOne,
    processors: [
      await createProcessor(1),
      processorOfOne,
      await createProcessor(3),
      await createProcessor(4),
    ],
    collectors: [
      await createRole(surroundings, 'collector', 1, env),
      await createRole(surroundings, 'collector', 2, env),
    ],
    batchProcessor: await createRole(surroundings, 'batch-processor', 1, {
      ...env,
      ROLLUP_INTERVAL_MS: String(rollupIntervalMs),
      // The load is of three months, and all of it changes all the time.
      ROLLUP_DAYS_MAX: '366',
    }),
    metrics: await createRole(surroundings, 'metrics-service', 1, env),
  };
}

type Parts = Omit<World, 'kills' | 'kill' | 'killAndRestart' | 'untilStored' | 'settle' | 'close'> & {
  readonly signal: AbortSignal;
};

/** What can be done with a world that runs. */
function operate(parts: Parts, address: StoresAddress, close: () => Promise<void>): World {
  const { clickHouse, fleet, broker, say, signal } = parts;
  const children = [
    parts.stores,
    ...parts.collectors,
    ...parts.processors,
    parts.batchProcessor,
    parts.metrics,
  ];
  let kills = 0;

  const untilStored = createUntilStored({ broker, clickHouse, fleet, children, signal });

  async function kill(child: Child): Promise<void> {
    kills += 1;
    say(`  kill -9 ${child.name} (${child.pid})`);
    await child.kill();
  }

  async function checkAll(): Promise<FaultReport> {
    const checks = [];
    for (const ledger of fleet.ledgers) checks.push(await checkTenant(clickHouse, ledger));
    const reports = await checkReports(address, fleet.ledgers, signal);
    const report = sumUp(
      kills,
      fleet.ledgers,
      checks.map(({ counts }) => counts),
      reports,
    );
    const problems = checks.flatMap((check, index) =>
      check.problems.map((text) => `${tenants[index]}: ${text}`),
    );
    problems.push(...reports.problems, ...(await listDeadLetters(address)));
    say(describeCounts(report, fleet.tally));
    if (problems.length > 0) throw new CountsDifferError(report, problems);
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
