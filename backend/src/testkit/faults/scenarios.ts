import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './child-process.js';
import { eventually } from './eventually.js';
import { manyCopies } from './fleet.js';
import type { Random } from './random.js';
import type { World } from './world.js';

/** Breaks something while the fleet sends. What must be true afterwards is checked by `settle`. */
export type Scenario = (world: World, random: Random) => Promise<void>;

async function untilRandomMoment(random: Random): Promise<void> {
  await sleep(random.between(200, 1_500));
}

/** Kills one of them at a random moment, several times; now and then once more before it has started. */
async function killSome(world: World, random: Random, from: readonly Child[]): Promise<void> {
  for (let kill = 0; kill < world.pace.killsPerScenario; kill += 1) {
    const child = random.pick(from);
    await untilRandomMoment(random);
    await world.kill(child);
    if (random.chance(0.25)) {
      const starting = child.start().catch(() => undefined);
      await sleep(random.between(100, 900));
      await world.kill(child);
      await starting;
    }
    await child.start();
  }
}

function running(children: readonly Child[]): readonly Child[] {
  return children.filter((child) => child.isRunning);
}

const killCollectors: Scenario = (world, random) => killSome(world, random, world.collectors);

const killProcessors: Scenario = (world, random) => killSome(world, random, running(world.processors));

/** Four share the partitions while some of them die, and two have them all again afterwards. */
const killProcessorsOfFour: Scenario = async (world, random) => {
  const guests = world.processors.filter((child) => !child.isRunning);
  for (const child of guests) await child.start();
  await killSome(world, random, world.processors);
  await stopInOrder(world, guests);
};

const killStores: Scenario = (world, random) => killSome(world, random, [world.stores]);

/** The machine goes: what was answered 202 is in the broker, in the stores, or in both. */
const killAllAtOnce: Scenario = async (world, random) => {
  await untilRandomMoment(random);
  const victims = [random.pick(world.collectors), ...running(world.processors), world.stores];
  await Promise.all(random.shuffle(victims).map((child) => world.kill(child)));
  await world.stores.start();
  for (const child of victims) await child.start();
};

const killBroker: Scenario = async (world, random) => {
  await untilRandomMoment(random);
  world.say(`  kill -9 broker (${world.broker.pid})`);
  await world.broker.kill();
  await world.broker.restart();
};

const freezeBroker: Scenario = async (world, random) => {
  await untilRandomMoment(random);
  world.say(`  broker stopped in its tracks for ${world.pace.brokerFrozenMs / 1_000} s`);
  world.broker.pause();
  try {
    await sleep(world.pace.brokerFrozenMs);
  } finally {
    world.broker.resume();
  }
};

const stopStores: Scenario = async (world, random) => {
  await untilRandomMoment(random);
  world.say(`  stores down for ${world.pace.storesDownMs / 1_000} s`);
  await stopInOrder(world, [world.stores]);
  await sleep(world.pace.storesDownMs);
  await world.stores.start();
};

/** Only the events' store is away: senders notice nothing, and what they send waits in the broker. */
const loseClickHouse: Scenario = async (world, random) => {
  await untilRandomMoment(random);
  world.say(`  ClickHouse out of reach for ${world.pace.storesDownMs / 1_000} s`);
  world.wires.clickHouse.refuse();
  try {
    const before = countAcknowledged(world);
    await sleep(world.pace.storesDownMs);
    await eventually(
      'events are accepted while ClickHouse is away',
      async () => (countAcknowledged(world) > before ? true : undefined),
      { withinMs: 30_000 },
    );
  } finally {
    world.wires.clickHouse.restore();
  }
};

function countAcknowledged(world: World): number {
  return world.fleet.ledgers.reduce((total, ledger) => total + ledger.acknowledged.size, 0);
}

const cutBroker: Scenario = (world, random) =>
  cutSome(world, random, {
    'collectors and broker': world.wires.brokerOfCollectors,
    'processors and broker': world.wires.brokerOfProcessors,
  });

const cutStores: Scenario = (world, random) =>
  cutSome(world, random, {
    'roles and ClickHouse': world.wires.clickHouse,
    'roles and database': world.wires.database,
  });

async function cutSome(
  world: World,
  random: Random,
  wires: Readonly<Record<string, World['wires']['clickHouse']>>,
): Promise<void> {
  // Each once, then as it falls.
  const names = Object.keys(wires);
  const chosen = [...names, ...Array.from({ length: world.pace.cutsPerScenario }, () => random.pick(names))];
  for (const name of random.shuffle(chosen)) {
    await untilRandomMoment(random);
    const cut = (await wires[name]?.cutMidFrame(random, 2_000)) ?? 0;
    world.say(`  cut ${cut} connections between ${name}`);
  }
}

/** Clients repeat what they have sent, whole and in other cuts, while a processor dies. */
const repeatMuch: Scenario = async (world, random) => {
  await world.fleet.pause();
  world.fleet.start(manyCopies);
  await killSome(world, random, running(world.processors));
};

/**
 * A processor is frozen with work in its hands until its partitions have moved, and wakes up while the same events are
 * sent again in other messages: nothing of what it still believes may be counted.
 */
const wakeZombie: Scenario = async (world, random) => {
  const zombie = random.pick(running(world.processors));
  await untilRandomMoment(random);
  world.say(`  ${zombie.name} frozen until another has its partitions`);
  zombie.freeze();
  try {
    await world.fleet.pause();
    await world.untilStored();
    world.fleet.start(manyCopies);
    await untilRandomMoment(random);
  } finally {
    zombie.thaw();
  }
  world.say(`  ${zombie.name} awake`);
  await untilRandomMoment(random);
};

/** Each role in turn, as an upgrade does it. */
const restartInTurn: Scenario = async (world, random) => {
  const all = [...world.collectors, ...running(world.processors), world.metrics];
  for (const child of random.shuffle(all)) {
    await untilRandomMoment(random);
    await stopInOrder(world, [child]);
    await child.start();
  }
};

/** SIGTERM; each must end by itself with 0. */
async function stopInOrder(world: World, children: readonly Child[]): Promise<void> {
  for (const child of children) {
    world.say(`  stop ${child.name}`);
    const code = await child.stop();
    if (code !== 0)
      throw new Error(`${child.name} ended with ${code} when it was told to stop:\n${child.lastWords()}`);
  }
}

/** Much later, events from the beginning come again. */
const resendOld: Scenario = async (world) => {
  await world.fleet.pause();
  await world.fleet.resendOld(20);
};

export interface NamedScenario {
  readonly name: string;
  readonly run: Scenario;
  /** Kills roles or stores: the long form repeats it until there were enough kills. */
  readonly kills?: true;
}

export const scenarios: readonly NamedScenario[] = [
  { name: 'collectors killed', run: killCollectors, kills: true },
  { name: 'stream processors killed', run: killProcessors, kills: true },
  { name: 'stream processors killed, four share the work', run: killProcessorsOfFour, kills: true },
  { name: 'stores killed', run: killStores, kills: true },
  { name: 'collector, processors and stores killed at once', run: killAllAtOnce, kills: true },
  { name: 'broker killed', run: killBroker },
  { name: 'broker frozen', run: freezeBroker },
  { name: 'stores down', run: stopStores },
  { name: 'ClickHouse out of reach', run: loseClickHouse },
  { name: 'connections to the broker cut mid-frame', run: cutBroker },
  { name: 'connections to the stores cut mid-frame', run: cutStores },
  { name: 'copies and other cuts of what was sent, processors killed', run: repeatMuch, kills: true },
  { name: 'frozen processor wakes after its partitions moved', run: wakeZombie },
  { name: 'every role restarted in turn', run: restartInTurn },
];

/** For the end, when everything else has been sent. */
export const lastScenario: NamedScenario = { name: 'old events sent again', run: resendOld };
