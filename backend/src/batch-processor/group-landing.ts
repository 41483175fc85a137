import type { EventEnvelope } from '@coditect/contracts';
import { AppError } from '../platform/errors.js';
import {
  createJointWrites,
  type JointWrites,
  type Stored,
  type WaitingBatch,
} from '../platform/joint-writes.js';
import type { Logger } from '../platform/logger.js';
import type { Telemetry } from '../platform/telemetry.js';
import { fromEach } from '../platform/traces.js';
import type { LandEvents } from './land-events.js';

export interface GroupLandingOptions {
  readonly land: LandEvents;
  /** Rows that are joined at most; a single larger batch still goes through whole. */
  readonly rowsMax: number;
  /** The same while several tenants are near. */
  readonly sharedRowsMax: number;
  /** Landings start at least this far apart, so that thin traffic makes few transactions. */
  readonly intervalMs: number;
  readonly attemptsMax: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** Lands batches of many senders; those that wait at the same time land together. */
export type GroupLanding = JointWrites;

export function createGroupLanding(options: GroupLandingOptions): GroupLanding {
  const { telemetry } = options;

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

  async function landTogether(batches: readonly WaitingBatch[]): Promise<readonly Stored[]> {
    const events = batches.flatMap(({ batch }) => batch);
    const from = fromEach(batches);
    const attributes = { 'messaging.batch.message_count': events.length, 'coditect.branch': 'batch' };
    const known = await telemetry.traces.span(
      'store events (batch)',
      { kind: 'consumer', from, attributes },
      () => landWithRetries(events),
    );
    const landed = new Set<string>();
    return batches.map(({ batch }) => ({ duplicates: countDuplicates(batch, known, landed) }));
  }

  const writes = createJointWrites({
    write: landTogether,
    refusalOf,
    rowsMax: options.rowsMax,
    sharedRowsMax: options.sharedRowsMax,
    // The embedded engine does one statement at a time.
    isSideBySide: false,
    intervalMs: options.intervalMs,
    currentTrace: () => telemetry.traces.current(),
    now: options.now,
    sleep: options.sleep,
  });
  return {
    ...writes,
    store(batch) {
      telemetry.received.inc({ component: 'batch-processor' }, batch.length);
      return writes.store(batch);
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
