import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { pino } from 'pino';
import type { Branch } from '../../src/messaging/event-bus.js';
import { createBrokerConnection } from '../../src/messaging/rabbitmq/broker-connection.js';
import { consumeIntake } from '../../src/messaging/rabbitmq/intake-consumer.js';
import type { RabbitBus } from '../../src/messaging/rabbitmq/rabbit-bus.js';
import { createDeadline } from '../../src/platform/deadline.js';
import { AppError } from '../../src/platform/errors.js';
import { createLifecycle, type Lifecycle } from '../../src/platform/lifecycle.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { readBranch } from '../../src/testkit/event-bus-suite.js';
import { eventually } from '../../src/testkit/eventually.js';
import { openTcpProxy, type TcpProxy } from '../../src/testkit/faults/tcp-proxy.js';
import { shareBroker, type RabbitWorld, type SharedBroker } from './rabbit-world.js';

const logger = pino({ level: 'silent' });

let shared: SharedBroker;
let world: RabbitWorld;
/** The only way to the broker for what is to be stopped. */
let wire: TcpProxy;

beforeAll(async () => {
  shared = await shareBroker();
});
afterAll(() => shared.close());
beforeEach(async () => {
  world = await shared.openWorld();
  wire = await openTcpProxy({ port: shared.broker.port });
});
afterEach(async () => {
  await wire.close();
  await world.close();
});

/** As a process that is told to stop. What does not end in time is named. */
const openLifecycle = (): Lifecycle => createLifecycle({ logger, closeTimeoutMs: 5_000 });

const never = new Promise<never>(() => undefined);
const branches = 'stream+batch';

function openBusOnWire(): Promise<RabbitBus> {
  const url = new URL(world.url);
  url.port = String(wire.port);
  // It looks around all the time, so that it waits for an answer when it is told to stop.
  return world.openBus({ url: url.href, branches, balanceIntervalMs: 10 });
}

async function publishSome(bus: RabbitBus): Promise<readonly string[]> {
  const events = Array.from({ length: 20 }, () => anEvent());
  for (const event of events) await bus.publish([event]);
  return events.map(({ eventId }) => eventId);
}

describe('stopping while the broker is silent', () => {
  it.each<Branch>(['stream', 'batch'])(
    'ends in time with messages of the branch %s in hand, which come again',
    async (branch) => {
      const bus = await openBusOnWire();
      const inHand: string[] = [];
      await readBranch(bus, branch, async ({ id }) => {
        inHand.push(id);
        await never;
      });
      const published = await publishSome(bus);
      await eventually(() => {
        expect(inHand.length).toBeGreaterThan(1);
      });
      wire.stall();
      const lifecycle = openLifecycle();
      lifecycle.onClose('event bus', (deadline) => bus.close(deadline));
      expect(await lifecycle.close()).toEqual([]);

      wire.restore();
      const successor = await world.openBus({ branches });
      const stored = new Set<string>();
      const storedIds = new Set<string>();
      await readBranch(successor, branch, async ({ id, events }) => {
        storedIds.add(id);
        for (const { eventId } of events) stored.add(eventId);
      });
      await eventually(() => {
        expect(published.filter((id) => !stored.has(id))).toEqual([]);
        expect(inHand.filter((id) => !storedIds.has(id))).toEqual([]);
      });
    },
  );

  it('ends in time with a batch that is not confirmed, which was not accepted', async () => {
    const bus = await openBusOnWire();
    wire.stall();
    const outcome = bus.publish([anEvent()]).then(
      () => 'accepted',
      (error: unknown) => (error instanceof AppError ? error.code : error),
    );
    const lifecycle = openLifecycle();
    lifecycle.onClose('event bus', (deadline) => bus.close(deadline));
    expect(await lifecycle.close()).toEqual([]);
    expect(await outcome).toBe('bus_unavailable');
  });

  it('ends in time with a message of an AMQP producer in hand, which comes again', async () => {
    const bus = await openBusOnWire();
    const taken: string[] = [];
    const options = {
      limits: { queueBytesMax: 100_000_000, deliveryLimit: 20 },
      prefetch: 8,
      putAside: () => Promise.resolve(),
      logger,
      telemetry: world.telemetry,
    };
    const door = await consumeIntake({
      ...options,
      connection: bus.connections.consume,
      async take({ messageId }) {
        taken.push(messageId ?? '');
        await never;
      },
    });
    await world.meddle(async (channel) => {
      channel.publish('coditect.intake.v1', 'any', Buffer.from('{}'), { messageId: 'of a producer' });
    });
    await eventually(() => {
      expect(taken).toEqual(['of a producer']);
    });
    wire.stall();
    const lifecycle = openLifecycle();
    lifecycle.onClose('event bus', (deadline) => bus.close(deadline));
    lifecycle.onClose('amqp intake', (deadline) => door.close(deadline));
    expect(await lifecycle.close()).toEqual([]);

    wire.restore();
    const successor = await world.openBus({ branches });
    const comeAgain: string[] = [];
    const other = await consumeIntake({
      ...options,
      connection: successor.connections.consume,
      async take({ messageId }) {
        comeAgain.push(messageId ?? '');
      },
    });
    await eventually(() => {
      expect(comeAgain).toEqual(['of a producer']);
    });
    await other.close(createDeadline(5_000));
  });

  it('cuts a connection that is being made', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const connection = createBrokerConnection({
      url: `amqp://127.0.0.1:${address.port}`,
      name: 'test',
      logger,
    });
    await eventually(() => {
      expect(sockets).toHaveLength(1);
    });
    const ends = sockets.map((socket) => once(socket.resume(), 'close'));
    await connection.close();
    await Promise.all(ends);
    server.close();
    await once(server, 'close');
    expect(sockets).toHaveLength(1);
    // The client alone gives up after ten seconds.
  }, 8_000);
});
