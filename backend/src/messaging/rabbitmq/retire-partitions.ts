import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { AppError } from '../../platform/errors.js';
import type { Branch } from '../event-bus.js';
import { readTls, toConnectError, type BrokerTls } from './broker-tls.js';
import {
  eventsExchange,
  eventsQueue,
  partitionKey,
  partitionsOf,
  replyCodeOf,
  storeQueue,
} from './topology.js';

const notFound = 404;

/** A queue of a partition, as the broker has it. Absent queues are not in the list. */
export interface PartitionQueueState {
  readonly name: string;
  readonly messages: number;
  readonly consumers: number;
}

export interface RetireOptions {
  readonly url: string;
  readonly tls?: BrokerTls;
  readonly branches: readonly Branch[];
  /** How many partitions there were. */
  readonly partitions: number;
  /** Only looks, when true. */
  readonly isDryRun: boolean;
}

/**
 * Deletes the queues of a number of partitions that is given up. Throws `AppError` 409 `partitions_in_use`, and deletes
 * nothing, while one of them holds a message or has a reader. A collector is no reader and is not seen: it has to be
 * stopped before, or it declares the old queues anew and fills them.
 */
export async function retirePartitions(options: RetireOptions): Promise<readonly PartitionQueueState[]> {
  const connection = await connect(options.url, await readTls(options.tls)).catch((error: unknown) => {
    throw toConnectError(error);
  });
  // What is under way then rejects.
  connection.on('error', () => undefined);
  try {
    const states = await findQueues(connection, options);
    requireUnused(states);
    if (!options.isDryRun) await remove(connection, options, states);
    return states;
  } finally {
    // Closed already where the broker ended it.
    await connection.close().catch(() => undefined);
  }
}

/** Quorum queues are not deleted on the condition that they are empty: first nothing can come any more, then look again. */
async function remove(
  connection: ChannelModel,
  options: RetireOptions,
  states: readonly PartitionQueueState[],
): Promise<void> {
  const channel = await connection.createConfirmChannel();
  const bindings = bindingsOf(options).filter(({ queue }) => states.some(({ name }) => name === queue));
  for (const { queue, key } of bindings) await channel.unbindQueue(queue, eventsExchange, key);
  try {
    requireUnused(await findQueues(connection, options));
  } catch (error) {
    for (const { queue, key } of bindings) await channel.bindQueue(queue, eventsExchange, key);
    throw error;
  }
  for (const { name } of states) await channel.deleteQueue(name);
  await channel.close();
}

function bindingsOf({ branches, partitions }: RetireOptions): readonly { queue: string; key: string }[] {
  return branches.flatMap((branch) =>
    partitionsOf(partitions).map((partition) => ({
      queue: eventsQueue(branch, partition),
      key: partitionKey(partition),
    })),
  );
}

async function findQueues(
  connection: ChannelModel,
  options: RetireOptions,
): Promise<readonly PartitionQueueState[]> {
  const states: PartitionQueueState[] = [];
  for (const name of queuesOf(options)) {
    const state = await findQueue(await connection.createConfirmChannel(), name);
    if (state !== undefined) states.push(state);
  }
  return states;
}

function queuesOf({ branches, partitions }: RetireOptions): readonly string[] {
  const names = branches.flatMap((branch) =>
    partitionsOf(partitions).flatMap((partition) => [
      eventsQueue(branch, partition),
      storeQueue(branch, partition),
    ]),
  );
  return [...new Set(names)];
}

/** A channel ends with the answer that there is no such queue, so each question has its own. */
async function findQueue(channel: ConfirmChannel, name: string): Promise<PartitionQueueState | undefined> {
  // The answer rejects below as well.
  channel.on('error', () => undefined);
  try {
    const { messageCount, consumerCount } = await channel.checkQueue(name);
    await channel.close();
    return { name, messages: messageCount, consumers: consumerCount };
  } catch (error) {
    if (replyCodeOf(error) === notFound) return undefined;
    throw error;
  }
}

function requireUnused(states: readonly PartitionQueueState[]): void {
  const used = states.filter(({ messages, consumers }) => messages > 0 || consumers > 0);
  if (used.length === 0) return;
  const list = used.map(
    ({ name, messages, consumers }) => `${name} (${messages} messages, ${consumers} readers)`,
  );
  throw new AppError(
    'partitions_in_use',
    `Stop the collectors, let the queues drain, stop the processors, then try again. In use: ${list.join(', ')}.`,
    { status: 409 },
  );
}
