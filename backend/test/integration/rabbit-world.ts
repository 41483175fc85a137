import type { EventEnvelope } from '@coditect/contracts';
import { connect, type Channel, type ChannelModel } from 'amqplib';
import { pino } from 'pino';
import { createRabbitBus, type RabbitBus } from '../../src/messaging/rabbitmq/rabbit-bus.js';
import type { RabbitBusOptions } from '../../src/messaging/rabbitmq/rabbit-bus-options.js';
import type { DeadLetter } from '../../src/platform/dead-letters.js';
import { createTelemetry, type Telemetry } from '../../src/platform/telemetry.js';
import { startBroker, type TestBroker } from '../../src/testkit/rabbitmq-broker.js';

/** A virtual host with its buses, dead letters and a channel of its own to look and meddle. */
export interface RabbitWorld {
  readonly broker: TestBroker;
  readonly url: string;
  readonly letters: DeadLetter[];
  readonly telemetry: Telemetry;
  openBus(overrides?: Partial<RabbitBusOptions>): Promise<RabbitBus>;
  /** Past the bus, with a client of its own. */
  meddle<T>(work: (channel: Channel) => Promise<T>): Promise<T>;
  /** Messages of a queue that nobody was given yet. */
  countReady(queue: string): Promise<number>;
  close(): Promise<void>;
}

export interface SharedBroker {
  readonly broker: TestBroker;
  openWorld(): Promise<RabbitWorld>;
  close(): Promise<void>;
}

/** One broker for the tests of a file, a virtual host for each. */
export async function shareBroker(): Promise<SharedBroker> {
  const broker = await startBroker();
  let worlds = 0;
  return {
    broker,
    async openWorld() {
      worlds += 1;
      return createWorld(broker, await broker.createVhost(`world-${worlds}`));
    },
    close: () => broker.close(),
  };
}

function createWorld(broker: TestBroker, url: string): RabbitWorld {
  const opened: RabbitBus[] = [];
  const letters: DeadLetter[] = [];
  const telemetry = createTelemetry({ defaultMetrics: false });
  let client: ChannelModel | undefined;

  async function meddle<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    client ??= await connect(url);
    const channel = await client.createConfirmChannel();
    const outcome = await work(channel);
    await channel.close();
    return outcome;
  }

  return {
    broker,
    url,
    letters,
    telemetry,
    async openBus(overrides = {}) {
      const bus = await createRabbitBus({
        url,
        partitions: 2,
        branches: 'stream',
        lingerMs: 5,
        messageEventsMax: 500,
        confirmTimeoutMs: 60_000,
        queueBytesMax: 100_000_000,
        deliveryLimit: 20,
        pendingEventsMax: 10_000,
        joinEventsMax: 12_000,
        joinIntervalMs: 50,
        connectionName: 'test',
        logger: pino({ level: 'silent' }),
        telemetry,
        deadLetters: {
          async add(letter) {
            letters.push(letter);
          },
        },
        now: Date.now,
        retryDelayMs: 1,
        closeTimeoutMs: 5_000,
        ...overrides,
      });
      opened.push(bus);
      return bus;
    },
    meddle,
    countReady: (queue) => meddle(async (channel) => (await channel.checkQueue(queue)).messageCount),
    async close() {
      await Promise.all(opened.map((bus) => bus.close()));
      await client?.close().catch(() => undefined);
    },
  };
}

export const idsOf = (events: readonly EventEnvelope[]): string[] =>
  events.map((event) => event.eventId).sort();
