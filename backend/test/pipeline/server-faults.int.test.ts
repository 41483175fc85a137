import { createRandom, type Random } from '../../src/testkit/faults/random.js';
import { runScenario } from '../../src/testkit/faults/run-faults.js';
import { lastScenario, quickScenarios } from '../../src/testkit/faults/scenarios.js';
import { openWorld, shortPace, type World } from '../../src/testkit/faults/world.js';

// Three minutes in all on two cores; a deadline is for what hangs.
jest.setTimeout(300_000);

const seed = 20_260_401;
/** What was done and counted so far: the part of a failure that says why. */
const story: string[] = [];

/** Counts that differ once differ ever after: what comes later could not say anything. */
let firstFailure: string | undefined;

let world: World;
let random: Random;

beforeAll(async () => {
  random = createRandom(seed);
  world = await openWorld({
    random: random.fork(),
    pace: shortPace,
    say: (text) => story.push(text),
    signal: new AbortController().signal,
  });
});

afterAll(async () => {
  await world.close();
});

describe('the server form, every event counted once in raw and in every aggregate', () => {
  for (const scenario of [...quickScenarios, lastScenario]) {
    it(scenario.name, async () => {
      if (firstFailure !== undefined) throw new Error(`not run, because this failed: ${firstFailure}`);
      const report = await runScenario(world, scenario, random.fork()).catch((error: unknown) => {
        firstFailure = scenario.name;
        throw new Error(['seed', seed, ...story].join('\n'), { cause: error });
      });
      expect(report.acknowledged).toBeGreaterThan(0);
      const { acknowledged, distinct, landed, raw, rolledUp, sent } = report;
      expect({ raw, distinct, landed, rolledUp, sent }).toEqual({
        raw: acknowledged,
        distinct: acknowledged,
        landed: acknowledged,
        rolledUp: acknowledged,
        sent: acknowledged,
      });
    });
  }
});
