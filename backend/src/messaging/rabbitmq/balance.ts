import { type ConfirmChannel } from 'amqplib';
import { type Deadline, isDoneBefore } from '../../platform/deadline.js';
import { type Logger } from '../../platform/logger.js';
import { type Branch } from '../event-bus.js';
import { pause } from './back-off.js';
import { type BrokerConnection } from './broker-connection.js';
import { type QueueReader } from './queue-reader.js';
import { membersQueue } from './topology.js';

export interface BalanceOptions {
  readonly connection: BrokerConnection;
  readonly branch: Branch;
  /** Groups of queues, each with one queue a partition: each group is shared out for itself. */
  readonly groups: readonly (readonly QueueReader[])[];
  readonly intervalMs: number;
  readonly moveTimeoutMs: number;
  readonly logger: Logger;
}

/**
 * The broker lets the first consumer of each queue read, so one process would read everything. A process that reads more
 * than its share gives one partition at a time to the next in line. How many share is counted at a queue that each of
 * them consumes: a quorum queue counts its active consumer only.
 */
export function keepBalance(options: BalanceOptions): { close(deadline: Deadline): Promise<void> } {
  const { connection, branch, logger } = options;
  const closing = new AbortController();
  const queue = membersQueue(branch);
  let current: ConfirmChannel | undefined;

  const kept = connection.keepChannel(queue, async (channel, lost) => {
    await channel.assertQueue(queue, { durable: true, autoDelete: true });
    await channel.consume(queue, () => undefined);
    current = channel;
    lost.addEventListener('abort', () => {
      current = undefined;
    });
  });

  async function look(): Promise<void> {
    const members = (await current?.checkQueue(queue))?.consumerCount;
    if (members === undefined) return;
    for (const group of options.groups) {
      const reader = surplus(group, members);
      if (reader === undefined) continue;
      logger.info({ queue: reader.queue, members }, 'partition handed on');
      await reader.moveAway(options.moveTimeoutMs);
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      // Not all at the same moment: two would both give away what one of them should.
      await pause(options.intervalMs * (0.75 + Math.random() / 2), closing.signal);
      if (closing.signal.aborted) return;
      try {
        await look();
      } catch (error) {
        logger.debug({ err: error, branch }, 'balance not seen');
      }
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

/** One of the queues that this process reads beyond its share. */
function surplus(group: readonly QueueReader[], members: number): QueueReader | undefined {
  const active = group.filter((reader) => reader.isActive);
  const share = Math.ceil(group.length / Math.max(1, members));
  return active.length > share ? active.at(-1) : undefined;
}
