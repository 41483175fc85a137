import { AppError } from '../platform/errors.js';
import type { WorkShares } from './work-shares.js';

export interface QuerySlots {
  /**
   * Runs the work of a tenant once a slot is free, and the tenant has fewer than `itsMax`, where that is no `null`. Throws 429
   * `too_many_queries` when there is no place in the line either, or none came free for as long as anybody may wait.
   */
  run<T>(tenantId: string, work: () => Promise<T>, signal: AbortSignal, itsMax?: number | null): Promise<T>;
  /** To be told of every answer that is given, of work that was run here for somebody or for several. */
  noteAnswered(tenantId: string): void;
}

interface Waiter {
  readonly tenantId: string;
  readonly itsMax: number;
  readonly start: () => void;
}

export interface QuerySlotsOptions {
  readonly runningMax: number;
  readonly waitingMax: number;
  readonly retryAfterSeconds: number;
  /** Longest wait in the line. For ever, when left out. */
  readonly waitMsMax?: number;
  /** What holds while several tenants ask; nothing, when left out. */
  readonly shares?: WorkShares;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

const lookAgainMs = 1_000;

/**
 * At most `runningMax` at once, of which a tenant leaves one to others, and `waitingMax` in line, half of them of one tenant. A free slot goes to the tenant that has the
 * fewest, and first come first served among equals: who asks much waits for its own questions, not the others for them. While several
 * tenants ask, each is held to its share besides. Who gives up leaves the line.
 */
export function createQuerySlots(options: QuerySlotsOptions): QuerySlots {
  const { now = () => performance.now(), shares } = options;
  const waiting: Waiter[] = [];
  const running = createCounts();
  // One that runs is not interrupted for another: without a slot that is free, whoever comes would wait for it.
  const runningPerTenantMax = Math.max(1, options.runningMax - 1);
  let alarm: NodeJS.Timeout | undefined;

  /** 0 when it may begin, infinite when another has to end first. */
  function waitMs({ tenantId, itsMax }: Pick<Waiter, 'tenantId' | 'itsMax'>): number {
    const most = Math.min(itsMax, shares?.runningMax() ?? itsMax);
    if (running.all() >= options.runningMax || running.of(tenantId) >= most) return Infinity;
    return shares?.waitMs(tenantId) ?? 0;
  }

  function startWaiting(): void {
    clearTimeout(alarm);
    for (let next = takeFairest(); next !== undefined; next = takeFairest()) {
      running.add(next.tenantId, 1);
      next.start();
    }
    const soonestMs = Math.min(...waiting.map(waitMs));
    // The others may have gone before that.
    if (soonestMs < Infinity) alarm = setTimeout(startWaiting, Math.min(soonestMs, lookAgainMs));
  }

  function takeFairest(): Waiter | undefined {
    const ready = waiting.filter((waiter) => waitMs(waiter) === 0);
    const next = findFairest(ready, running);
    if (next !== undefined) waiting.splice(waiting.indexOf(next), 1);
    return next;
  }

  function acquire(tenantId: string, signal: AbortSignal, itsMax: number): Promise<void> {
    const isFirst = waiting.every((waiter) => waiter.tenantId !== tenantId);
    if (isFirst && waitMs({ tenantId, itsMax }) === 0) {
      running.add(tenantId, 1);
      return Promise.resolve();
    }
    requirePlace(tenantId, waiting, options);
    const { waiter, begun } = createWaiter({ tenantId, itsMax }, { signal, waiting, options });
    waiting.push(waiter);
    startWaiting();
    return begun;
  }

  return {
    noteAnswered(tenantId) {
      shares?.noteAnswered(tenantId);
    },
    async run(tenantId, work, signal, itsMax = null) {
      shares?.noteAsked(tenantId);
      await acquire(tenantId, signal, Math.min(itsMax ?? Infinity, runningPerTenantMax));
      const startedMs = now();
      try {
        return await work();
      } finally {
        running.add(tenantId, -1);
        shares?.noteWorked(tenantId, now() - startedMs);
        startWaiting();
      }
    },
  };
}

/** Resolves when it is started; rejects when the signal fires before, or the wait is over. */
function createWaiter(
  who: Pick<Waiter, 'tenantId' | 'itsMax'>,
  line: {
    readonly signal: AbortSignal;
    readonly waiting: Waiter[];
    readonly options: Pick<QuerySlotsOptions, 'waitMsMax' | 'retryAfterSeconds'>;
  },
): { readonly waiter: Waiter; readonly begun: Promise<void> } {
  const { signal, waiting, options } = line;
  const { waitMsMax } = options;
  let start = (): void => undefined;
  const waiter = {
    ...who,
    start: () => {
      start();
    },
  };
  const begun = new Promise<void>((resolve, reject) => {
    const leave = (error: AppError): void => {
      settle();
      waiting.splice(waiting.indexOf(waiter), 1);
      reject(error);
    };
    const withdraw = (): void => {
      const reason = 'The question was withdrawn while it waited.';
      leave(new AppError('query_cancelled', reason, { status: 499 }));
    };
    const giveUp = (): void => {
      leave(waitedTooLong(options));
    };
    const patience = waitMsMax === undefined ? undefined : setTimeout(giveUp, waitMsMax);
    const settle = (): void => {
      clearTimeout(patience);
      signal.removeEventListener('abort', withdraw);
    };
    signal.addEventListener('abort', withdraw, { once: true });
    start = () => {
      settle();
      resolve();
    };
  });
  return { waiter, begun };
}

interface Counts {
  all(): number;
  of(tenantId: string): number;
  add(tenantId: string, change: 1 | -1): void;
}

function createCounts(): Counts {
  const byTenant = new Map<string, number>();
  let all = 0;
  return {
    all: () => all,
    of: (tenantId) => byTenant.get(tenantId) ?? 0,
    add(tenantId, change) {
      all += change;
      const left = (byTenant.get(tenantId) ?? 0) + change;
      if (left === 0) byTenant.delete(tenantId);
      else byTenant.set(tenantId, left);
    },
  };
}

/** The first one of the tenant that has the fewest slots. */
function findFairest(waiters: readonly Waiter[], running: Counts): Waiter | undefined {
  const fewest = Math.min(...waiters.map(({ tenantId }) => running.of(tenantId)));
  return waiters.find(({ tenantId }) => running.of(tenantId) === fewest);
}

function waitedTooLong({
  retryAfterSeconds,
  waitMsMax,
}: Pick<QuerySlotsOptions, 'waitMsMax' | 'retryAfterSeconds'>): AppError {
  const reason = `The question waited for ${waitMsMax} ms behind others that were asked at the same time, and was not begun.`;
  return new AppError('too_many_queries', reason, { status: 429, retryable: true, retryAfterSeconds });
}

/** Throws 429 `too_many_queries` when the line is full, or the half of it that one tenant may have. */
function requirePlace(tenantId: string, waiting: readonly Waiter[], options: QuerySlotsOptions): void {
  const { retryAfterSeconds, waitingMax: limit } = options;
  const itsWaiting = waiting.filter((waiter) => waiter.tenantId === tenantId).length;
  if (waiting.length < limit && itsWaiting < Math.ceil(limit / 2)) return;
  // Nothing here tells a tenant how much others ask.
  const reason = 'There are too many questions under way and waiting already.';
  throw new AppError('too_many_queries', reason, { status: 429, retryable: true, limit, retryAfterSeconds });
}
