import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { OpenBus } from './open-bus.js';
import type { Foundation, PipelineContext } from './pipeline.js';
import { everyTenant, type DeadLetterStore } from './platform/dead-letters.js';
import type { ClickHouse } from './storage/clickhouse/client.js';
import type { Timescale } from './storage/timescale/open-timescale.js';

/** What of this process can fail by itself. */
interface WatchedParts {
  readonly foundation: { readonly control: Pick<Foundation['control'], 'getSetting'> };
  readonly clickHouse: Pick<ClickHouse, 'query'> | undefined;
  readonly timescale: { readonly database: Pick<Timescale['database'], 'query'> } | undefined;
  readonly open: Pick<OpenBus, 'isReady'> | undefined;
}

/** Dead letters, as far as they are counted. */
interface CountedLetters {
  list(...question: Parameters<DeadLetterStore['list']>): Promise<{
    readonly letters: readonly unknown[];
    readonly next: string | null;
  }>;
  countFrom: DeadLetterStore['countFrom'];
}

/** Resolves with false, or rejects, when the engine is of no use now. */
type Check = () => Promise<boolean>;

const intervalMs = 15_000;
const answerMs = 5_000;
/** Nobody waits at the end for an engine that does not answer. */
const lastLookMs = 500;

/** Asks every engine that this process stands on whether it is there, and tells it in the telemetry. */
export function watchEngines(context: PipelineContext, parts: WatchedParts): void {
  const { logger, telemetry } = context;
  const checks = checksOf(context, parts);
  for (const [engine, check] of checks) {
    let wasUp = true;
    watch(context, `health of ${engine}`, async () => {
      const isUp = await isAnswered(check);
      telemetry.engineUp.set({ engine }, isUp ? 1 : 0);
      if (isUp !== wasUp) logger[isUp ? 'info' : 'warn']({ engine }, isUp ? 'engine answers' : 'engine away');
      wasUp = isUp;
    });
  }
}

const one = z.object({ one: z.number() });

function checksOf(
  { config }: PipelineContext,
  { clickHouse, foundation, open, timescale }: WatchedParts,
): ReadonlyMap<string, Check> {
  const checks = new Map<string, Check>();
  checks.set('control', async () => {
    await foundation.control.getSetting('health');
    return true;
  });
  if (clickHouse !== undefined) {
    checks.set('clickhouse', async () => {
      const query = { name: 'health', sql: 'SELECT 1 AS one', row: one, timeoutMs: answerMs };
      await clickHouse.query(query);
      return true;
    });
  }
  if (timescale !== undefined)
    checks.set('timescale', async () => {
      await timescale.database.query('SELECT 1 AS one');
      return true;
    });
  if (open !== undefined && config.bus.url !== undefined)
    checks.set('rabbitmq', () => Promise.resolve(open.isReady()));
  return checks;
}

async function isAnswered(check: Check): Promise<boolean> {
  const giveUp = new AbortController();
  const late = sleep(answerMs, false, { signal: giveUp.signal, ref: false }).catch(() => false);
  try {
    return await Promise.race([check(), late]);
  } catch {
    return false;
  } finally {
    giveUp.abort();
  }
}

/** Tells how many dead letters wait, of all tenants. */
export function watchDeadLetters(context: PipelineContext, letters: CountedLetters): void {
  watch(context, 'count of dead letters', async () => {
    context.telemetry.deadLetters.set(await countWaiting(letters));
  });
}

async function countWaiting(letters: CountedLetters): Promise<number> {
  const waiting = { state: 'waiting' } as const;
  const page = await letters.list(everyTenant, waiting, { limit: 1, order: 'oldest' });
  const others = page.next === null ? 0 : await letters.countFrom(everyTenant, waiting, page.next);
  return page.letters.length + others;
}

/** Now and again until the process closes, one at a time. What fails keeps what was told before. */
function watch({ lifecycle, logger }: PipelineContext, name: string, look: () => Promise<void>): void {
  let looking: Promise<void> | undefined;
  function lookOnce(): void {
    looking ??= look()
      .catch((error: unknown) => {
        logger.debug({ err: error }, `${name} not seen`);
      })
      .finally(() => {
        looking = undefined;
      });
  }
  lookOnce();
  const timer = setInterval(lookOnce, intervalMs);
  const end = (): Promise<void> => {
    clearInterval(timer);
    return looking ?? Promise.resolve();
  };
  lifecycle.onClose(name, end, { leaveAfterMs: lastLookMs });
}
