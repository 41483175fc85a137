import { createDeadLetterReplay, type DeadLetterReplay } from './messaging/dead-letter-replay.js';
import type { EventBus } from './messaging/event-bus.js';
import type { Foundation, PipelineContext } from './pipeline.js';
import type { DeadLetter, DeadLetterReader } from './platform/dead-letters.js';

/** Dead letters, to be looked at and to be replayed onto the bus of this process. */
export interface OpenDeadLetters {
  readonly letters: DeadLetterReader;
  readonly replay: DeadLetterReplay;
}

export function openDeadLetters(
  { logger }: Pick<PipelineContext, 'logger'>,
  { deadLetters }: Pick<Foundation, 'deadLetters'>,
  parts: {
    readonly bus: Pick<EventBus, 'replay'>;
    readonly reaccept?: ((letter: DeadLetter) => Promise<void>) | undefined;
  },
): OpenDeadLetters {
  const replay = createDeadLetterReplay({
    store: deadLetters,
    bus: parts.bus,
    reaccept: parts.reaccept,
    logger,
    now: () => performance.now(),
  });
  return { letters: deadLetters, replay };
}

const dayMs = 86_400_000;

/** Removes letters that are too old, now and once a day. What nobody replayed of them is lost, and counted. */
export function removeExpiredDaily(
  { lifecycle, logger, telemetry }: PipelineContext,
  { deadLetters }: Pick<Foundation, 'deadLetters'>,
): void {
  async function remove(): Promise<void> {
    const { letters, waiting } = await deadLetters.removeExpired(new Date());
    telemetry.dropped.inc({ component: 'dead-letters', reason: 'expired' }, waiting.events);
    if (letters > 0) logger.warn({ letters, waiting }, 'dead letters expired');
  }
  function removeOrSay(): void {
    remove().catch((error: unknown) => {
      logger.warn({ err: error }, 'expired dead letters not removed');
    });
  }
  removeOrSay();
  const timer = setInterval(removeOrSay, dayMs);
  lifecycle.onClose('dead letters', () => {
    clearInterval(timer);
  });
}
