import { deadLettersQueue, eventsQueue, storeQueue } from '../../src/messaging/rabbitmq/topology.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { eventually } from '../../src/testkit/eventually.js';
import { shareBroker, type RabbitWorld, type SharedBroker } from './rabbit-world.js';

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

/** What the telemetry says of a queue; `undefined` where it says nothing. */
async function told(metric: 'queueMessages' | 'queueConsumers', queue: string): Promise<number | undefined> {
  const { values } = await world.telemetry[metric].get();
  return values.find(({ labels }) => labels.queue === queue)?.value;
}

describe('the telemetry of queues', () => {
  it('tells what waits in each of them and who reads, and forgets a queue that is gone', async () => {
    const bus = await world.openBus({ partitions: 1, branches: 'stream+batch', depthsIntervalMs: 50 });
    const queue = eventsQueue('stream', onlyPartition);
    await bus.publish([anEvent()]);
    await bus.publish([anEvent()]);
    await eventually(async () => {
      expect(await told('queueMessages', queue)).toBe(2);
    });
    expect(await told('queueConsumers', queue)).toBe(0);

    await bus.subscribe('stream', () => Promise.resolve({ store: () => Promise.resolve({ duplicates: 0 }) }));
    await eventually(async () => {
      expect(await told('queueMessages', queue)).toBe(0);
      expect(await told('queueConsumers', queue)).toBe(1);
    });

    const gone = storeQueue('batch', onlyPartition);
    await eventually(async () => {
      expect(await told('queueMessages', gone)).toBe(2);
    });
    await world.meddle((channel) => channel.deleteQueue(gone));
    await eventually(async () => {
      expect(await told('queueMessages', gone)).toBeUndefined();
    });
    // The queues behind it in the list are told of as before.
    const behind = deadLettersQueue('batch');
    await world.meddle(async (channel) => channel.sendToQueue(behind, Buffer.from('x')));
    await eventually(async () => {
      expect(await told('queueMessages', behind)).toBe(1);
    });
  });
});
