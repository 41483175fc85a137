import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '../../src/messaging/event-bus.js';
import { insertsQueue } from '../../src/messaging/rabbitmq/topology.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { createGate, readBranch } from '../../src/testkit/event-bus-suite.js';
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

const vhostOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1));

describe('RabbitMQ bus under faults', () => {
  it('loses nothing that was confirmed when the broker is killed, and publishes the rest under the same ids', async () => {
    const collector = await world.openBus();
    const processor = await world.openBus();
    const stored = new Set<string>();
    const eventsOfMessage = new Map<string, string>();
    const changed: string[] = [];
    await readBranch(processor, 'stream', async ({ id, events }) => {
      const ids = idsOf(events).join();
      if ((eventsOfMessage.get(id) ?? ids) !== ids) changed.push(id);
      eventsOfMessage.set(id, ids);
      for (const event of events) stored.add(event.eventId);
    });
    const confirmed: string[] = [];
    const publishing: Promise<void>[] = [];
    const publishOne = async (): Promise<void> => {
      const events = [anEvent(), anEvent(), anEvent()];
      await collector.publish(events);
      confirmed.push(...idsOf(events));
    };
    for (let n = 0; n < 60; n += 1) {
      publishing.push(publishOne());
      await sleep(5);
      if (n === 30) await shared.broker.kill();
    }
    expect(collector.isReady()).toBe(false);
    await shared.broker.restart();
    await Promise.all(publishing);
    expect(confirmed).toHaveLength(180);
    await eventually(() => {
      expect(confirmed.filter((id) => !stored.has(id))).toEqual([]);
    });
    expect(changed).toEqual([]);
    await collector.waitUntilReady(60_000);
    expect(collector.isReady()).toBe(true);
  });

  it('answers 503 when the broker does not confirm in time', async () => {
    const bus = await world.openBus({ confirmTimeoutMs: 300 });
    await bus.publish([anEvent()]);
    shared.broker.pause();
    try {
      await expect(bus.publish([anEvent()])).rejects.toMatchObject({
        code: 'bus_unavailable',
        status: 503,
        retryable: true,
        retryAfterSeconds: 5,
      });
    } finally {
      shared.broker.resume();
    }
    await eventually(() => bus.publish([anEvent()]));
  });

  it('refuses at once while the broker is short of memory, goes on reading, and recovers', async () => {
    const collector = await world.openBus();
    const processor = await world.openBus({ joinIntervalMs: 0 });
    const stored: string[] = [];
    await readBranch(processor, 'stream', async ({ events }) => void stored.push(...idsOf(events)));
    await shared.broker.setMemoryAlarm(true);
    // The broker says so when it is given something: this one may wait for that, those behind it may not.
    await expect(collector.publish([anEvent()])).rejects.toMatchObject({
      code: 'broker_blocked',
      status: 503,
    });
    expect(collector.isReady()).toBe(false);
    await expect(collector.publish([anEvent()])).rejects.toMatchObject({
      code: 'broker_blocked',
      retryAfterSeconds: 5,
    });
    await shared.broker.setMemoryAlarm(false);
    const event = anEvent();
    await eventually(() => collector.publish([event]));
    await eventually(() => {
      expect(stored).toContain(event.eventId);
    });
  });

  it('aborts the signal of a partition when its connection is cut, and opens it anew', async () => {
    const bus = await world.openBus({ partitions: 1 });
    const signals: AbortSignal[] = [];
    const gate = createGate();
    const stored: string[] = [];
    await bus.subscribe('stream', async (_partition, signal) => {
      signals.push(signal);
      return {
        async store({ id }: Message) {
          if (signals.length === 1) await gate.opened;
          stored.push(id);
          return { duplicates: 0 };
        },
      };
    });
    await bus.replay('stream', { id: 'in-hand', events: [anEvent()] });
    await eventually(() => {
      expect(signals).toHaveLength(1);
    });
    await shared.broker.control('close_all_connections', '--vhost', vhostOf(world.url), 'cut');
    await eventually(() => {
      expect(signals.map((signal) => signal.aborted)).toEqual([true]);
    });
    gate.open();
    await eventually(() => {
      expect(stored).toEqual(['in-hand', 'in-hand']);
      expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
    });
    await eventually(async () => {
      expect(await world.countReady(insertsQueue({ index: 0, count: 1 }))).toBe(0);
    });
  });

  it('gives a partition to the next process in line when the first one goes, in the order of the queue', async () => {
    const publisher = await world.openBus({ partitions: 1 });
    const first = await world.openBus({ partitions: 1 });
    const second = await world.openBus({ partitions: 1 });
    const gate = createGate();
    const firstStored: string[] = [];
    const secondStored: string[] = [];
    await readBranch(first, 'stream', async ({ id }) => {
      if (firstStored.length === 3) await gate.opened;
      firstStored.push(id);
    });
    const ids = Array.from({ length: 20 }, (_, index) => `message-${index}`);
    for (const id of ids) await publisher.replay('stream', { id, events: [anEvent()] });
    await eventually(() => {
      expect(firstStored).toHaveLength(3);
    });
    await readBranch(second, 'stream', async ({ id }) => void secondStored.push(id));
    const closed = first.close();
    gate.open();
    await closed;
    await eventually(() => {
      expect([...firstStored, ...secondStored]).toEqual(ids);
    });
    expect(firstStored).toHaveLength(4);
  });

  it('shares partitions out: of four, each of two processes reads two in the end', async () => {
    const collector = await world.openBus({ partitions: 4 });
    const readers = [new Map<number, number>(), new Map<number, number>()];
    let round = 0;
    const openReader = async (index: number): Promise<void> => {
      const bus = await world.openBus({ partitions: 4, joinIntervalMs: 0, balanceIntervalMs: 200 });
      await readBranch(bus, 'stream', async (_message, partition) => {
        readers[index]?.set(partition, round);
      });
    };
    await openReader(0);
    await openReader(1);
    const readNow = (reader: Map<number, number> | undefined): number[] =>
      [...(reader ?? [])].filter(([, seen]) => seen === round).map(([partition]) => partition);
    await eventually(async () => {
      round += 1;
      for (let n = 0; n < 4; n += 1) await collector.publish(Array.from({ length: 40 }, () => anEvent()));
      await eventually(() => {
        expect(new Set(readers.flatMap(readNow)).size).toBe(4);
      });
      expect(readers.map((reader) => readNow(reader).length)).toEqual([2, 2]);
    });
  });
});
