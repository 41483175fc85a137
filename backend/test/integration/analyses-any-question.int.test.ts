import fc from 'fast-check';
import { kpiDimensions } from '../../src/kpis/kpi.js';
import { deedsAt, opened, ran, sayTo, storeApart } from './analyses-world.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

// Many questions on a real engine.
jest.setTimeout(180_000);

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 2, 4);

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({ nowMs: startMs + 60 * dayMs });
  const times = fc.integer({ min: 0, max: 40 * dayMs }).map((offset) => startMs + offset);
  const [deeds = []] = fc.sample(deedsAt(times, 500), { numRuns: 1, seed: 5 });
  await storeApart(world, 1, deeds);
});
afterAll(async () => {
  await world.close();
});

const texts = fc.oneof(
  fc.string(),
  fc.constantFrom(
    "'",
    '\\',
    '\0',
    '{p0:String}',
    '(',
    '[[:x:]]',
    'a{1001}',
    '\ud800',
    '__proto__',
    ' > ',
    '\n',
  ),
);
const near = fc.integer({ min: -5, max: 60 });
const rangeOf = (fromDay: number, toDay: number): { from: string; to: string } => ({
  from: new Date(startMs + fromDay * dayMs + fromDay).toISOString(),
  to: new Date(startMs + toDay * dayMs + toDay).toISOString(),
});
const times = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date('2106-01-01') })
  .map((date) => date.toISOString());
// Most of it is well formed, so that it comes as far as the store.
const dimension = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...kpiDimensions) },
  { weight: 1, arbitrary: texts },
);
const filter = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ dimension, operator: fc.constantFrom('=', '!='), value: texts }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      dimension,
      operator: fc.constantFrom('in', 'not in'),
      value: fc.array(texts, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ dimension, operator: fc.constantFrom('=~', '!~'), value: texts }) },
);
const match = fc.record(
  {
    type: fc.oneof(fc.constantFrom(opened, ran), fc.string({ minLength: 1 }), texts),
    filters: fc.array(filter, { maxLength: 1 }),
  },
  { requiredKeys: [] },
);
const anyQuestion = fc.record(
  {
    range: fc.oneof(
      { weight: 9, arbitrary: fc.tuple(near, near).map(([one, two]) => rangeOf(one, two + 60)) },
      { weight: 1, arbitrary: fc.record({ from: times, to: times }) },
    ),
    filters: fc.array(filter, { maxLength: 1 }),
    timeZone: fc.constantFrom(
      'UTC',
      'Europe/London',
      'Asia/Kathmandu',
      'Africa/Monrovia',
      'Pacific/Apia',
      'x',
    ),
  },
  { requiredKeys: ['range'] },
);
const interval = fc.constantFrom('1d', '1w', '1M');
const questions = fc.oneof(
  fc.tuple(
    fc.constant('funnel'),
    anyQuestion,
    fc.record(
      {
        steps: fc.array(match, { minLength: 2, maxLength: 10 }),
        windowMs: fc.integer({ min: 1_000, max: 366 * dayMs }),
        breakdown: dimension,
        limit: fc.integer({ min: 1, max: 100 }),
      },
      { requiredKeys: ['steps'] },
    ),
  ),
  fc.tuple(
    fc.constant('retention'),
    anyQuestion,
    fc.record(
      {
        interval,
        periods: fc.integer({ min: 1, max: 60 }),
        mode: fc.constantFrom('nDay', 'unbounded'),
        cohort: fc.constantFrom('firstEver', 'firstInRange'),
        start: match,
        returning: match,
      },
      { requiredKeys: [] },
    ),
  ),
  fc.tuple(fc.constant('lifecycle'), anyQuestion, fc.record({ interval }, { requiredKeys: [] })),
  fc.tuple(
    fc.constant('paths'),
    anyQuestion,
    fc.record(
      {
        by: dimension,
        startsWith: texts,
        stepsMax: fc.integer({ min: 2, max: 10 }),
        gapMs: fc.integer({ min: 1_000, max: 7 * dayMs }),
        limit: fc.integer({ min: 1, max: 200 }),
      },
      { requiredKeys: [] },
    ),
  ),
);

it('gives no 500 on any question, and an answer to many', async () => {
  const answered = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(questions, async ([kind, shared, own]) => {
      const body = JSON.stringify({ ...shared, ...own });
      const { status, body: said } = await sayTo(world, kind, body, { authorization: 'Bearer acme-1' });
      if (status >= 500) throw new Error(`${status} ${JSON.stringify(said)}`);
      if (status === 200) answered.set(kind, (answered.get(kind) ?? 0) + 1);
    }),
    { numRuns: 200, seed: 20_260_310 },
  );
  expect([...answered.keys()].sort()).toEqual(['funnel', 'lifecycle', 'paths', 'retention']);
});
