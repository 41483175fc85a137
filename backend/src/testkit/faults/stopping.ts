import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually.js';
import { running, stopInOrder, countAcknowledged, untilRandomMoment, type Scenario } from './scenario.js';
import type { World } from './world.js';

export const stopStores: Scenario = async (world, random) => {
  await untilRandomMoment(random);
  world.say(`  stores down for ${world.pace.storesDownMs / 1_000} s`);
  await stopInOrder(world, world.stores);
  await sleep(world.pace.storesDownMs);
  await world.stores.start();
};

/** Only the events' store is away: senders notice nothing, and what they send waits in the broker. */
export const loseClickHouse: Scenario = async (world, random) => {
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

/** Each role in turn, as an upgrade does it. */
export const restartInTurn: Scenario = async (world, random) => {
  const all = [...world.collectors, ...running(world.processors), world.batchProcessor, world.metrics];
  for (const child of random.shuffle(all)) {
    await untilRandomMoment(random);
    await stopInOrder(world, child);
    await child.start();
  }
};

type WireName = keyof World['wires'];

const storeWires = ['clickHouse', 'database'] as const satisfies readonly WireName[];
const brokerWires = ['brokerOfCollectors', 'brokerOfProcessors'] as const satisfies readonly WireName[];

/** Refuses connections and has ended all there were, or keeps them and says nothing. */
type Absence = 'gone' | 'silent';

/** Every role is told to stop while what it stands on is away: it ends in time with 0, and nothing is lost by that. */
function stopWithout(names: readonly WireName[], absence: Absence): Scenario {
  return async (world, random) => {
    await untilRandomMoment(random);
    const wires = names.map((name) => world.wires[name]);
    const children = [...world.collectors, ...running(world.processors), world.batchProcessor, world.metrics];
    for (const wire of wires) {
      if (absence === 'silent') wire.stall();
      else wire.refuse();
    }
    world.say(`  ${absence}: ${names.join(', ')}`);
    try {
      await untilRandomMoment(random);
      const stops = children.map((child) => stopInOrder(world, child));
      await Promise.allSettled(stops);
      await Promise.all(stops);
    } finally {
      for (const wire of wires) wire.restore();
      await Promise.all(children.map((child) => child.start()));
    }
  };
}

export const stopWithoutStores = (absence: Absence): Scenario => stopWithout(storeWires, absence);
export const stopWithoutBroker = (absence: Absence): Scenario => stopWithout(brokerWires, absence);
export const stopWithoutBoth = (absence: Absence): Scenario =>
  stopWithout([...storeWires, ...brokerWires], absence);
