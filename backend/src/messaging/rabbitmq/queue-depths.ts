import type { ConfirmChannel } from 'amqplib';
import type { Deadline } from '../../platform/deadline.js';
import { isDoneBefore } from '../../platform/deadline.js';
import type { Logger } from '../../platform/logger.js';
import type { Telemetry } from '../../platform/telemetry.js';
import { pause } from './back-off.js';
import type { BrokerConnection } from './broker-connection.js';

export interface QueueDepthsOptions {
  readonly connection: Pick<BrokerConnection, 'keepChannel'>;
  readonly queues: readonly string[];
  readonly intervalMs: number;
  readonly telemetry: Pick<Telemetry, 'queueMessages' | 'queueConsumers'>;
  readonly logger: Logger;
}

/** Between two looks for a channel. */
const waitMs = 500;

/**
 * Tells how many messages wait in each queue and how many readers it has. A queue that is not there any more ends the
 * channel, which is opened anew; its numbers are taken away.
 */
export function watchQueueDepths(options: QueueDepthsOptions): { close(deadline: Deadline): Promise<void> } {
  const { intervalMs, logger, queues, telemetry } = options;
  const closing = new AbortController();
  let current: ConfirmChannel | undefined;
  const kept = options.connection.keepChannel('queue depths', (channel, lost) => {
    current = channel;
    lost.addEventListener('abort', () => {
      if (current === channel) current = undefined;
    });
    return Promise.resolve();
  });

  async function look(queue: string): Promise<void> {
    // A queue that is gone took the channel along: those behind it in the list have their turn on the next one.
    while (current === undefined && !closing.signal.aborted) await pause(waitMs, closing.signal);
    const asked = current;
    try {
      const found = await asked?.checkQueue(queue);
      if (found === undefined) return;
      telemetry.queueMessages.set({ queue }, found.messageCount);
      telemetry.queueConsumers.set({ queue }, found.consumerCount);
    } catch (error) {
      if (current === asked) current = undefined;
      telemetry.queueMessages.remove({ queue });
      telemetry.queueConsumers.remove({ queue });
      logger.debug({ err: error, queue }, 'depth of a queue not seen');
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      for (const queue of queues) await look(queue);
      await pause(intervalMs, closing.signal);
    }
  }

  const running = run();
  return {
    async close(deadline) {
      closing.abort();
      // A look waits for the broker's answer.
      await Promise.all([isDoneBefore(deadline, running), kept.close(deadline)]);
    },
  };
}
