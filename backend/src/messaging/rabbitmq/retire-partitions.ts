import type { ChannelModel } from 'amqplib';
import { AppError } from '../../platform/errors.js';
import type { Branch } from '../event-bus.js';
import { lookAtQueues, withBroker, type BrokerAddress, type QueueState } from './look-at-queues.js';
import { eventsExchange, eventsQueue, partitionKey, partitionsOf, storeQueue } from './topology.js';

/** A queue of a partition. */
export type PartitionQueueState = QueueState;

export interface RetireOptions extends BrokerAddress {
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
  return withBroker(options, async (connection) => {
    const states = await findQueues(connection, options);
    requireUnused(states);
    if (!options.isDryRun) await remove(connection, options, states);
    return states;
  });
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

function findQueues(
  connection: ChannelModel,
  options: RetireOptions,
): Promise<readonly PartitionQueueState[]> {
  return lookAtQueues(connection, queuesOf(options));
}

function queuesOf({ branches, partitions }: RetireOptions): readonly string[] {
  return branches.flatMap((branch) =>
    partitionsOf(partitions).flatMap((partition) => [
      eventsQueue(branch, partition),
      storeQueue(branch, partition),
    ]),
  );
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
