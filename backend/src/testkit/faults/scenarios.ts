import {
  freezeBroker,
  freezeStores,
  freezeStoresBeyondTimeOut,
  wakeAfterTokenWindow,
  wakeZombie,
} from './freezing.js';
import { floodWithoutStore } from './flooding.js';
import { manyCopies } from './fleet.js';
import type { Random } from './random.js';
import { killSome, running, sideBySide, stopInOrder, untilRandomMoment, type Scenario } from './scenario.js';
import {
  loseClickHouse,
  restartInTurn,
  stopStores,
  stopWithoutBoth,
  stopWithoutBroker,
  stopWithoutStores,
} from './stopping.js';
import type { World } from './world.js';

const killCollectors: Scenario = (world, random) => killSome(world, random, world.collectors);

/** Beside the stream, the batch processor. */
const killProcessors: Scenario = sideBySide(
  (world, random) => killSome(world, random, running(world.processors)),
  (world, random) => killSome(world, random, [world.batchProcessor]),
);

/** Four share the partitions while some of them die, and two have them all again afterwards. */
const killProcessorsOfFour: Scenario = async (world, random) => {
  const guests = world.processors.filter((child) => !child.isRunning);
  for (const child of guests) await child.start();
  await killSome(world, random, world.processors);
  for (const guest of guests) await stopInOrder(world, guest);
};

const killStores: Scenario = (world, random) => killSome(world, random, [world.stores]);

/** The machine goes: what was answered 202 is in the broker, in the stores, or in both. */
const killAllAtOnce: Scenario = async (world, random) => {
  await untilRandomMoment(random);
  const victims = [
    random.pick(world.collectors),
    ...running(world.processors),
    world.batchProcessor,
    world.stores,
  ];
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

/** The long form: each for itself. */
export const scenarios: readonly NamedScenario[] = [
  { name: 'collectors killed', run: killCollectors, kills: true },
  { name: 'stream and batch processors killed', run: killProcessors, kills: true },
  { name: 'stream processors killed, four share the work', run: killProcessorsOfFour, kills: true },
  { name: 'stores killed', run: killStores, kills: true },
  { name: 'collector, processors and stores killed at once', run: killAllAtOnce, kills: true },
  { name: 'broker killed', run: killBroker },
  { name: 'broker frozen', run: freezeBroker },
  { name: 'stores frozen, their clients give up', run: freezeStores },
  { name: 'stores frozen beyond the time out of their clients', run: freezeStoresBeyondTimeOut },
  { name: 'stores down', run: stopStores },
  { name: 'ClickHouse out of reach', run: loseClickHouse },
  { name: 'ClickHouse out of reach, clients send until they are refused', run: floodWithoutStore },
  { name: 'connections to the broker cut mid-frame', run: cutBroker },
  { name: 'connections to the stores cut mid-frame', run: cutStores },
  { name: 'copies and other cuts of what was sent, processors killed', run: repeatMuch, kills: true },
  { name: 'frozen processor wakes after its partitions moved', run: wakeZombie },
  { name: 'processor frozen before an insert wakes when its token is forgotten', run: wakeAfterTokenWindow },
  { name: 'every role restarted in turn', run: restartInTurn },
  { name: 'every role stopped while the stores are gone', run: stopWithoutStores('gone') },
  { name: 'every role stopped while the stores are silent', run: stopWithoutStores('silent') },
  { name: 'every role stopped while the broker is gone', run: stopWithoutBroker('gone') },
  { name: 'every role stopped while the broker is silent', run: stopWithoutBroker('silent') },
  { name: 'every role stopped while stores and broker are gone', run: stopWithoutBoth('gone') },
  { name: 'every role stopped while stores and broker are silent', run: stopWithoutBoth('silent') },
];

/** The short form: what waits goes side by side, what another one covers is left out. */
export const quickScenarios: readonly NamedScenario[] = [
  { name: 'collectors, stream and batch processors killed', run: sideBySide(killCollectors, killProcessors) },
  { name: 'stream processors killed, four share the work', run: killProcessorsOfFour },
  { name: 'stores killed', run: killStores },
  { name: 'collector, processors and stores killed at once', run: killAllAtOnce },
  { name: 'broker killed', run: killBroker },
  { name: 'broker frozen', run: freezeBroker },
  { name: 'stores frozen, their clients give up', run: freezeStores },
  { name: 'stores down', run: stopStores },
  { name: 'ClickHouse out of reach, clients send until they are refused', run: floodWithoutStore },
  { name: 'connections to broker and stores cut mid-frame', run: sideBySide(cutBroker, cutStores) },
  { name: 'copies and other cuts of what was sent, processors killed', run: repeatMuch },
  { name: 'processor frozen before an insert wakes when its token is forgotten', run: wakeAfterTokenWindow },
  { name: 'every role restarted in turn', run: restartInTurn },
  { name: 'every role stopped while the stores are silent', run: stopWithoutStores('silent') },
  { name: 'every role stopped while stores and broker are gone', run: stopWithoutBoth('gone') },
];

/** For the end, when everything else has been sent. */
export const lastScenario: NamedScenario = { name: 'old events sent again', run: resendOld };
