import type { LiveQuery, MetricAnswer, PanelQuery } from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';
import type { Tenant } from '../../platform/tenancy.js';
import { moveRange } from './move-range.js';

export interface LiveListener {
  /** The first answer, and each that differs from the one before, as JSON. */
  readonly onAnswer: (text: string) => void;
  /** There is no answer now; with `isFinal` there will be none any more. */
  readonly onRefused: (error: unknown, isFinal: boolean) => void;
}

export interface LiveQuestionsOptions {
  readonly ask: (tenant: Tenant, query: PanelQuery, signal: AbortSignal) => Promise<MetricAnswer>;
  /** Most different questions of one tenant. */
  readonly perTenantMax: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly observe?: (questions: number) => void;
}

export interface LiveQuestions {
  /**
   * Resolves when the first answer was told, and tells on until the signal fires. However many listen to one question of
   * a tenant, it is asked once at a time. Rejects with what refuses it, or 429 `too_many_live_questions`.
   */
  listen(tenant: Tenant, question: LiveQuery, listener: LiveListener, signal: AbortSignal): Promise<void>;
}

interface Told {
  readonly text: string;
  /** What makes it differ from another. */
  readonly content: string;
}

interface Ticker {
  readonly tenantId: string;
  /** Those who have had the first answer. */
  readonly listeners: Set<LiveListener>;
  /** They, and those who wait for it. */
  readonly audience: Set<LiveListener>;
  /** Fires when the question is asked no more. */
  readonly controller: AbortController;
  readonly first: Promise<Told>;
  told: Told | undefined;
  /** The refusal that was told last, while there is no answer. */
  refused: { readonly code: string; readonly error: unknown } | undefined;
}

/** Questions that are asked again and again while somebody listens. */
export function createLiveQuestions(options: LiveQuestionsOptions): LiveQuestions {
  const tickers = new Map<string, Ticker>();

  function start(key: string, tenant: Tenant, question: LiveQuery): Ticker {
    const ofTenant = [...tickers.values()].filter(({ tenantId }) => tenantId === tenant.id).length;
    if (ofTenant >= options.perTenantMax) throw tooMany(options.perTenantMax);
    const controller = new AbortController();
    const askOnce = async (): Promise<Told> => {
      const query = moveRange(question, options.now());
      return toTold(await options.ask(tenant, query, controller.signal));
    };
    const ticker: Ticker = {
      tenantId: tenant.id,
      listeners: new Set(),
      audience: new Set(),
      controller,
      first: askOnce(),
      told: undefined,
      refused: undefined,
    };
    tickers.set(key, ticker);
    controller.signal.addEventListener('abort', () => {
      if (tickers.get(key) === ticker) tickers.delete(key);
      options.observe?.(tickers.size);
    });
    options.observe?.(tickers.size);
    void keepAsking(ticker, askOnce, question.everyMs);
    return ticker;
  }

  return {
    async listen(tenant, question, listener, signal) {
      const key = JSON.stringify([tenant.id, tenant.timeZone, question]);
      const ticker = tickers.get(key) ?? start(key, tenant, question);
      ticker.audience.add(listener);
      const leave = (): void => {
        ticker.audience.delete(listener);
        ticker.listeners.delete(listener);
        if (ticker.audience.size === 0) ticker.controller.abort();
      };
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
      const first = await ticker.first;
      if (signal.aborted) return;
      ticker.listeners.add(listener);
      listener.onAnswer((ticker.told ?? first).text);
      // Who comes while there is no answer must not take the last one for what is now.
      if (ticker.refused !== undefined) listener.onRefused(ticker.refused.error, false);
    },
  };
}

async function keepAsking(ticker: Ticker, askOnce: () => Promise<Told>, everyMs: number): Promise<void> {
  const startedMs = performance.now();
  try {
    ticker.told = await ticker.first;
  } catch {
    // Those who wait for it are told by the promise itself.
    ticker.controller.abort();
    return;
  }
  await repeat(ticker, askOnce, { everyMs, tookMs: performance.now() - startedMs });
}

/** Asks until nobody listens. A question that takes long is asked as rarely, so that it takes half of a slot at most. */
async function repeat(
  ticker: Ticker,
  askOnce: () => Promise<Told>,
  { everyMs, tookMs }: { readonly everyMs: number; readonly tookMs: number },
): Promise<void> {
  const { signal } = ticker.controller;
  let lastTookMs = tookMs;
  while (await pause(Math.max(everyMs - lastTookMs, lastTookMs), signal)) {
    const startedMs = performance.now();
    try {
      tellAnswer(ticker, await askOnce());
    } catch (error) {
      if (signal.aborted) return;
      if (tellRefusal(ticker, error)) ticker.controller.abort();
    }
    lastTookMs = performance.now() - startedMs;
  }
}

/** False when the signal has fired. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(false);
      return;
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      resolve(true);
    }, ms);
    const end = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    signal.addEventListener('abort', end, { once: true });
  });
}

function toTold(answer: MetricAnswer): Told {
  const { columns, rows, meta } = answer;
  // Times of reading and what follows from them pass by themselves; everything else is news.
  const {
    asOf: _asOf,
    completeUntil: _until,
    storedUntil: _stored,
    comparedTo: _compared,
    source: _source,
    notices,
    ...rest
  } = meta;
  const lasting = notices.filter(({ code }) => code !== 'period_incomplete');
  return { text: JSON.stringify(answer), content: JSON.stringify([columns, rows, rest, lasting]) };
}

function tellAnswer(ticker: Ticker, told: Told): void {
  const isNews = ticker.refused !== undefined || told.content !== ticker.told?.content;
  ticker.refused = undefined;
  // Those who come later get the latest reading, even where it says nothing new.
  ticker.told = told;
  if (isNews) for (const { onAnswer } of [...ticker.listeners]) onAnswer(told.text);
}

/** True when there will be no answer any more. */
function tellRefusal(ticker: Ticker, error: unknown): boolean {
  const code = error instanceof AppError ? error.code : 'internal_error';
  const isFinal = error instanceof AppError && error.status < 500 && error.status !== 429;
  if (code === ticker.refused?.code) return isFinal;
  ticker.refused = { code, error };
  for (const { onRefused } of [...ticker.listeners]) onRefused(error, isFinal);
  return isFinal;
}

function tooMany(limit: number): AppError {
  const reason = `A tenant listens to at most ${limit} different questions at once.`;
  return new AppError('too_many_live_questions', reason, {
    status: 429,
    retryable: true,
    limit,
    retryAfterSeconds: 10,
  });
}
