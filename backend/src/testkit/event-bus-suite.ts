import type { EventEnvelope } from '@coditect/contracts';
import type { Branch, EventBus, Message, OpenPartition } from '../messaging/event-bus.js';
import { anEvent } from './an-event.js';
import { eventually } from './eventually.js';

/** Buses of one kind that see the same messages. Those of another world don't. */
export interface BusWorld {
  /** Both branches have readers sooner or later. */
  openBus(options?: { pendingEventsMax?: number }): Promise<EventBus>;
  /** Ends what is left. */
  close(): Promise<void>;
}

export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function createGate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Reads a branch with one function, whatever the partition. */
export async function readBranch(
  bus: EventBus,
  branch: Branch,
  store: (message: Message, partition: number) => Promise<unknown>,
): Promise<void> {
  const openPartition: OpenPartition = ({ index }) =>
    Promise.resolve({
      async store(message) {
        await store(message, index);
        return { duplicates: 0 };
      },
    });
  await bus.subscribe(branch, openPartition);
}

/** What every event bus promises. */
export function describeEventBus(name: string, openWorld: () => Promise<BusWorld>): void {
  describe(`${name}, as every event bus`, () => {
    let world: BusWorld;
    beforeEach(async () => {
      world = await openWorld();
    });
    afterEach(() => world.close());

    it('brings every event that was published to every branch', async () => {
      const bus = await world.openBus();
      const seen = { stream: new Map<string, EventEnvelope>(), batch: new Map<string, EventEnvelope>() };
      for (const branch of ['stream', 'batch'] as const) {
        await readBranch(bus, branch, async ({ events }) => {
          for (const event of events) seen[branch].set(event.eventId, event);
        });
      }
      const events = Array.from({ length: 250 }, () =>
        anEvent({ attributes: { text: 'ä\n"€"' }, costUsd: 0.25 }),
      );
      await Promise.all([bus.publish(events.slice(0, 100)), bus.publish(events.slice(100))]);
      await eventually(() => {
        expect([seen.stream.size, seen.batch.size]).toEqual([250, 250]);
      });
      for (const event of events) {
        expect([seen.stream.get(event.eventId), seen.batch.get(event.eventId)]).toEqual([event, event]);
      }
    });

    it('replays a message under its own id to the branch that is named, and to no other', async () => {
      const bus = await world.openBus();
      const seen: string[] = [];
      for (const branch of ['stream', 'batch'] as const) {
        await readBranch(bus, branch, async ({ id, events }) => {
          seen.push(`${branch} ${id} ${events.map((event) => event.id).join()}`);
        });
      }
      await bus.replay('batch', { id: 'first', events: [anEvent({ id: 'a' })] });
      await bus.replay('stream', { id: 'second', events: [anEvent({ id: 'b' })] });
      await bus.replay('batch', { id: 'third', events: [anEvent({ id: 'a' })] });
      await eventually(() => {
        expect([...seen].sort()).toEqual(['batch first a', 'batch third a', 'stream second b']);
      });
    });

    it('stores in the end what failed at first, when the sender repeats what was refused', async () => {
      const bus = await world.openBus();
      const stored: string[] = [];
      let failures = 0;
      await readBranch(bus, 'stream', async ({ events }) => {
        failures += 1;
        if (failures <= 2) throw new Error('the store is away');
        stored.push(...events.map((event) => event.id));
      });
      await eventually(() => bus.publish([anEvent({ id: 'tried-again' })]));
      await eventually(() => {
        expect(stored).toContain('tried-again');
      });
      expect(failures).toBeGreaterThan(2);
    });

    it('brings an event to the same partition each time it is published', async () => {
      const bus = await world.openBus();
      const partitions = new Map<string, Set<number>>();
      let deliveries = 0;
      await readBranch(bus, 'stream', async ({ events }, partition) => {
        for (const event of events) {
          deliveries += 1;
          partitions.set(event.eventId, (partitions.get(event.eventId) ?? new Set()).add(partition));
        }
      });
      const events = Array.from({ length: 40 }, () => anEvent());
      for (const batch of [events, events.slice(0, 7), events.slice(7), [...events].reverse()])
        await bus.publish(batch);
      await eventually(() => {
        expect(deliveries).toBeGreaterThanOrEqual(120);
      });
      expect([...partitions.values()].map((met) => met.size)).toEqual(events.map(() => 1));
    });

    it('tells the sender to come back when too much is under way, and takes events again afterwards', async () => {
      const bus = await world.openBus({ pendingEventsMax: 2 });
      await readBranch(bus, 'stream', () => Promise.resolve());
      const first = bus.publish([anEvent(), anEvent()]);
      await expect(bus.publish([anEvent()])).rejects.toMatchObject({
        code: 'overloaded',
        status: 429,
        retryable: true,
        retryAfterSeconds: 1,
      });
      await first;
      await expect(bus.publish([anEvent(), anEvent(), anEvent()])).resolves.toBeDefined();
    });

    it('closes after what is in hand and refuses what comes later', async () => {
      const bus = await world.openBus();
      const gate = createGate();
      const inHand = createGate();
      let stored = 0;
      await readBranch(bus, 'stream', async (message) => {
        inHand.open();
        await gate.opened;
        stored += message.events.length;
      });
      const published = bus.publish([anEvent()]);
      await inHand.opened;
      const closed = bus.close().then(() => stored);
      await expect(bus.publish([anEvent()])).rejects.toMatchObject({
        code: 'shutting_down',
        status: 503,
        retryable: true,
      });
      gate.open();
      await published;
      expect(await closed).toBe(1);
    });
  });
}
