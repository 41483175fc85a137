import { createIntakeReplay } from './collector/amqp/take-message.js';
import type { Intake } from './collector/intake.js';
import { createDeadLetterReplay, type DeadLetterReplay } from './messaging/dead-letter-replay.js';
import type { EventBus } from './messaging/event-bus.js';
import type { Foundation, PipelineContext } from './pipeline.js';
import type { DeadLetterReader } from './platform/dead-letters.js';

/** Dead letters, to be looked at and to be replayed onto the bus of this process. */
export interface OpenDeadLetters {
  readonly letters: DeadLetterReader;
  readonly replay: DeadLetterReplay;
}

export function openDeadLetters(
  { config, logger }: Pick<PipelineContext, 'config' | 'logger'>,
  { control, deadLetters }: Pick<Foundation, 'control' | 'deadLetters'>,
  { bus, intake }: { readonly bus: Pick<EventBus, 'replay'>; readonly intake: Intake },
): OpenDeadLetters {
  const replay = createDeadLetterReplay({
    store: deadLetters,
    bus,
    reaccept: createIntakeReplay({
      intake,
      findTenant: (id) => control.findTenant(id),
      limits: config.collector,
    }),
    logger,
    now: () => performance.now(),
    today: Date.now,
  });
  return { letters: deadLetters, replay };
}
