import { randomUUID } from 'node:crypto';
import { fromEach } from '../../platform/traces.js';
import type { Partition } from '../event-bus.js';
import { backOffMs, pause } from './back-off.js';
import { decodeEvents, inflatedBytesMax } from './codec.js';
import type { ConfirmedSender, OutgoingMessage } from './confirmed-sender.js';
import { giveUp } from './give-up.js';
import { type IncomingMessage, isJoinable } from './incoming-message.js';
import { spanOf } from './message-span.js';
import type { Session } from './queue-reader.js';
import type { RabbitBusOptions } from './rabbit-bus-options.js';
import type { SessionChannel } from './session-channel.js';
import { insertsQueue } from './topology.js';

const component = 'messaging.joiner';
const retryBackOff = { firstMs: 200, mostMs: 10_000 };

/** Messages held at once: above what collectors send in an interval, and some twenty megabytes when all are full. */
export const joinPrefetch = 256;

/** Insert messages that may wait for the store beside the one in its hands, when each is as large as it gets. */
const aheadWhenFull = 1;
const nearPauseMs = 50;

export interface JoinSessionContext {
  readonly options: RabbitBusOptions;
  readonly partition: Partition;
  readonly sender: Pick<ConfirmedSender, 'send'>;
  /** When the last insert message of the partition went out. Lives longer than a channel. */
  readonly lastSent: { at: number };
}

/**
 * Joins messages of one partition into insert messages, as they lie, without inflating them: what is stored together is
 * fixed under its id before anything is stored. Originals are acknowledged when the insert message is confirmed; after a
 * crash between the two their events come in a second one, and the store knows them.
 */
export function openJoinSession(
  context: JoinSessionContext,
  channel: SessionChannel,
  lost: AbortSignal,
): Session {
  const { options, lastSent } = context;
  const finishing = new AbortController();
  const over = AbortSignal.any([lost, finishing.signal]);
  const line: IncomingMessage[] = [];
  let waitingEvents = 0;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  over.addEventListener('abort', () => {
    clearTimeout(timer);
  });

  const isFull = (): boolean => waitingEvents >= options.joinEventsMax || line.length >= joinPrefetch;
  const dueInMs = (): number => (isFull() ? 0 : lastSent.at + options.joinIntervalMs - options.now());

  function pump(): void {
    if (running !== undefined || line.length === 0 || over.aborted) return;
    const wait = dueInMs();
    clearTimeout(timer);
    if (wait <= 0) running = sendNext();
    else timer = setTimeout(pump, wait);
  }

  /**
   * While the store has not taken what was sent before, messages go on gathering: an insert costs much by itself, and
   * fewer, larger ones let a store catch up. Nothing is sent far ahead of it, so the backlog stays in the queue of events.
   */
  async function untilStoreIsNear(): Promise<void> {
    const queue = insertsQueue(context.partition);
    while (!over.aborted) {
      const messageCount = await channel.countReady(queue);
      if (messageCount <= (isFull() ? aheadWhenFull : 0)) return;
      await pause(nearPauseMs, over);
    }
  }

  async function sendNext(): Promise<void> {
    try {
      await untilStoreIsNear();
    } catch (error) {
      // The channel is gone: another session begins where this one stood.
      options.logger.debug({ err: error, partition: context.partition.index }, 'queue not looked at');
    }
    if (!over.aborted) await joinAndSend();
    running = undefined;
    pump();
  }

  async function joinAndSend(): Promise<void> {
    const parts = line.splice(0, countOfParts(line, options.joinEventsMax));
    for (const part of parts) waitingEvents -= part.events ?? 0;
    const last = parts.at(-1);
    if (last !== undefined && (await isSettled(parts))) channel.acknowledgeUpTo(last);
  }

  /** True when the messages are safe elsewhere. */
  async function isSettled(parts: readonly IncomingMessage[]): Promise<boolean> {
    const unreadable = await findUnreadable(parts);
    if (unreadable !== undefined) return giveUp({ ...unreadable, branch: 'stream' }, options, lost);
    lastSent.at = options.now();
    return sendJoined(context, parts, { lost, over });
  }

  return {
    arrive(message) {
      options.telemetry.received.inc({ component }, message.events ?? 0);
      line.push(message);
      waitingEvents += message.events ?? 0;
      pump();
    },
    async finish() {
      finishing.abort();
      await running;
    },
  };
}

/** How many of the first in line fit together: at least one. One that is not of our form goes alone. */
function countOfParts(line: readonly IncomingMessage[], eventsMax: number): number {
  let events = 0;
  let bytes = 0;
  let count = 0;
  for (const message of line) {
    if (!isJoinable(message)) break;
    events += message.events ?? 0;
    bytes += message.bytes ?? 0;
    if (count > 0 && (events > eventsMax || bytes > inflatedBytesMax)) break;
    count += 1;
  }
  return Math.max(1, count);
}

/** What is not of our form is looked into before it may stand in the journal. */
async function findUnreadable(
  parts: readonly IncomingMessage[],
): Promise<{ message: IncomingMessage; code: string; reason: string; events: undefined } | undefined> {
  const [message] = parts;
  if (message === undefined || isJoinable(message)) return undefined;
  try {
    await decodeEvents(message.body, message.events);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'It can not be read.';
    return { message, code: 'message_unreadable', reason, events: undefined };
  }
}

/** True when it is confirmed; false when it is over before. */
function sendJoined(
  context: JoinSessionContext,
  parts: readonly IncomingMessage[],
  signals: { lost: AbortSignal; over: AbortSignal },
): Promise<boolean> {
  const { traces } = context.options.telemetry;
  const message = toInsertMessage(parts, context);
  return traces.span('join events', { ...spanOf(message), from: fromEach(parts) }, () =>
    sendUntilTaken(context, { ...message, traceparent: traces.current() }, signals),
  );
}

/** True when it is confirmed; false when it is over before. */
async function sendUntilTaken(
  { options, partition, sender }: JoinSessionContext,
  message: OutgoingMessage,
  { lost, over }: { lost: AbortSignal; over: AbortSignal },
): Promise<boolean> {
  for (let failures = 0; !lost.aborted; failures += 1) {
    try {
      await sender.send(message, { signal: lost });
      options.telemetry.sent.inc({ component }, message.events);
      return true;
    } catch (error) {
      if (over.aborted) return false;
      options.logger.warn(
        { err: error, partition: partition.index },
        'insert message not taken, trying again',
      );
      await pause(backOffMs(failures, retryBackOff), over);
      if (over.aborted) return false;
    }
  }
  return false;
}

/** Gzip members one after the other are one gzip file, and lines one after the other one text. */
function toInsertMessage(
  parts: readonly IncomingMessage[],
  { partition, options }: JoinSessionContext,
): OutgoingMessage {
  const now = options.now();
  return {
    id: randomUUID(),
    exchange: '',
    routingKey: insertsQueue(partition),
    body: Buffer.concat(parts.map((part) => part.body)),
    events: parts.reduce((sum, part) => sum + (part.events ?? 0), 0),
    bytes: parts.reduce((sum, part) => sum + (part.bytes ?? 0), 0),
    cutAt: Math.min(...parts.map((part) => part.cutAt ?? now)),
  };
}
