import type { ConfirmChannel } from 'amqplib';
import { createDeadline, type Deadline } from '../../platform/deadline.js';
import { type Branch, type EventBus, type OpenPartition } from '../event-bus.js';
import { keepBalance } from './balance.js';
import { type BrokerConnection, createBrokerConnection } from './broker-connection.js';
import { createConfirmedSender } from './confirmed-sender.js';
import { deadLetterPrefetch, openDeadLetterSession } from './dead-letter-session.js';
import { joinPrefetch, openJoinSession } from './join-session.js';
import { createPublisher } from './publisher.js';
import { watchQueueDepths } from './queue-depths.js';
import { type QueueReader, readQueue } from './queue-reader.js';
import { branchesOf, type RabbitBusOptions } from './rabbit-bus-options.js';
import { openStoreSession, storeWidths } from './store-session.js';
import {
  deadLettersQueue,
  declareTopology,
  eventsQueue,
  partitionsOf,
  queuesOf,
  storeQueue,
} from './topology.js';

export interface RabbitBus extends EventBus {
  /** Connected, and the broker takes what is published. */
  isReady(): boolean;
  /** Resolves when connected. Rejects with `bus_unavailable` when the time is up. */
  waitUntilReady(timeoutMs: number): Promise<void>;
  /** For what else goes through the same broker. Its channels are closed with the bus. */
  readonly connections: { readonly publish: BrokerConnection; readonly consume: BrokerConnection };
}

interface Subscription {
  close(deadline: Deadline): Promise<void>;
}

const defaults = {
  connectTimeoutMs: 60_000,
  closeTimeoutMs: 10_000,
  balanceIntervalMs: 10_000,
  depthsIntervalMs: 10_000,
};
/** How long a partition that another process shall have waits for what is in hand. */
const moveTimeoutMs = 5_000;

/** Of the time to close, for what is under way and for the channels. The connections have the rest. */
const underWayShare = 7 / 8;

/**
 * The event bus between processes: RabbitMQ. Rejects when the broker is not reached in time, or has queues of other
 * arguments (`topology_differs`).
 */
export async function createRabbitBus(options: RabbitBusOptions): Promise<RabbitBus> {
  const closeTimeoutMs = options.closeTimeoutMs ?? defaults.closeTimeoutMs;
  const connectTimeoutMs = options.connectTimeoutMs ?? defaults.connectTimeoutMs;
  const topology = { ...options, branches: branchesOf(options.branches) };
  const subscriptions: Subscription[] = [];
  const declare = async (channel: ConfirmChannel): Promise<void> => {
    await options.requireCurrent?.();
    await declareTopology(channel, topology);
  };
  const connectAs = (duty: string): BrokerConnection =>
    createBrokerConnection({
      url: options.url,
      tls: options.tls,
      name: `${options.connectionName} ${duty}`,
      logger: options.logger,
      prepare: declare,
    });
  // Two, because the broker reads nothing from a connection that publishes while it is short of memory: acknowledgements
  // and heartbeats of the readers have to come through, or nothing would get shorter.
  const publishing = connectAs('publish');
  const consuming = connectAs('consume');
  const sender = createConfirmedSender({
    connection: publishing,
    name: 'publish',
    logger: options.logger,
    prepare: declare,
  });
  const publisher = createPublisher({ ...options, connection: publishing, sender });

  async function waitUntilReady(timeoutMs: number): Promise<void> {
    await Promise.all([publishing, consuming].map((connection) => connection.waitUntilConnected(timeoutMs)));
  }

  async function closeConnections(deadline: Deadline): Promise<void> {
    await Promise.all([publishing.close(deadline), consuming.close(deadline)]);
  }

  try {
    await waitUntilReady(connectTimeoutMs);
  } catch (error) {
    await closeConnections(createDeadline(closeTimeoutMs));
    throw error;
  }

  const depths = watchQueueDepths({
    connection: consuming,
    queues: queuesOf(topology),
    intervalMs: options.depthsIntervalMs ?? defaults.depthsIntervalMs,
    telemetry: options.telemetry,
    logger: options.logger,
  });

  return {
    publish: publisher.publish,
    replay: publisher.replay,
    connections: { publish: publishing, consume: consuming },
    isReady: () => publishing.isReady && consuming.isReady,
    waitUntilReady,
    async subscribe(branch, openPartition) {
      if (!topology.branches.includes(branch))
        throw new Error(`the branch ${branch} has no queues: see BUS_BRANCHES`);
      subscriptions.push(subscribe({ options, sender, connection: consuming, branch, openPartition }));
    },
    async close(deadline = createDeadline(closeTimeoutMs)) {
      const underWay = deadline.share(underWayShare);
      const parts = [publisher, depths, ...subscriptions];
      await Promise.all(parts.map((part) => part.close(underWay)));
      await closeConnections(deadline);
      sender.abandon();
    },
  };
}

interface SubscriptionOptions {
  readonly options: RabbitBusOptions;
  readonly sender: ReturnType<typeof createConfirmedSender>;
  readonly connection: BrokerConnection;
  readonly branch: Branch;
  readonly openPartition: OpenPartition;
}

function subscribe(context: SubscriptionOptions): Subscription {
  const { options, connection, branch } = context;
  const stores = openStores(context);
  const joiners = branch === 'stream' ? openJoiners(context) : [];
  const letters = readQueue(connection, {
    queue: deadLettersQueue(branch),
    logger: options.logger,
    prefetch: deadLetterPrefetch,
    openSession: (channel, lost) => openDeadLetterSession({ options, branch }, channel, lost),
  });
  const balance = keepBalance({
    connection,
    branch,
    groups: branch === 'stream' ? [stores, joiners] : [stores],
    intervalMs: options.balanceIntervalMs ?? defaults.balanceIntervalMs,
    moveTimeoutMs,
    logger: options.logger,
  });
  return {
    async close(deadline) {
      const parts = [balance, ...joiners, ...stores, letters];
      await Promise.all(parts.map((part) => part.close(deadline)));
    },
  };
}

function openStores({
  options,
  connection,
  branch,
  openPartition,
}: SubscriptionOptions): readonly QueueReader[] {
  return partitionsOf(options.partitions).map((partition) =>
    readQueue(connection, {
      queue: storeQueue(branch, partition),
      logger: options.logger,
      prefetch: storeWidths[branch].prefetch,
      openSession: (channel, lost) =>
        openStoreSession({ options, branch, partition, openPartition }, channel, lost),
    }),
  );
}

function openJoiners({ options, connection, branch, sender }: SubscriptionOptions): readonly QueueReader[] {
  return partitionsOf(options.partitions).map((partition) => {
    const lastSent = { at: 0 };
    return readQueue(connection, {
      queue: eventsQueue(branch, partition),
      logger: options.logger,
      prefetch: joinPrefetch,
      openSession: (channel, lost) =>
        openJoinSession({ options, partition, sender, lastSent }, channel, lost),
    });
  });
}
