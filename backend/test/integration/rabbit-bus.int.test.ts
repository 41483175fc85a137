import { gzipSync } from 'node:zlib';
import type { Message } from '../../src/messaging/event-bus.js';
import { encodeEvents } from '../../src/messaging/rabbitmq/codec.js';
import {
  deadLettersQueue,
  eventsExchange,
  eventsQueue,
  insertsQueue,
  partitionKey,
} from '../../src/messaging/rabbitmq/topology.js';
import { AppError } from '../../src/platform/errors.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { createGate, describeEventBus, readBranch } from '../../src/testkit/event-bus-suite.js';
import { eventually } from '../../src/testkit/eventually.js';
import { idsOf, shareBroker, type RabbitWorld, type SharedBroker } from './rabbit-world.js';

let shared: SharedBroker;
let world: RabbitWorld;

beforeAll(async () => {
  shared = await shareBroker();
});
afterAll(() => shared.close());

const onlyPartition = { index: 0, count: 1 };

describeEventBus('RabbitMQ bus', async () => {
  const opened = await shared.openWorld();
  return {
    openBus: (options) => opened.openBus({ branches: 'stream+batch', ...options }),
    close: () => opened.close(),
  };
});

describe('RabbitMQ bus', () => {
  beforeEach(async () => {
    world = await shared.openWorld();
  });
  afterEach(() => world.close());

  it('keeps what was published for a reader that comes later', async () => {
    const collector = await world.openBus();
    const events = Array.from({ length: 20 }, () => anEvent());
    await collector.publish(events);
    await collector.close();
    const processor = await world.openBus();
    const seen: string[] = [];
    await readBranch(processor, 'stream', async (message) => void seen.push(...idsOf(message.events)));
    await eventually(() => {
      expect(seen.sort()).toEqual(idsOf(events));
    });
  });

  it('brings a message that could not be stored again under its id, before those behind it', async () => {
    const bus = await world.openBus({ partitions: 1, joinIntervalMs: 0 });
    const seen: string[] = [];
    let failures = 0;
    await readBranch(bus, 'stream', async ({ id }) => {
      seen.push(id);
      failures += 1;
      if (failures <= 3)
        throw new AppError('store_away', 'The store is away.', { status: 503, retryable: true });
    });
    for (let n = 0; n < 6; n += 1) await bus.publish([anEvent()]);
    await eventually(() => {
      expect(new Set(seen).size).toBeGreaterThan(1);
      expect(failures).toBeGreaterThanOrEqual(5);
    });
    const [first] = seen;
    expect(seen.slice(0, 4)).toEqual([first, first, first, first]);
    expect(seen.slice(4)).not.toContain(first);
  });

  it('gives a message up that fails at every delivery, and goes on with the next', async () => {
    const bus = await world.openBus({ partitions: 1, deliveryLimit: 2 });
    const poison = anEvent();
    const stored: string[] = [];
    let deliveries = 0;
    await readBranch(bus, 'stream', async ({ events }) => {
      if (events.some((event) => event.eventId === poison.eventId)) {
        deliveries += 1;
        throw new Error('crash');
      }
      stored.push(...idsOf(events));
    });
    await bus.replay('stream', { id: 'poison', events: [poison] });
    const good = anEvent();
    await bus.publish([good]);
    await eventually(() => {
      expect(world.letters).toMatchObject([
        {
          messageId: 'poison',
          origin: 'stream',
          code: 'delivery_limit',
          attempts: 3,
          events: [{ eventId: poison.eventId }],
        },
      ]);
      expect(stored).toEqual([good.eventId]);
    });
    expect(deliveries).toBe(3);
    await eventually(async () => {
      expect(await world.countReady(deadLettersQueue('stream'))).toBe(0);
    });
  });

  it('puts a message aside that can never be stored, with its reason, at the first delivery', async () => {
    const bus = await world.openBus({ partitions: 1 });
    let deliveries = 0;
    await readBranch(bus, 'stream', async () => {
      deliveries += 1;
      throw new AppError('row_refused', 'A number is too large.', { status: 400 });
    });
    await bus.replay('stream', { id: 'refused', events: [anEvent()] });
    await eventually(() => {
      expect(world.letters).toMatchObject([
        { messageId: 'refused', code: 'row_refused', reason: 'A number is too large.', attempts: 1 },
      ]);
    });
    expect(deliveries).toBe(1);
  });

  it('puts what it can not read aside with its bytes, and goes on', async () => {
    const bus = await world.openBus({ partitions: 1 });
    const truncated = gzipSync('{"eventId":"').subarray(0, 25);
    await world.meddle(async (channel) => {
      channel.publish(eventsExchange, partitionKey(onlyPartition), Buffer.from('hello'), {
        contentType: 'text/plain',
      });
      channel.sendToQueue(insertsQueue(onlyPartition), truncated, {
        messageId: 'cut-short',
        contentType: 'application/x-ndjson',
        contentEncoding: 'gzip',
        headers: { events: 1, bytes: 12 },
      });
    });
    const good = anEvent();
    await bus.publish([good]);
    const stored: string[] = [];
    await readBranch(bus, 'stream', async ({ events }) => void stored.push(...idsOf(events)));
    await eventually(() => {
      expect(stored).toEqual([good.eventId]);
      expect(world.letters).toHaveLength(2);
    });
    expect(world.letters).toContainEqual(
      expect.objectContaining({
        code: 'message_unreadable',
        events: [],
        raw: { tenantId: undefined, contentType: 'text/plain', body: Buffer.from('hello') },
      }),
    );
    expect(world.letters).toContainEqual(
      expect.objectContaining({ messageId: 'cut-short', code: 'message_unreadable', events: [] }),
    );
  });

  it('keeps a message until its dead letter is safe', async () => {
    let failures = 0;
    const kept: string[] = [];
    const bus = await world.openBus({
      deadLetters: {
        async add({ messageId }) {
          failures += 1;
          if (failures === 1) throw new Error('the control store is away');
          kept.push(messageId);
        },
      },
    });
    await readBranch(bus, 'stream', () =>
      Promise.reject(new AppError('row_refused', 'No.', { status: 400 })),
    );
    await bus.replay('stream', { id: 'refused', events: [anEvent()] });
    await eventually(() => {
      expect(kept).toEqual(['refused']);
    });
  });

  it('tells the sender to come back when a queue is full, and takes events again when it is shorter', async () => {
    const bus = await world.openBus({ partitions: 1, queueBytesMax: 5_000 });
    const batch = (): ReturnType<typeof anEvent>[] => Array.from({ length: 20 }, () => anEvent());
    await eventually(() =>
      expect(bus.publish(batch())).rejects.toMatchObject({
        code: 'queue_full',
        status: 429,
        retryAfterSeconds: 5,
      }),
    );
    await readBranch(bus, 'stream', () => Promise.resolve());
    await eventually(() => bus.publish(batch()));
  });

  it('refuses to start on queues that were made otherwise, and says what to do', async () => {
    await world.openBus({ deliveryLimit: 20 });
    const other = world.openBus({ deliveryLimit: 21 });
    await expect(other).rejects.toMatchObject({ code: 'topology_differs', retryable: false });
    await expect(other).rejects.toThrow('BUS_DELIVERY_LIMIT');
  });

  it('makes few insert messages of many small messages, and first one without delay', async () => {
    const bus = await world.openBus({ partitions: 1, lingerMs: 0, joinIntervalMs: 400 });
    const events = Array.from({ length: 50 }, () => anEvent());
    for (const event of events) await bus.publish([event]);
    const stored: Message[] = [];
    await readBranch(bus, 'stream', async (message) => void stored.push(message));
    await eventually(() => {
      expect(stored.flatMap((message) => idsOf(message.events)).sort()).toEqual(idsOf(events));
    });
    expect(stored.length).toBeLessThanOrEqual(5);
  });

  it('keeps an insert message within its number of events', async () => {
    const bus = await world.openBus({ partitions: 1, messageEventsMax: 10, joinEventsMax: 35 });
    await bus.publish(Array.from({ length: 200 }, () => anEvent()));
    const sizes: number[] = [];
    await readBranch(bus, 'stream', async (message) => void sizes.push(message.events.length));
    await eventually(() => {
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(200);
    });
    expect(Math.max(...sizes)).toBeLessThanOrEqual(35);
    expect(Math.max(...sizes)).toBeGreaterThan(10);
  });

  it('loses nothing when the joiner is gone between the confirm and its acknowledgement', async () => {
    const bus = await world.openBus({ partitions: 1 });
    const events = Array.from({ length: 30 }, () => anEvent());
    await bus.publish(events);
    // What a joiner leaves that died there: the insert message, and the originals still in their queue.
    const { body, bytes } = encodeEvents(events);
    await world.meddle(async (channel) => {
      channel.sendToQueue(insertsQueue(onlyPartition), body, {
        messageId: 'confirmed',
        contentType: 'application/x-ndjson',
        contentEncoding: 'gzip',
        headers: { events: events.length, bytes },
      });
    });
    const stored: Message[] = [];
    await readBranch(bus, 'stream', async (message) => void stored.push(message));
    await eventually(() => {
      expect(stored).toHaveLength(2);
    });
    expect(stored[0]?.id).toBe('confirmed');
    expect(stored.map((message) => idsOf(message.events))).toEqual([idsOf(events), idsOf(events)]);
    await eventually(async () => {
      expect(await world.countReady(eventsQueue('stream', onlyPartition))).toBe(0);
    });
  });

  it('finishes what is in hand when it closes, and leaves the rest in the queue', async () => {
    const bus = await world.openBus({ partitions: 1, joinIntervalMs: 0 });
    const gate = createGate();
    const inHand = createGate();
    const stored: string[] = [];
    await readBranch(bus, 'stream', async ({ id }) => {
      inHand.open();
      await gate.opened;
      stored.push(id);
    });
    for (const id of ['a', 'b', 'c']) await bus.replay('stream', { id, events: [anEvent()] });
    await inHand.opened;
    const closed = bus.close();
    gate.open();
    await closed;
    expect(stored).toEqual(['a']);
    await eventually(async () => {
      expect(await world.countReady(insertsQueue(onlyPartition))).toBe(2);
    });
  });
});
