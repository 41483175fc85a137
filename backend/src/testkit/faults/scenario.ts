import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './child-process.js';
import type { Random } from './random.js';
import type { World } from './world.js';

/** Breaks something while the fleet sends. What must be true afterwards is checked by `settle`. */
export type Scenario = (world: World, random: Random) => Promise<void>;

export async function untilRandomMoment(random: Random): Promise<void> {
  await sleep(random.between(200, 1_500));
}

export function running(children: readonly Child[]): readonly Child[] {
  return children.filter((child) => child.isRunning);
}

export function countAcknowledged(world: World): number {
  return world.fleet.ledgers.reduce((total, ledger) => total + ledger.acknowledged.size, 0);
}

/** Kills one of them at a random moment, several times; now and then once more before it has started. */
export async function killSome(world: World, random: Random, from: readonly Child[]): Promise<void> {
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

/** SIGTERM; it must end by itself, in time, with 0. */
export async function stopInOrder(world: World, child: Child): Promise<void> {
  world.say(`  stop ${child.name}`);
  const code = await child.stop();
  if (code !== 0)
    throw new Error(`${child.name} ended with ${code} when it was told to stop:\n${child.lastWords()}`);
}

/** Both at the same time; each leaves alone what the other breaks. */
export function sideBySide(one: Scenario, other: Scenario): Scenario {
  return async (world, random) => {
    const runs = [one, other].map((scenario) => scenario(world, random.fork()));
    // The one goes on to its end, or it would break things while the failure of the other is told.
    await Promise.allSettled(runs);
    await Promise.all(runs);
  };
}
