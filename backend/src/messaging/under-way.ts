import { AppError } from '../platform/errors.js';

/** What was taken in and is not safe yet, bounded by its number of events. */
export interface UnderWay {
  /**
   * Runs the work. Rejects with a retryable `AppError` instead: 429 `overloaded` when too many events are under way, 503
   * `shutting_down` after `close`.
   */
  run<T>(events: number, work: () => Promise<T>): Promise<T>;
  /** Refuses what comes from now on; resolves when what came before is over. */
  close(): Promise<void>;
}

export interface UnderWayOptions {
  readonly eventsMax: number;
  readonly onChange?: (events: number) => void;
}

export function createUnderWay({ eventsMax, onChange }: UnderWayOptions): UnderWay {
  const running = new Set<Promise<unknown>>();
  let pendingEvents = 0;
  let isClosed = false;

  function count(events: number): void {
    pendingEvents += events;
    onChange?.(pendingEvents);
  }

  return {
    async run(events, work) {
      if (isClosed) throw refusal('shutting_down', 'This process is shutting down.', 503);
      // A batch that alone is over the bound still goes through when nothing else is under way.
      if (pendingEvents > 0 && pendingEvents + events > eventsMax) {
        throw refusal('overloaded', 'Too many events are waiting to be stored.', 429);
      }
      count(events);
      const one = work();
      running.add(one);
      try {
        return await one;
      } finally {
        running.delete(one);
        count(-events);
      }
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(running);
    },
  };
}

function refusal(code: string, reason: string, status: number): AppError {
  return new AppError(code, reason, { status, retryable: true, retryAfterSeconds: 1 });
}
