import type { EventEnvelope } from '@coditect/contracts';
import type { DeadLetterSink } from '../platform/dead-letters.js';
import { AppError } from '../platform/errors.js';
import type { Logger } from '../platform/logger.js';
import type { Telemetry } from '../platform/telemetry.js';
import { cutLandings } from './cut-landings.js';
import type { LandingStore } from './landing-store.js';

export interface LanderOptions {
  readonly store: LandingStore;
  /** Rows of one transaction. */
  readonly rowsMax: number;
  readonly deadLetters: DeadLetterSink;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/**
 * Lands events, each identity once; how they are cut does not matter. Resolves with the identities that had landed
 * before. A row that the store will never take becomes a dead letter, its neighbours land. Rejects when the store can't:
 * a part may have landed then, and the same events again complete it.
 */
export type LandEvents = (events: readonly EventEnvelope[]) => Promise<ReadonlySet<string>>;

export function createLander(options: LanderOptions): LandEvents {
  const { logger, store, telemetry } = options;

  async function landPart(events: readonly EventEnvelope[], known: Set<string>): Promise<void> {
    try {
      const stop = telemetry.landingDuration.startTimer();
      const landed = await store.land(events);
      stop();
      for (const id of landed.known) known.add(id);
      telemetry.sent.inc({ component: 'batch-processor' }, events.length);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const [event] = events;
      if (events.length > 1 || event === undefined) await landHalves(events, known);
      else await giveUp(event, error);
    }
  }

  /** Halves of halves, until a row at fault stands alone. */
  async function landHalves(events: readonly EventEnvelope[], known: Set<string>): Promise<void> {
    const middle = Math.ceil(events.length / 2);
    await landPart(events.slice(0, middle), known);
    await landPart(events.slice(middle), known);
  }

  async function giveUp(event: EventEnvelope, error: unknown): Promise<void> {
    // A letter of its own, whatever it came with: replayed, it lands by itself.
    await options.deadLetters.add({
      messageId: event.eventId,
      origin: 'batch',
      code: 'row_refused',
      reason: `The store refuses the row of this event: ${messageOf(error)}`,
      attempts: 1,
      events: [event],
    });
    telemetry.dropped.inc({ component: 'batch-processor', reason: 'row_refused' });
    logger.error({ err: error, eventId: event.eventId }, 'event set aside, the store refuses its row');
  }

  return async (events) => {
    const known = new Set<string>();
    for (const part of cutLandings(events, options.rowsMax)) await landPart(part, known);
    return known;
  };
}

function isRefusal(error: unknown): boolean {
  return error instanceof AppError && error.code === 'rows_refused';
}

/** What the engine says of the row, without the row. */
function messageOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split('\n', 1)[0]?.slice(0, 300) ?? '';
}
