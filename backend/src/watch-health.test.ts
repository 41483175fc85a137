import type { PipelineContext } from './pipeline.js';
import { parseConfig } from './platform/config.js';
import { createLifecycle } from './platform/lifecycle.js';
import { createLogger } from './platform/logger.js';
import { createTelemetry } from './platform/telemetry.js';
import { eventually } from './testkit/eventually.js';
import { watchDeadLetters, watchEngines } from './watch-health.js';

const closers: (() => Promise<unknown>)[] = [];

function createContext(): PipelineContext {
  const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
  const lifecycle = createLifecycle({ logger, closeTimeoutMs: 1_000 });
  closers.push(() => lifecycle.close());
  return {
    config: parseConfig({}),
    logger,
    lifecycle,
    telemetry: createTelemetry({ defaultMetrics: false }),
  };
}

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function engineUp({ telemetry }: PipelineContext): Promise<Record<string, number>> {
  const { values } = await telemetry.engineUp.get();
  return Object.fromEntries(values.map(({ labels, value }) => [String(labels.engine), value]));
}

describe('the health of engines', () => {
  it('is one for each that the process stands on: 1 when it answers, 0 when it fails', async () => {
    const context = createContext();
    const parts = {
      foundation: { control: { getSetting: () => Promise.reject(new Error('away')) } },
      clickHouse: { query: () => Promise.resolve([]) },
      timescale: undefined,
      open: { isReady: () => true },
    };
    watchEngines(context, parts);
    await eventually(async () => {
      expect(await engineUp(context)).toEqual({ control: 0, clickhouse: 1 });
    });
  });
});

describe('the count of dead letters', () => {
  it.each([
    [0, 0, null],
    [1, 1, null],
    [42, 1, 'behind the first'],
  ])('is %d', async (count, shown, next) => {
    const context = createContext();
    const store = {
      list: () => Promise.resolve({ letters: Array.from({ length: shown }, () => 'letter'), next }),
      countFrom: () => Promise.resolve(count - shown),
    };
    watchDeadLetters(context, store);
    await eventually(async () => {
      expect(await context.telemetry.deadLetters.get()).toMatchObject({ values: [{ value: count }] });
    });
  });
});
