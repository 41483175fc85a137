import type { Branch } from '../event-bus.js';
import { lookAtQueues, withBroker, type BrokerAddress } from './look-at-queues.js';
import { eventsQueue, membersQueue, partitionsOf, storeQueue } from './topology.js';

/** How many processes read a branch, or are about to: as many as hold any one of its queues. */
export async function countProcessors(
  broker: BrokerAddress,
  branch: Branch,
  partitions: number,
): Promise<number> {
  const ofPartitions = partitionsOf(partitions).flatMap((partition) => [
    eventsQueue(branch, partition),
    storeQueue(branch, partition),
  ]);
  const states = await withBroker(broker, (connection) =>
    lookAtQueues(connection, [membersQueue(branch), ...ofPartitions]),
  );
  return Math.max(0, ...states.map(({ consumers }) => consumers));
}
