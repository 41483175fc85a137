import type { EventEnvelope } from '@coditect/contracts';
import { AppError } from '../platform/errors.js';
import type { Logger } from '../platform/logger.js';
import type { Telemetry } from '../platform/telemetry.js';
import { fromEach } from '../platform/traces.js';
import type { LandEvents } from './land-events.js';

export interface GroupLandingOptions {
  readonly land: LandEvents;
  /** Rows that are joined at most; a single larger batch still goes through whole. */
  readonly rowsMax: number;
  /** Landings start at least this far apart, so that thin traffic makes few transactions. */
  readonly intervalMs: number;
  readonly attemptsMax: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** Lands batches of many senders; those that wait at the same time land together. */
export interface GroupLanding {
  /** Resolves once every event of the batch has landed. Rejects with 503 `store_unavailable`, retryable. */
  store(batch: readonly EventEnvelope[]): Promise<{ readonly duplicates: number }>;
  /** Everything received before this instant (epoch milliseconds) has landed. */
  watermark(): number;
  /** Resolves when nothing waits any more. */
  close(): Promise<void>;
}

interface Waiting {
  readonly batch: readonly EventEnvelope[];
  readonly since: number;
  readonly traceparent: string | undefined;
  readonly resolve: (outcome: { duplicates: number }) => void;
  readonly reject: (error: unknown) => void;
}

export function createGroupLanding(options: GroupLandingOptions): GroupLanding {
  const { intervalMs, now, telemetry } = options;
  const waiting: Waiting[] = [];
  let inFlight: readonly Waiting[] = [];
  let running: Promise<void> | undefined;
  let lastAt = Number.NEGATIVE_INFINITY;

  async function landWithRetries(events: readonly EventEnvelope[]): Promise<ReadonlySet<string>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await options.land(events);
      } catch (error) {
        telemetry.errors.inc({ component: 'batch-processor', code: 'landing_failed' });
        options.logger.warn({ err: error, attempt }, 'landing failed');
        if (attempt >= options.attemptsMax) throw error;
        await options.sleep(100 * 2 ** attempt);
      }
    }
  }

  function landTogether(entries: readonly Waiting[]): Promise<ReadonlySet<string>> {
    const events = entries.flatMap((entry) => entry.batch);
    const from = fromEach(entries);
    const attributes = { 'messaging.batch.message_count': events.length, 'coditect.branch': 'batch' };
    return telemetry.traces.span('store events (batch)', { kind: 'consumer', from, attributes }, () =>
      landWithRetries(events),
    );
  }

  async function landNext(): Promise<void> {
    const pause = lastAt + intervalMs - now();
    // A clock that was set back must not hold landings up for as long.
    if (pause > 0) await options.sleep(Math.min(pause, intervalMs));
    lastAt = now();
    inFlight = takeUpTo(options.rowsMax, waiting);
    try {
      const known = await landTogether(inFlight);
      const landed = new Set<string>();
      for (const entry of inFlight)
        entry.resolve({ duplicates: countDuplicates(entry.batch, known, landed) });
    } catch (error) {
      const refusal = refusalOf(error);
      for (const entry of inFlight) entry.reject(refusal);
    } finally {
      inFlight = [];
    }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) await landNext();
    running = undefined;
  }

  return {
    store(batch) {
      telemetry.received.inc({ component: 'batch-processor' }, batch.length);
      return new Promise((resolve, reject) => {
        waiting.push({ batch, since: now(), traceparent: telemetry.traces.current(), resolve, reject });
        running ??= run();
      });
    },
    watermark() {
      return inFlight[0]?.since ?? waiting[0]?.since ?? now();
    },
    async close() {
      while (running !== undefined) await running;
    },
  };
}

/** Takes entries off the front until the next one would go over `rowsMax`; at least one. */
export function takeUpTo<T extends { readonly batch: readonly unknown[] }>(
  rowsMax: number,
  waiting: T[],
): readonly T[] {
  let rows = 0;
  let count = 0;
  for (const entry of waiting) {
    rows += entry.batch.length;
    if (count > 0 && rows > rowsMax) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

/** How many of the batch had landed before, or stand earlier in the same landing; notes the batch in `landed`. */
function countDuplicates(
  batch: readonly EventEnvelope[],
  known: ReadonlySet<string>,
  landed: Set<string>,
): number {
  let duplicates = 0;
  for (const { eventId } of batch) {
    if (known.has(eventId) || landed.has(eventId)) duplicates += 1;
    landed.add(eventId);
  }
  return duplicates;
}

function refusalOf(cause: unknown): AppError {
  const reason = 'The store of reports does not take events at the moment. Send the same events again.';
  return new AppError('store_unavailable', reason, {
    status: 503,
    retryable: true,
    retryAfterSeconds: 5,
    cause,
  });
}
