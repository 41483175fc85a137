import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ClickHouse } from '../../storage/clickhouse/client.js';
import { eventually } from './eventually.js';
import { manyCopies } from './fleet.js';
import { running, untilRandomMoment, type Scenario } from './scenario.js';
import type { World } from './world.js';

/** The broker is stopped in its tracks: connections stay, nothing answers. */
export const freezeBroker: Scenario = async (world, random) => {
  await untilRandomMoment(random);
  world.say(`  broker stopped in its tracks for ${world.pace.brokerFrozenMs / 1_000} s`);
  world.broker.pause();
  try {
    await sleep(world.pace.brokerFrozenMs);
  } finally {
    world.broker.resume();
  }
};

const givenUpTimes = 3;

/**
 * The stores are stopped in their tracks, and clients give connections up and try again meanwhile, as at their time out.
 * Once awake, the stores find the same insert several times, all but one from a client that has gone.
 */
export const freezeStores: Scenario = async (world, random) => {
  await untilRandomMoment(random);
  world.say(`  stores stopped in their tracks, their clients give up ${givenUpTimes} times`);
  world.stores.freeze();
  try {
    for (let time = 0; time < givenUpTimes; time += 1) {
      await untilRandomMoment(random);
      for (const wire of [world.wires.clickHouse, world.wires.database]) {
        wire.refuse();
        wire.restore();
      }
    }
    await untilRandomMoment(random);
  } finally {
    world.stores.thaw();
  }
};

/** The same with nobody's help: inserts under way run into the time out of the client. */
export const freezeStoresBeyondTimeOut: Scenario = async (world, random) => {
  await untilRandomMoment(random);
  world.say(`  stores stopped in their tracks for ${world.pace.storesFrozenMs / 1_000} s`);
  world.stores.freeze();
  try {
    await sleep(world.pace.storesFrozenMs);
  } finally {
    world.stores.thaw();
  }
};

/**
 * A processor is frozen with work in its hands until its partitions have moved, and wakes up while the same events are
 * sent again in other messages: nothing of what it still believes may be counted.
 */
export const wakeZombie: Scenario = async (world, random) => {
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

const smallTokenWindow = 2;
const usualTokenWindow = 10_000;
/** Enough to push every token of before out of the small window, in every table. */
const insertsMeanwhile = 6 * smallTokenWindow;
/** Stands in the question whether the ids of a message are stored, and in nothing else that a processor sends. */
const markOfLookUp = 'messageKey';

/**
 * A processor is frozen after it has asked whether the events of a message are stored and before it inserts them. Another
 * one stores them, and then so much else that no table remembers their tokens. Nothing but the sleeper itself can
 * keep it from inserting them again then.
 */
export const wakeAfterTokenWindow: Scenario = async (world, random) => {
  const { processorOfOne: sleeper, wires } = world;
  await untilRandomMoment(random);
  const release = await untilHeld(wires.clickHouseOfOne.holdAnswer(markOfLookUp));
  sleeper.freeze();
  world.say(`  ${sleeper.name} frozen between look-up and insert`);
  try {
    await world.fleet.pause();
    await world.untilStored();
    world.fleet.start(manyCopies);
    await forgetTokens(world);
  } finally {
    release();
    sleeper.thaw();
  }
  world.say(`  ${sleeper.name} awake, ${insertsMeanwhile} inserts later`);
  await untilRandomMoment(random);
};

/**
 * Makes every table forget the inserts of before, while inserts go on. Only while nothing fails: an insert whose
 * outcome is unknown needs its token.
 */
async function forgetTokens({ clickHouse }: World): Promise<void> {
  const before = await countMessages(clickHouse);
  await setTokenWindow(clickHouse, smallTokenWindow);
  await eventually(
    'tokens of before are forgotten',
    async () => ((await countMessages(clickHouse)) >= before + insertsMeanwhile ? true : undefined),
    { withinMs: 60_000 },
  );
  await setTokenWindow(clickHouse, usualTokenWindow);
}

async function untilHeld(held: Promise<() => void>): Promise<() => void> {
  const timeOut = AbortSignal.timeout(30_000);
  return Promise.race([
    held,
    new Promise<never>((_resolve, reject) => {
      timeOut.addEventListener('abort', () => {
        reject(new Error('no ids were looked up'));
      });
    }),
  ]);
}

const tableRow = z.object({ name: z.string() });

/** How many inserts each table knows again: the raw table and every one behind a view. */
async function setTokenWindow(clickHouse: ClickHouse, inserts: number): Promise<void> {
  const tables = await clickHouse.query({
    name: 'tables-with-tokens',
    sql: `SELECT name FROM system.tables
          WHERE database = currentDatabase() AND create_table_query LIKE '%non_replicated_deduplication_window%'`,
    row: tableRow,
  });
  for (const { name } of tables)
    await clickHouse.command(
      `ALTER TABLE ${name} MODIFY SETTING non_replicated_deduplication_window = ${inserts}`,
    );
}

const messagesRow = z.object({ messages: z.number() });

async function countMessages(clickHouse: ClickHouse): Promise<number> {
  const [row] = await clickHouse.query({
    name: 'count-messages',
    sql: 'SELECT uniqExact(message_key) AS messages FROM events_raw_v1',
    row: messagesRow,
  });
  return row?.messages ?? 0;
}
