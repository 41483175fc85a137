import { randomUUID } from 'node:crypto';
import { type ConfirmChannel } from 'amqplib';
import type { Partition } from '../event-bus.js';
import { backOffMs, pause } from './back-off.js';
import { decodeEvents, inflatedBytesMax } from './codec.js';
import { type ConfirmedSender, type OutgoingMessage } from './confirmed-sender.js';
import { giveUp } from './give-up.js';
import { type IncomingMessage, isJoinable } from './incoming-message.js';
import { type Session } from './queue-reader.js';
import { type RabbitBusOptions } from './rabbit-bus-options.js';
import { insertsQueue } from './topology.js';

const component = 'messaging.joiner';
const retryBackOff = { firstMs: 200, mostMs: 10_000 };

/** Messages held at once: above what collectors send in an interval, and some twenty megabytes when all are full. */
export const joinPrefetch = 128;

/** When the last insert message of the partition went out. Lives longer than a channel. */
export interface LastSent {
  at: number;
}

/**
 * Joins messages of one partition into insert messages, as they lie, without inflating them: what is stored together is
 * fixed under its id before anything is stored. Originals are acknowledged when the insert message is confirmed; after a
 * crash between the two their events come in a second one, and the store knows them.
 */
export function openJoinSession(
  context: { options: RabbitBusOptions; partition: Partition; sender: ConfirmedSender; lastSent: LastSent },
  channel: ConfirmChannel,
  lost: AbortSignal,
): Session {
  const { options, partition, sender, lastSent } = context;
  const { telemetry, logger } = options;
  const finishing = new AbortController();
  const over = AbortSignal.any([lost, finishing.signal]);
  const inbox: IncomingMessage[] = [];
  let waitingEvents = 0;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  over.addEventListener('abort', () => {
    clearTimeout(timer);
  });

  const isFull = (): boolean => waitingEvents >= options.joinEventsMax || inbox.length >= joinPrefetch;
  const dueInMs = (): number => (isFull() ? 0 : lastSent.at + options.joinIntervalMs - options.now());

  function pump(): void {
    if (running !== undefined || inbox.length === 0 || over.aborted) return;
    const wait = dueInMs();
    clearTimeout(timer);
    if (wait <= 0) running = sendOne();
    else timer = setTimeout(pump, wait);
  }

  async function sendOne(): Promise<void> {
    const parts = takeParts();
    const last = parts.at(-1);
    if (last !== undefined && (await isReadable(last))) {
      lastSent.at = options.now();
      const isSent = await sendUntilTaken(toInsertMessage(parts, partition, options.now()));
      if (isSent && !lost.aborted) channel.ack(last.delivery, true);
    }
    running = undefined;
    pump();
  }

  /** One that is not ours is looked into before it may stand in the journal. */
  async function isReadable(message: IncomingMessage): Promise<boolean> {
    if (isJoinable(message)) return true;
    try {
      await decodeEvents(message.body, message.events);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'It can not be read.';
      const letter = {
        message,
        branch: 'stream',
        code: 'message_unreadable',
        reason,
        events: undefined,
      } as const;
      if ((await giveUp(letter, options, lost)) && !lost.aborted) channel.ack(message.delivery);
      return false;
    }
  }

  /** The first messages in line that fit together: at least one. One that is not ours goes alone. */
  function takeParts(): readonly IncomingMessage[] {
    let events = 0;
    let bytes = 0;
    let count = 0;
    for (const message of inbox) {
      events += message.events ?? 0;
      bytes += message.bytes ?? 0;
      const fits = events <= options.joinEventsMax && bytes <= inflatedBytesMax && isJoinable(message);
      if (count > 0 && !fits) break;
      count += 1;
      if (!isJoinable(message)) break;
    }
    const parts = inbox.splice(0, count);
    for (const part of parts) waitingEvents -= part.events ?? 0;
    return parts;
  }

  async function sendUntilTaken(message: OutgoingMessage): Promise<boolean> {
    for (let failures = 0; !lost.aborted; failures += 1) {
      try {
        await sender.send(message, { signal: lost });
        telemetry.sent.inc({ component }, message.events);
        return true;
      } catch (error) {
        if (lost.aborted) return false;
        logger.warn({ err: error, partition: partition.index }, 'insert message not taken, trying again');
        await pause(backOffMs(failures, retryBackOff), over);
        if (finishing.signal.aborted) return false;
      }
    }
    return false;
  }

  return {
    arrive(message) {
      telemetry.received.inc({ component }, message.events ?? 0);
      inbox.push(message);
      waitingEvents += message.events ?? 0;
      pump();
    },
    async finish() {
      finishing.abort();
      await running;
    },
  };
}

/** Gzip members one after the other are one gzip file, and lines one after the other one text. */
function toInsertMessage(
  parts: readonly IncomingMessage[],
  partition: Partition,
  now: number,
): OutgoingMessage {
  const [first] = parts;
  const isForeign = first !== undefined && !isJoinable(first);
  return {
    id: isForeign ? first.id : randomUUID(),
    exchange: '',
    routingKey: insertsQueue(partition),
    body: Buffer.concat(parts.map((part) => part.body)),
    events: parts.reduce((sum, part) => sum + (part.events ?? 0), 0),
    bytes: parts.reduce((sum, part) => sum + (part.bytes ?? 0), 0),
    cutAt: Math.min(...parts.map((part) => part.cutAt ?? now)),
  };
}
