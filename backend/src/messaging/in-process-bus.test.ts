import { anEvent } from '../testkit/an-event.js';
import { createGate, describeEventBus, readBranch } from '../testkit/event-bus-suite.js';
import type { EventBus } from './event-bus.js';
import { createInProcessBus } from './in-process-bus.js';

describeEventBus('in-process bus', async () => {
  const opened: EventBus[] = [];
  return {
    async openBus({ pendingEventsMax = 1_000 } = {}) {
      const bus = createInProcessBus({ pendingEventsMax });
      opened.push(bus);
      return bus;
    },
    async close() {
      await Promise.all(opened.map((bus) => bus.close()));
    },
  };
});

describe('in-process bus', () => {
  it('resolves a publish only when every branch has stored the batch', async () => {
    const bus = createInProcessBus({ pendingEventsMax: 100 });
    const slow = createGate();
    await bus.subscribe('stream', async () => ({ store: async () => ({ duplicates: 1 }) }));
    await readBranch(bus, 'batch', () => slow.opened);
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
    await readBranch(bus, 'stream', () => Promise.resolve());
    await readBranch(bus, 'batch', () => Promise.reject(new Error('disk full')));
    await expect(bus.publish([anEvent()])).rejects.toThrow('disk full');
  });
});
