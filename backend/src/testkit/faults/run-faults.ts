import type { FaultReport } from './check-counts.js';
import { createRandom, type Random } from './random.js';
import { lastScenario, type NamedScenario } from './scenarios.js';
import { longPace, openWorld, type World } from './world.js';

/** Sends, breaks, and compares every number with what was sent. Throws when one differs. */
export async function runScenario(
  world: World,
  { name, run }: NamedScenario,
  random: Random,
): Promise<FaultReport> {
  world.say(name);
  world.fleet.start();
  await run(world, random);
  return world.settle();
}

export interface FaultRunOptions {
  readonly seed: number;
  /** Kills of collectors, processors and stores, at least, where a scenario kills at all. */
  readonly kills: number;
  readonly scenarios: readonly NamedScenario[];
  readonly say: (text: string) => void;
  /** Ends every process at once; the run rejects. */
  readonly signal: AbortSignal;
}

/** Every scenario once, then those that kill until there were enough, and old events last. */
export async function runFaults({
  seed,
  kills,
  scenarios,
  say,
  signal,
}: FaultRunOptions): Promise<FaultReport> {
  const random = createRandom(seed);
  const world = await openWorld({ random: random.fork(), pace: longPace, say, signal });
  try {
    for (const scenario of random.shuffle(scenarios)) await runScenario(world, scenario, random.fork());
    const killing = scenarios.filter((scenario) => scenario.kills === true);
    while (killing.length > 0 && world.kills < kills)
      await runScenario(world, random.pick(killing), random.fork());
    return await runScenario(world, lastScenario, random.fork());
  } finally {
    await world.close();
  }
}
