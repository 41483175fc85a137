import type { Tenant } from '../platform/tenancy.js';
import { createAnswerCache } from './answer-cache.js';
import type { RunQuestion } from './question-runner.js';

/** An answer as JSON, with how old it is and how long it may be given again. */
export interface Reply {
  readonly body: Buffer;
  readonly ageMs: number;
  readonly lifetimeMs: number;
}

export interface Question {
  /** Names what is asked, whole: equal ones of a tenant get one answer. */
  readonly question: unknown;
  /** Where the range ends, epoch milliseconds: what lies long before the watermark hardly changes any more. */
  readonly untilMs: number;
  /** Wants what the store says now, whatever is kept. */
  readonly isFresh?: boolean;
  /** Of whole periods of people, which a moment hardly changes: the longer it took, the longer it is given. */
  readonly isOfPeriods?: boolean;
}

/**
 * Like `RunQuestion`, for answers that may be a moment old. `prepare` is called when there is none, and may refuse: only
 * answers are kept, no refusals.
 */
export type AskCached = (
  tenant: Tenant,
  question: Question,
  signal: AbortSignal,
  prepare: () => (signal: AbortSignal) => Promise<unknown>,
) => Promise<Reply>;

export interface CachedQuestionsOptions {
  readonly work: RunQuestion;
  /** 0 keeps no answer. */
  readonly bytesMax: number;
  /** Epoch milliseconds: everything accepted that happened before is stored. */
  readonly watermark: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly observe?: (outcome: 'hit' | 'miss' | 'bypassed', bytes: number) => void;
}

const hourMs = 3_600_000;
/** An event that comes an hour late is seen a minute later. */
const settledLifetimeMs = 60_000;
/** Together with the way of an event into the store it stays under the two seconds of freshness that are promised. */
const movingLifetimeMs = 1_000;
/** Asked again and again, an answer of periods takes a tenth of the time at most. */
const lifetimesOfCost = 10;
const periodsLifetimeMsMax = 30_000;

export function createCachedQuestions(options: CachedQuestionsOptions): AskCached {
  const { work, watermark, now, observe } = options;
  const cache = createAnswerCache(options.bytesMax);
  return async (tenant, { question, untilMs, isFresh = false, isOfPeriods = false }, signal, prepare) => {
    const key = JSON.stringify([tenant.id, tenant.timeZone, question]);
    const kept = isFresh ? undefined : cache.find(key, now());
    if (kept !== undefined) {
      observe?.('hit', cache.bytes);
      return toReply(kept, now());
    }
    const run = prepare();
    // Who wants what the store says now does not join a read that has begun before.
    const flight = isFresh ? { fresh: question } : question;
    const answer = await work(tenant, flight, signal, async (limited) => {
      const readAtMs = now();
      const isSettled = untilMs <= watermark() - hourMs;
      const body = Buffer.from(JSON.stringify(await run(limited)));
      const movingMs = isOfPeriods ? lifetimeOfPeriods(now() - readAtMs) : movingLifetimeMs;
      const lifetimeMs = isSettled ? settledLifetimeMs : movingMs;
      const read = { body, readAtMs, lifetimeMs };
      cache.keep(key, read);
      observe?.(isFresh ? 'bypassed' : 'miss', cache.bytes);
      return read;
    });
    return toReply(answer, now());
  };
}

function lifetimeOfPeriods(tookMs: number): number {
  return Math.min(periodsLifetimeMsMax, Math.max(movingLifetimeMs, tookMs * lifetimesOfCost));
}

function toReply(
  { body, readAtMs, lifetimeMs }: Omit<Reply, 'ageMs'> & { readAtMs: number },
  nowMs: number,
): Reply {
  return { body, lifetimeMs, ageMs: Math.max(0, nowMs - readAtMs) };
}
