import type { Channel, Options } from 'amqplib';
import { AppError } from '../../platform/errors.js';
import type { Branch, Partition } from '../event-bus.js';

/** Every name and argument on the broker has its home here. A new meaning gets a new version in its name. */
export const eventsExchange = 'coditect.events.v1';
const deadLettersExchange = 'coditect.dead-letters.v1';

const roomOfBranch = { stream: 'stream-processor', batch: 'batch-processor' } as const satisfies Record<
  Branch,
  string
>;

/** The key under which messages of a partition are published. Names the count too: the spread of another count is another. */
export const partitionKey = (partition: Partition): string => `p${partition.index}of${partition.count}`;

/** What the collectors send to a branch. */
export const eventsQueue = (branch: Branch, partition: Partition): string =>
  `${roomOfBranch[branch]}.events.v1.${partitionKey(partition)}`;

/** The journal of a store: what is stored together, under the id it is stored with. */
export const insertsQueue = (partition: Partition): string =>
  `${roomOfBranch.stream}.inserts.v1.${partitionKey(partition)}`;

/** The queue from which messages of a branch are stored. */
export const storeQueue = (branch: Branch, partition: Partition): string =>
  branch === 'stream' ? insertsQueue(partition) : eventsQueue(branch, partition);

export const deadLettersQueue = (branch: Branch): string => `${roomOfBranch[branch]}.events.v1.dlq`;

/** Where producers that speak AMQP publish CloudEvents, under any routing key. */
export const intakeExchange = 'coditect.intake.v1';
export const intakeQueue = 'collector.intake.v1';
export const intakeDeadLettersQueue = 'collector.intake.v1.dlq';
const intakeDeadLettersKey = 'intake';

/** Empty for ever. Those who read a branch consume it, so that each can see how many they are. */
export const membersQueue = (branch: Branch): string => `${roomOfBranch[branch]}.members.v1`;

export function partitionsOf(count: number): readonly Partition[] {
  return Array.from({ length: count }, (_, index) => ({ index, count }));
}

/**
 * Empty for ever, and declared behind the queues of a set. RabbitMQ 3.10 forgets the quorum queue that was declared last
 * when it is killed, contents and all: its table of names loses its last entry in the repair. Let it be this one.
 */
const lastDeclaredQueue = (set: string): string => `coditect.last-declared.v1.${set}`;

export interface QueueLimits {
  readonly queueBytesMax: number;
  readonly deliveryLimit: number;
}

/** A queue of one partition: kept by quorum, read by one at a time, refuses when full, gives up what fails too often. */
export function partitionQueueOptions(branch: Branch, limits: QueueLimits): Options.AssertQueue {
  return {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-single-active-consumer': true,
      'x-overflow': 'reject-publish',
      'x-max-length-bytes': limits.queueBytesMax,
      'x-delivery-limit': limits.deliveryLimit,
      'x-dead-letter-exchange': deadLettersExchange,
      'x-dead-letter-routing-key': branch,
      // Needs `reject-publish`. Without it, a letter on its way to a queue that is away would be lost.
      'x-dead-letter-strategy': 'at-least-once',
    },
  };
}

/**
 * Out of reach: a hundred deliveries a second for eight months. Left out, it would mean 20 from RabbitMQ 4.0 on, and -1 is
 * not known to the versions before.
 */
const unreachedDeliveryLimit = 2_147_483_647;

/**
 * What is joined is not looked into, so nothing there is poison, and yet whatever ends a process is counted for every
 * message that the joiner holds: a poison insert message would take all of these along to the dead letters.
 */
export function joinedQueueOptions(branch: Branch, limits: QueueLimits): Options.AssertQueue {
  return partitionQueueOptions(branch, { ...limits, deliveryLimit: unreachedDeliveryLimit });
}

/** Letters wait here for as long as it takes: no limit, or the queue before it would hold what it gave up. */
const deadLettersQueueOptions: Options.AssertQueue = {
  durable: true,
  arguments: { 'x-queue-type': 'quorum' },
};

export interface Topology extends QueueLimits {
  readonly partitions: number;
  readonly branches: readonly Branch[];
}

/** The queues that `declareTopology` sees to and that messages wait in. */
export function queuesOf({
  branches,
  partitions,
}: Pick<Topology, 'branches' | 'partitions'>): readonly string[] {
  const queues = branches.flatMap((branch) => [
    ...partitionsOf(partitions).flatMap((partition) => [
      eventsQueue(branch, partition),
      storeQueue(branch, partition),
    ]),
    deadLettersQueue(branch),
  ]);
  return [...new Set(queues)];
}

/** Declares what is missing. Repeating it changes nothing. */
export async function declareTopology(channel: Channel, topology: Topology): Promise<void> {
  await channel.assertExchange(eventsExchange, 'direct', { durable: true });
  await channel.assertExchange(deadLettersExchange, 'direct', { durable: true });
  for (const branch of topology.branches) {
    const letters = deadLettersQueue(branch);
    await assertQueue(channel, letters, deadLettersQueueOptions);
    await channel.bindQueue(letters, deadLettersExchange, branch);
    for (const partition of partitionsOf(topology.partitions)) {
      await declarePartition(channel, branch, partition, topology);
    }
  }
  await declareLast(channel, `${topology.branches.join('-')}.${topology.partitions}`);
}

/** Behind each set of quorum queues, with a name of the set: what is declared later needs another. */
async function declareLast(channel: Channel, set: string): Promise<void> {
  await channel.assertQueue(lastDeclaredQueue(set), {
    durable: true,
    arguments: { 'x-queue-type': 'quorum' },
  });
}

async function declarePartition(
  channel: Channel,
  branch: Branch,
  partition: Partition,
  limits: QueueLimits,
): Promise<void> {
  const options = partitionQueueOptions(branch, limits);
  const events = eventsQueue(branch, partition);
  const store = storeQueue(branch, partition);
  const isJoined = store !== events;
  await assertQueue(channel, events, isJoined ? joinedQueueOptions(branch, limits) : options);
  await channel.bindQueue(events, eventsExchange, partitionKey(partition));
  if (isJoined) await assertQueue(channel, store, options);
}

/** Declares the way in of AMQP producers. Many collectors read it side by side: the order of its messages means nothing. */
export async function declareIntake(channel: Channel, limits: QueueLimits): Promise<void> {
  await channel.assertExchange(deadLettersExchange, 'direct', { durable: true });
  await assertQueue(channel, intakeDeadLettersQueue, deadLettersQueueOptions);
  await channel.bindQueue(intakeDeadLettersQueue, deadLettersExchange, intakeDeadLettersKey);
  await channel.assertExchange(intakeExchange, 'topic', { durable: true });
  await assertQueue(channel, intakeQueue, intakeQueueOptions(limits));
  await channel.bindQueue(intakeQueue, intakeExchange, '#');
  await declareLast(channel, 'intake');
}

function intakeQueueOptions(limits: QueueLimits): Options.AssertQueue {
  return {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-overflow': 'reject-publish',
      'x-max-length-bytes': limits.queueBytesMax,
      'x-delivery-limit': limits.deliveryLimit,
      'x-dead-letter-exchange': deadLettersExchange,
      'x-dead-letter-routing-key': intakeDeadLettersKey,
      'x-dead-letter-strategy': 'at-least-once',
    },
  };
}

/** 406 of AMQP: there is a queue of that name, and it was declared otherwise. */
const preconditionFailed = 406;

async function assertQueue(channel: Channel, name: string, options: Options.AssertQueue): Promise<void> {
  try {
    await channel.assertQueue(name, options);
  } catch (error) {
    if (replyCodeOf(error) !== preconditionFailed) throw error;
    throw new AppError(
      'topology_differs',
      `The queue ${name} exists with other arguments than BUS_QUEUE_BYTES_MAX, BUS_DELIVERY_LIMIT and this version ask for. ` +
        'Go back to the former values, or let the queue drain with the collectors stopped, delete it, and start again.',
      { status: 500, cause: error },
    );
  }
}

/** The reply code of AMQP that an error of the client carries. */
export function replyCodeOf(error: unknown): number | undefined {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error;
  return isCoded && typeof error.code === 'number' ? error.code : undefined;
}
