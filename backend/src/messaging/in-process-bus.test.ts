import { anEvent } from '../testkit/an-event.js';
import type { EventBus, Message } from './event-bus.js';
import { createInProcessBus } from './in-process-bus.js';

function createGate(): { readonly opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

type Store = (message: Message) => Promise<{ duplicates: number }>;
const read = (bus: EventBus, branch: 'stream' | 'batch', store: Store): Promise<void> =>
  bus.subscribe(branch, () => Promise.resolve({ store }));

describe('in-process bus', () => {
  it('resolves a publish only when every branch has stored the batch', async () => {
    const bus = createInProcessBus({ pendingEventsMax: 100 });
    const slow = createGate();
    await read(bus, 'stream', () => Promise.resolve({ duplicates: 1 }));
    await read(bus, 'batch', async () => {
      await slow.opened;
      return { duplicates: 0 };
    });
    let isSafe = false;
    const published = bus.publish([anEvent()]).then((receipt) => {
      isSafe = true;
      return receipt;
    });
    await new Promise(setImmediate);
    expect(isSafe).toBe(false);
    slow.open();
    expect(await published).toEqual({ duplicates: 1 });
  });

  it('rejects when one branch could not store the batch', async () => {
    const bus = createInProcessBus({ pendingEventsMax: 100 });
    await read(bus, 'stream', () => Promise.resolve({ duplicates: 0 }));
    await read(bus, 'batch', () => Promise.reject(new Error('disk full')));
    await expect(bus.publish([anEvent()])).rejects.toThrow('disk full');
  });

  it('tells the sender to come back when too much is under way, and takes events again afterwards', async () => {
    const bus = createInProcessBus({ pendingEventsMax: 2 });
    const gate = createGate();
    await read(bus, 'stream', async () => {
      await gate.opened;
      return { duplicates: 0 };
    });
    const first = bus.publish([anEvent(), anEvent()]);
    await expect(bus.publish([anEvent()])).rejects.toMatchObject({
      code: 'overloaded',
      status: 429,
      retryable: true,
      retryAfterSeconds: 1,
    });
    gate.open();
    await first;
    await expect(bus.publish([anEvent()])).resolves.toEqual({ duplicates: 0 });
  });

  it('replays a message under its own id to the branch that is named, and to no other', async () => {
    const bus = createInProcessBus({ pendingEventsMax: 10 });
    const seen: string[] = [];
    for (const branch of ['stream', 'batch'] as const) {
      await read(bus, branch, (message) => {
        seen.push(`${branch} ${message.id}`);
        return Promise.resolve({ duplicates: 0 });
      });
    }
    await bus.replay('batch', { id: 'the-message', events: [anEvent()] });
    expect(seen).toEqual(['batch the-message']);
  });

  it('closes after what is under way and refuses what comes later', async () => {
    const bus = createInProcessBus({ pendingEventsMax: 10 });
    const gate = createGate();
    let stored = 0;
    await read(bus, 'stream', async (message) => {
      await gate.opened;
      stored += message.events.length;
      return { duplicates: 0 };
    });
    const published = bus.publish([anEvent()]);
    const closed = bus.close().then(() => stored);
    await expect(bus.publish([anEvent()])).rejects.toMatchObject({ code: 'shutting_down', status: 503 });
    gate.open();
    await published;
    expect(await closed).toBe(1);
  });
});
