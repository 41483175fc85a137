import { type EventEnvelope } from '@coditect/contracts';
import { type Branch } from '../event-bus.js';
import { decodeEvents } from './codec.js';
import { giveUp } from './give-up.js';
import { type IncomingMessage } from './incoming-message.js';
import { type Session } from './queue-reader.js';
import { type RabbitBusOptions } from './rabbit-bus-options.js';
import { type SessionChannel } from './session-channel.js';

export const deadLetterPrefetch = 1;

/** Hands what the broker gave up to those who keep dead letters. */
export function openDeadLetterSession(
  context: { options: RabbitBusOptions; branch: Branch },
  channel: SessionChannel,
  lost: AbortSignal,
): Session {
  const { options, branch } = context;
  let running: Promise<void> = Promise.resolve();

  async function keep(message: IncomingMessage): Promise<void> {
    const attempts = Math.max(message.attempt, options.deliveryLimit + 1);
    const isSafe = await giveUp(
      {
        message: { ...message, attempt: attempts },
        branch,
        code: 'delivery_limit',
        reason: `It was delivered ${attempts} times and never stored.`,
        events: await eventsIfReadable(message),
      },
      options,
      lost,
    );
    if (isSafe) channel.acknowledge(message);
  }

  return {
    arrive(message) {
      running = running.then(() => keep(message));
    },
    async finish() {
      await running;
    },
  };
}

async function eventsIfReadable(message: IncomingMessage): Promise<EventEnvelope[] | undefined> {
  try {
    return await decodeEvents(message.body, message.events);
  } catch {
    return undefined;
  }
}
