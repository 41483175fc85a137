import type { EventEnvelope } from '@coditect/contracts';
import { connect } from 'amqplib';
import { eventsQueue } from '../../src/messaging/rabbitmq/topology.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { readBranch } from '../../src/testkit/event-bus-suite.js';
import { eventually } from '../../src/testkit/eventually.js';
import { idsOf, shareBroker, type RabbitWorld, type SharedBroker } from './rabbit-world.js';

let shared: SharedBroker;
let world: RabbitWorld;

beforeAll(async () => {
  shared = await shareBroker();
});
afterAll(() => shared.close());
beforeEach(async () => {
  world = await shared.openWorld();
});
afterEach(() => world.close());

const onlyPartition = { index: 0, count: 1 };
const waitingQueue = eventsQueue('stream', onlyPartition);

/** Takes so many messages of a queue, and ends without a word about them. */
async function takeAndDie(queue: string, messages: number): Promise<void> {
  const client = await connect(world.url);
  const channel = await client.createConfirmChannel();
  await channel.prefetch(messages);
  let taken = 0;
  await channel.consume(queue, () => (taken += 1));
  await eventually(() => {
    expect(taken).toBe(messages);
  });
  await client.close();
}

describe('messages that wait to be joined', () => {
  it('stay, in their order, however often those who hold them end', async () => {
    const deliveryLimit = 2;
    const bus = await world.openBus({ partitions: 1, lingerMs: 0, deliveryLimit });
    const events = Array.from({ length: 256 }, () => anEvent());
    for (const event of events) await bus.publish([event]);
    for (let n = 0; n <= deliveryLimit + 1; n += 1) await takeAndDie(waitingQueue, events.length);
    const stored: EventEnvelope[] = [];
    await readBranch(bus, 'stream', async (message) => void stored.push(...message.events));
    await eventually(() => {
      expect(stored.map((event) => event.eventId)).toEqual(events.map((event) => event.eventId));
    });
    expect(world.letters).toEqual([]);
  });

  it('are stored when a poison insert message before them ends the process until it is given up', async () => {
    const bus = await world.openBus({ partitions: 1, lingerMs: 0, deliveryLimit: 2 });
    const vhost = decodeURIComponent(new URL(world.url).pathname.slice(1));
    const poison = anEvent();
    // Behind the poison, so that the joiner waits for the store with all that it holds.
    const insertIds = ['poison', 'next', 'third'];
    for (const id of insertIds) {
      await bus.replay('stream', { id, events: [id === 'poison' ? poison : anEvent()] });
    }
    const waiting = Array.from({ length: 100 }, () => anEvent());
    for (const event of waiting) await bus.publish([event]);
    const stored = new Set<string>();
    let ends = 0;
    await readBranch(bus, 'stream', async ({ id, events }) => {
      if (id === 'poison') {
        ends += 1;
        // For the broker, a process that ends.
        await shared.broker.control('close_all_connections', '--vhost', vhost, 'ended');
        throw new Error('ended');
      }
      stored.add(id);
      for (const eventId of idsOf(events)) stored.add(eventId);
    });
    await eventually(() => {
      expect(world.letters.map((letter) => letter.messageId)).toContain('poison');
      expect(idsOf(waiting).filter((id) => !stored.has(id))).toEqual([]);
      expect(stored).toContain('third');
    });
    expect(ends).toBe(3);
    // At most the one that was delivered beside it goes along.
    const letters = world.letters.map((letter) => letter.messageId);
    expect(letters.filter((id) => id !== 'poison' && id !== 'next')).toEqual([]);
    expect(world.letters.every((letter) => letter.code === 'delivery_limit')).toBe(true);
  });
});
