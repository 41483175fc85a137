import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { pino } from 'pino';
import type { BrokerConnection } from '../../src/messaging/rabbitmq/broker-connection.js';
import { encodeEvents } from '../../src/messaging/rabbitmq/codec.js';
import { openDeadLetterSession } from '../../src/messaging/rabbitmq/dead-letter-session.js';
import { consumeIntake } from '../../src/messaging/rabbitmq/intake-consumer.js';
import { openJoinSession } from '../../src/messaging/rabbitmq/join-session.js';
import { keepChannel, type KeptChannel } from '../../src/messaging/rabbitmq/kept-channel.js';
import { readQueue, type OpenSession } from '../../src/messaging/rabbitmq/queue-reader.js';
import type { RabbitBusOptions } from '../../src/messaging/rabbitmq/rabbit-bus-options.js';
import { openStoreSession } from '../../src/messaging/rabbitmq/store-session.js';
import { insertsQueue, intakeQueue } from '../../src/messaging/rabbitmq/topology.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { createGate } from '../../src/testkit/event-bus-suite.js';
import { eventually } from '../../src/testkit/eventually.js';
import { startBroker, type TestBroker } from '../../src/testkit/rabbitmq-broker.js';

let broker: TestBroker;
const logger = pino({ level: 'silent' });

beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

/** A connection of which the test has the parts in its hands. It comes back like the real one. */
interface OpenHands extends Pick<BrokerConnection, 'keepChannel'> {
  readonly model: ChannelModel;
  channelOf(name: string): { readonly channel: ConfirmChannel; readonly kept: KeptChannel };
  close(): Promise<void>;
}

async function openHands(): Promise<OpenHands> {
  const opened = new Map<string, { channel: ConfirmChannel; kept: KeptChannel }>();
  const kept: KeptChannel[] = [];
  let current: ChannelModel | undefined;
  async function connected(): Promise<ChannelModel> {
    if (current !== undefined) return current;
    const model = await connect(broker.url);
    model.on('error', () => undefined);
    model.once('close', () => {
      current = undefined;
    });
    current = model;
    return model;
  }
  const model = await connected();
  return {
    model,
    keepChannel(name, open) {
      const one = keepChannel({
        connected: (signal) => (signal.aborted ? Promise.resolve(undefined) : connected()),
        cut: () => undefined,
        logger,
        name,
        async open(channel, lost) {
          opened.set(name, { channel, kept: one });
          await open(channel, lost);
        },
      });
      kept.push(one);
      return one;
    },
    channelOf(name) {
      const found = opened.get(name);
      if (found === undefined) throw new Error(`no channel ${name}`);
      return found;
    },
    async close() {
      await Promise.all(kept.map((one) => one.close()));
      await current?.close();
    },
  };
}

/** What a session does with a message, until it settles it. */
type Work = () => Promise<void>;
type StartReader = (hands: OpenHands, queue: string, work: Work) => Promise<void>;

function busOptions(work: Work): RabbitBusOptions {
  return {
    url: broker.url,
    partitions: 1,
    branches: 'stream',
    lingerMs: 0,
    messageEventsMax: 10,
    confirmTimeoutMs: 10_000,
    queueBytesMax: 1_000_000,
    deliveryLimit: 20,
    pendingEventsMax: 100,
    joinEventsMax: 100,
    joinIntervalMs: 0,
    connectionName: 'test',
    logger,
    telemetry: createTelemetry({ defaultMetrics: false }),
    deadLetters: { add: work },
    now: Date.now,
  };
}

const partition = { index: 0, count: 1 };

function reading(openSession: (work: Work) => OpenSession): StartReader {
  return async (hands, queue, work) => {
    readQueue(hands, { queue, logger, prefetch: 1, openSession: openSession(work) });
    await Promise.resolve();
  };
}

const sessions: Readonly<Record<string, StartReader>> = {
  'is stored': reading((work) => (channel, lost) => {
    const store = (): Promise<{ duplicates: number }> => work().then(() => ({ duplicates: 0 }));
    const openPartition = (): Promise<{ store: typeof store }> => Promise.resolve({ store });
    const options = busOptions(work);
    return openStoreSession({ options, branch: 'stream', partition, openPartition }, channel, lost);
  }),
  'is joined': reading((work) => (channel, lost) => {
    const options = busOptions(work);
    return openJoinSession(
      { options, partition, sender: { send: work }, lastSent: { at: 0 } },
      channel,
      lost,
    );
  }),
  'becomes a dead letter': reading((work) => (channel, lost) => {
    return openDeadLetterSession({ options: busOptions(work), branch: 'stream' }, channel, lost);
  }),
  'of a producer is taken in': async (hands, _queue, work) => {
    await consumeIntake({
      connection: hands,
      limits: { queueBytesMax: 1_000_000, deliveryLimit: 20 },
      prefetch: 1,
      take: work,
      putAside: () => Promise.resolve(),
      logger,
      telemetry: createTelemetry({ defaultMetrics: false }),
    });
  },
};

interface Ending {
  /** Begins to end it; resolves when it is ended. */
  readonly end: (hands: OpenHands, queue: string) => Promise<unknown>;
  /** The work is done between the beginning and the end; else behind the end. */
  readonly isMeanwhile: boolean;
}

const endings: Readonly<Record<string, Ending>> = {
  'this process closes the channel': {
    end: (hands, queue) => hands.channelOf(queue).kept.reopen(),
    isMeanwhile: true,
  },
  'this process closes the connection': { end: (hands) => hands.model.close(), isMeanwhile: true },
  'the broker closes the channel': {
    end: (hands, queue) =>
      hands
        .channelOf(queue)
        .channel.checkQueue('missing')
        .catch(() => undefined),
    isMeanwhile: false,
  },
  'the broker closes the connection': {
    end: async (hands) => {
      const gone = new Promise((resolve) => hands.model.once('close', resolve));
      await broker.control('close_all_connections', 'test');
      await gone;
    },
    isMeanwhile: false,
  },
};

let queues = 0;

/** With one message in it. */
async function fillQueue(name: string): Promise<string> {
  queues += 1;
  const queue = name === 'of a producer is taken in' ? intakeQueue : `queue-${queues}`;
  const model = await connect(broker.url);
  const channel = await model.createConfirmChannel();
  const quorum = { durable: true, arguments: { 'x-queue-type': 'quorum' } };
  // The joiner looks at the queue behind it.
  await channel.assertQueue(insertsQueue(partition), quorum);
  if (queue !== intakeQueue) await channel.assertQueue(queue, quorum);
  const { body, bytes } = encodeEvents([anEvent()]);
  channel.sendToQueue(queue, body, {
    messageId: `message-${queues}`,
    contentType: 'application/x-ndjson',
    contentEncoding: 'gzip',
    headers: { events: 1, bytes },
  });
  await channel.waitForConfirms();
  await model.close();
  return queue;
}

async function countLeft(queue: string): Promise<number> {
  const text = await broker.control('list_queues', 'name', 'messages');
  const row = text.split('\n').find((line) => line.startsWith(`${queue}\t`));
  return Number(row?.split('\t')[1]);
}

const cases = Object.keys(sessions).flatMap((session) =>
  Object.keys(endings).map((ending) => [session, ending]),
);

let hands: OpenHands | undefined;

afterEach(() => hands?.close());

describe.each(cases)('a message that %s while %s', (session, ending) => {
  // The client throws on a channel that it is closing already, which would end the process where nobody waits for it.
  it('comes again, and ends nothing', async () => {
    const start = sessions[session];
    const how = endings[ending];
    if (start === undefined || how === undefined) throw new Error('no such case');
    hands = await openHands();
    const gate = createGate();
    const inHand = createGate();
    let works = 0;
    const work: Work = async () => {
      works += 1;
      inHand.open();
      await gate.opened;
    };
    const isIntake = session === 'of a producer is taken in';
    const queue = isIntake ? intakeQueue : await fillQueue(session);
    await start(hands, queue, work);
    if (isIntake) await fillQueue(session);
    await inHand.opened;
    const ended = how.end(hands, queue);
    if (!how.isMeanwhile) await ended;
    gate.open();
    await ended;
    await eventually(() => {
      expect(works).toBe(2);
    }, 10_000);
    await eventually(async () => {
      expect(await countLeft(queue)).toBe(0);
    }, 10_000);
  });
});
