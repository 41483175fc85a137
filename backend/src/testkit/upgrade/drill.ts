import { createLogger } from '../../platform/logger.js';
import type { ClickHouse } from '../../storage/clickhouse/client.js';
import { openTimescaleAt } from '../../storage/timescale/open-timescale.js';
import { checkTenant, sumUp, type FaultReport } from '../faults/check-counts.js';
import { checkReports } from '../faults/check-reports.js';
import { listDeadLetters } from '../faults/control-data.js';
import { eventually } from '../faults/eventually.js';
import { createFleet, type Fleet } from '../faults/fleet.js';
import { createRandom } from '../faults/random.js';
import { startServers } from '../faults/servers.js';
import { createUntilStored, storedWithinMs } from '../faults/until-stored.js';
import { clickHouseUrl, databaseUrl, type RoleSurroundings, type StoresAddress } from '../faults/wiring.js';
import type { TestBroker } from '../rabbitmq-broker.js';
import { createSenders, createVersion, type Version } from './version.js';

export interface DrillOptions {
  readonly seed: number;
  readonly oldDist: string;
  readonly newDist: string;
  /** Stops the old processors while the tables are brought up to date; collectors go on. */
  readonly pausesProcessors: boolean;
  /** Acknowledged in each phase, at least. */
  readonly eventsPerPhase: number;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What was found at the end of one way, to the new version or back. */
export interface DrillCheck {
  readonly after: string;
  readonly report: FaultReport;
  readonly problems: readonly string[];
}

const partitions = 4;
const reportsWithinMs = 90_000;
const env = {
  BUS_PARTITIONS: String(partitions),
  JOIN_INTERVAL_MS: '1000',
  DATABASE_QUERY_TIMEOUT_MS: '15000',
  ROLLUP_INTERVAL_MS: '2000',
  ROLLUP_DAYS_MAX: '366',
};
const names = ['upgrade-one', 'upgrade-two'];

interface Drill extends DrillOptions {
  readonly address: StoresAddress;
  readonly clickHouse: ClickHouse;
  readonly broker: TestBroker;
  readonly old: Version;
  readonly fresh: Version;
  readonly fleet: Fleet;
  /** Collectors to which clients send. */
  readonly ready: Set<Version['collector']>;
}

/** Old alone, both, new alone; back again; and once more to the new one. Clients send all the time. */
export async function runDrill(options: DrillOptions): Promise<readonly DrillCheck[]> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const drill = await open(options, closers);
    const checks: DrillCheck[] = [];
    drill.fleet.start();
    await untilMore(drill);
    await migrate(drill);
    await handOver(drill, drill.old, drill.fresh);
    checks.push(await settle(drill, 'upgrade'));
    await handOver(drill, drill.fresh, drill.old);
    checks.push(await settle(drill, 'rollback'));
    await handOver(drill, drill.old, drill.fresh);
    checks.push(await settle(drill, 'upgrade again'));
    return checks;
  } finally {
    for (const closer of closers.reverse()) await closer().catch(() => undefined);
  }
}

async function open(options: DrillOptions, closers: (() => Promise<unknown>)[]): Promise<Drill> {
  const { newDist, oldDist, say, seed } = options;
  const { address, broker, clickHouse, folder } = await startServers('upgrade', say, closers);
  const surroundings: RoleSurroundings = {
    folder,
    brokerUrl: () => broker.url,
    clickHouseUrl: clickHouseUrl(address.clickHousePort),
    databaseUrl: databaseUrl(address.postgresPort),
  };
  const old = await createVersion({ name: 'old', distFolder: oldDist, surroundings, env });
  const fresh = await createVersion({ name: 'new', distFolder: newDist, surroundings, env });
  closers.push(() => Promise.all([...old.all, ...fresh.all].map((child) => child.kill())));
  const senders = await createSenders(old, names);
  for (const child of old.all) await child.start();
  const ready = new Set([old.collector]);
  say('the old version runs');
  const fleet = createFleet({
    senders,
    width: 4,
    random: createRandom(seed),
    // As a load balancer that asks /readyz: those that are ready, and were not told to stop.
    collectorUrls: () => [...ready].map((child) => child.url),
    patienceMs: storedWithinMs,
  });
  closers.push(() => {
    fleet.abandon();
    return Promise.resolve();
  });
  return { ...options, address, broker, clickHouse, fleet, fresh, old, ready };
}

/** While clients send. Where a migration is not safe beside processors it has to be refused until they are stopped. */
async function migrate(drill: Drill): Promise<void> {
  const { fresh, old, pausesProcessors, say } = drill;
  const isRefused = pausesProcessors && (await refusesBesideProcessors(drill));
  if (pausesProcessors) {
    say(isRefused ? 'migrate is refused beside the processors' : 'migrate is safe beside the processors');
    for (const child of old.processors) await stop(child);
  }
  const startedAt = performance.now();
  await fresh.cli('migrate', ...(pausesProcessors ? [] : ['--beside-processors']));
  say(`tables are brought up to date in ${Math.round(performance.now() - startedAt)} ms, under traffic`);
}

/** The one session of the embedded PostgreSQL may be busy with them: then it is asked again. */
async function refusesBesideProcessors({ fresh, signal }: Drill): Promise<boolean> {
  const ask = async (): Promise<'refused' | 'done' | undefined> => {
    try {
      await fresh.cli('migrate');
      return 'done';
    } catch (error) {
      if (String(error).includes('--beside-processors')) return 'refused';
      if (String(error).includes('does not answer')) return undefined;
      throw error;
    }
  };
  const limits = { withinMs: storedWithinMs, everyMs: 1_000, signal };
  return (await eventually('migrate is done or refused', ask, limits)) === 'refused';
}

/** Those who read before those who send, so that nobody waits; each is told to stop, and none is killed. */
async function handOver(drill: Drill, from: Version, to: Version): Promise<void> {
  drill.fleet.start();
  for (const child of to.all) await child.start();
  drill.ready.add(to.collector);
  drill.say(`${from.name} and ${to.name} side by side`);
  await untilMore(drill);
  drill.ready.delete(from.collector);
  for (const child of [from.collector, ...from.processors]) if (child.isRunning) await stop(child);
  drill.say(`${to.name} alone`);
  await untilMore(drill);
}

/**
 * What docs/upgrades.md says to do when the last old batch processor has ended, which landed nothing into a table that it did not
 * know. A process takes it once in its life.
 */
async function takeSeatsAgain({ address, fresh, say }: Drill): Promise<void> {
  const logger = createLogger({ level: 'silent', pretty: false, service: 'upgrade' });
  const options = { connections: 1, queryTimeoutMs: 60_000 };
  const timescale = await openTimescaleAt(databaseUrl(address.postgresPort), options, logger);
  try {
    await timescale.database.query('UPDATE analytics.seat_history_v1 SET taken_at = NULL');
  } finally {
    await timescale.close();
  }
  await stop(fresh.batchProcessor);
  await fresh.batchProcessor.start();
  say('what old batch processors did not land beside events is taken from the other store');
}

async function stop(child: Version['collector']): Promise<void> {
  const code = await child.stop();
  if (code !== 0) throw new Error(`${child.name} ended with ${code}:\n${child.lastWords()}`);
}

function countAcknowledged({ fleet }: Drill): number {
  return fleet.ledgers.reduce((total, ledger) => total + ledger.acknowledged.size, 0);
}

async function untilMore(drill: Drill): Promise<void> {
  const wanted = countAcknowledged(drill) + drill.eventsPerPhase;
  const isThere = (): Promise<true | undefined> =>
    Promise.resolve(countAcknowledged(drill) >= wanted ? true : undefined);
  await eventually('more is acknowledged', isThere, {
    withinMs: storedWithinMs,
    everyMs: 200,
    signal: drill.signal,
  });
}

async function settle(drill: Drill, after: string): Promise<DrillCheck> {
  const { address, broker, clickHouse, fleet, fresh, old, say, signal } = drill;
  await fleet.pause();
  const children = [...old.all, ...fresh.all];
  await createUntilStored({ broker, clickHouse, fleet, children, signal })();
  // Not before: what an old one landed has to be in the other store.
  if (after !== 'rollback') await takeSeatsAgain(drill);
  const checks = [];
  for (const ledger of fleet.ledgers) checks.push(await checkTenant(clickHouse, ledger));
  const besides = after !== 'rollback';
  const reports = await checkReports(address, fleet.ledgers, signal, { withinMs: reportsWithinMs, besides });
  const problems = [
    ...checks.flatMap(({ problems: found }, index) => found.map((text) => `${names[index]}: ${text}`)),
    ...reports.problems,
    ...(await listDeadLetters(address)),
    ...children.filter((child) => child.hasDied).map((child) => `${child.name} ended by itself`),
  ];
  const counts = checks.map((check) => check.counts);
  const report = sumUp(0, fleet.ledgers, counts, reports);
  const refused = [...fleet.tally.refused].map(([reason, times]) => `${times} x ${reason}`).join(', ');
  say(`after ${after}: ${report.acknowledged} acknowledged, ${report.raw} raw, ${report.landed} landed`);
  if (refused !== '') say(`  sent again after ${refused}`);
  for (const problem of problems) say(`  ${problem}`);
  return { after, report, problems };
}
