import { connect, type ConfirmChannel, type Options } from 'amqplib';
import { pino } from 'pino';
import { startAmqpIntake } from '../../src/collector/amqp/start-amqp-intake.js';
import { createBodyBudget } from '../../src/collector/body-budget.js';
import { createIntake, type Intake } from '../../src/collector/intake.js';
import { defaultCollectorLimits } from '../../src/collector/limits.js';
import { createBrokerConnection } from '../../src/messaging/rabbitmq/broker-connection.js';
import { createDeadline } from '../../src/platform/deadline.js';
import { intakeExchange, intakeQueue } from '../../src/messaging/rabbitmq/topology.js';
import type { DeadLetter } from '../../src/platform/dead-letters.js';
import { noQuotas } from '../../src/platform/quotas.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { eventually } from '../../src/testkit/eventually.js';
import { startBroker, type TestBroker } from '../../src/testkit/rabbitmq-broker.js';

const acme = { id: 'acme', name: 'Acme', timeZone: 'UTC' };
const good = { specversion: '1.0', id: 'e-1', source: '/ide', type: 'com.example.thing', data: { a: 1 } };
const bad = { ...good, id: 'e-bad', type: 'ai.coditect.agent.tool.called.v1', data: { status: 'failed' } };
const structured = { contentType: 'application/cloudevents+json' };
const batch = { contentType: 'application/cloudevents-batch+json' };
const logger = pino({ level: 'silent' });

let broker: TestBroker;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  broker = await startBroker();
  for (const user of ['ingest-acme', 'ingest-ghost']) {
    // As the guide for operators says it.
    await broker.control('add_user', user, 'secret');
    await broker.control('set_permissions', user, '', '^coditect\\.intake\\.v1$', '');
  }
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

afterAll(async () => {
  await broker.close();
});

interface World {
  readonly published: string[];
  readonly letters: DeadLetter[];
  /** What the bus does before it takes a batch. */
  beforePublish: () => Promise<void>;
  close(): Promise<void>;
}

interface Setting {
  readonly url?: string;
  readonly prefetch?: number;
  readonly deliveryLimit?: number;
  readonly intake?: Intake;
  readonly limits?: { readonly bodiesBytesMax: number };
}

/** A collector as far as it reads AMQP, on a bus that remembers. */
async function startWorld(setting: Setting = {}): Promise<World> {
  const telemetry = createTelemetry({ defaultMetrics: false });
  const published: string[] = [];
  const letters: DeadLetter[] = [];
  const intake = createIntake({
    bus: {
      async publish(events) {
        await world.beforePublish();
        published.push(...events.map(({ tenantId, id }) => `${tenantId} ${id}`));
        return { duplicates: null };
      },
    },
    getUserSalt: () => Promise.resolve('pepper'),
    drawAcceptance: () => 1,
    now: Date.now,
    limits: defaultCollectorLimits,
    telemetry,
  });
  const connection = createBrokerConnection({ url: setting.url ?? broker.url, name: 'test', logger });
  closers.push(() => connection.close());
  const consumer = await startAmqpIntake({
    connection,
    queueLimits: { queueBytesMax: 100_000_000, deliveryLimit: setting.deliveryLimit ?? 2 },
    prefetch: setting.prefetch ?? 8,
    intake: setting.intake ?? intake,
    findTenant: (id) => Promise.resolve(id === acme.id ? acme : undefined),
    deadLetters: {
      add(letter) {
        letters.push(letter);
        return Promise.resolve();
      },
    },
    redactLetter: (letter) => Promise.resolve(letter),
    quotas: noQuotas,
    limits: defaultCollectorLimits,
    bodies: createBodyBudget(setting.limits ?? defaultCollectorLimits),
    logger,
    telemetry,
    retryDelayMs: 1,
  });
  const close = (): Promise<void> => consumer.close(createDeadline(10_000));
  closers.push(close);
  const world: World = { published, letters, beforePublish: () => Promise.resolve(), close };
  return world;
}

interface Producer {
  readonly channel: ConfirmChannel;
  /** Resolves when the broker has it. As the user of the connection, unless another name is given, or none. */
  publish(body: unknown, properties: Options.Publish, userId?: string | null): Promise<void>;
}

async function openProducer(user = 'ingest-acme'): Promise<Producer> {
  const connection = await connect(`amqp://${user}:secret@127.0.0.1:${broker.port}`);
  closers.push(() => connection.close());
  const channel = await connection.createConfirmChannel();
  return {
    channel,
    publish: (body, properties, userId = user) =>
      new Promise((resolve, reject) => {
        const content = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
        const options = {
          persistent: true,
          mandatory: true,
          ...(userId !== null && { userId }),
          ...properties,
        };
        channel.once('error', reject);
        channel.publish(intakeExchange, 'any.key', content, options, (error: unknown) => {
          if (error instanceof Error) reject(error);
          else resolve();
        });
      }),
  };
}

/** Of the queue, taken by somebody and not acknowledged. */
async function countInHand(): Promise<number> {
  const text = await broker.control('list_queues', 'name', 'messages_unacknowledged', 'messages');
  const row = text.split('\n').find((line) => line.startsWith(`${intakeQueue}\t`));
  const [, unacknowledged = '-1', all = '-1'] = row?.split('\t') ?? [];
  expect(unacknowledged).toBe(all);
  return Number(all);
}

describe('a producer that speaks AMQP', () => {
  it('sends structured and binary events and batches, for the tenant of its user', async () => {
    const world = await startWorld();
    const producer = await openProducer();
    await producer.publish(good, structured);
    await producer.publish(
      [
        { ...good, id: 'e-2' },
        { ...good, id: 'e-3' },
      ],
      batch,
    );
    await producer.publish(good.data, {
      contentType: 'application/json',
      headers: {
        'cloudEvents:specversion': '1.0',
        'cloudEvents:id': 'e-4',
        'cloudEvents:source': good.source,
        'cloudEvents:type': good.type,
      },
    });
    await eventually(() => {
      expect([...world.published].sort()).toEqual(['acme e-1', 'acme e-2', 'acme e-3', 'acme e-4']);
    });
    await eventually(async () => {
      expect(await countInHand()).toBe(0);
    });
    expect(world.letters).toEqual([]);
  });

  it('is refused by the broker under the name of another tenant', async () => {
    await startWorld();
    const producer = await openProducer();
    await expect(producer.publish(good, structured, 'ingest-globex')).rejects.toMatchObject({
      code: 406,
    });
  });

  it('may neither read nor change anything', async () => {
    await startWorld();
    for (const meddle of [
      (channel: ConfirmChannel) => channel.consume(intakeQueue, () => undefined),
      (channel: ConfirmChannel) => channel.assertQueue('mine'),
    ]) {
      const { channel } = await openProducer();
      channel.on('error', () => undefined);
      await expect(meddle(channel)).rejects.toMatchObject({ code: 403 });
    }
  });
});

describe('a message that can not be taken in becomes a dead letter', () => {
  it('for a bad event of a batch, with its reason, and its neighbours are stored', async () => {
    const world = await startWorld();
    const producer = await openProducer();
    await producer.publish([good, bad, { ...good, id: 'e-2' }], batch);
    await eventually(() => {
      expect(world.letters).toHaveLength(1);
    });
    expect(world.published).toEqual(['acme e-1', 'acme e-2']);
    expect(world.letters).toMatchObject([
      { origin: 'intake', code: 'field_missing', raw: { tenantId: 'acme', contentType: batch.contentType } },
    ]);
    expect(world.letters[0]?.reason).toContain('event 1 at /data/tool');
  });

  it.each([
    ['of a user without a tenant', 'ingest-ghost', undefined, 'tenant_unknown'],
    ['without its user', 'ingest-acme', null, 'user_missing'],
    ['that is not JSON', 'ingest-acme', undefined, 'body_not_json'],
  ])('%s', async (_name, user, userId, code) => {
    const world = await startWorld();
    const producer = await openProducer(user);
    await producer.publish('{"id":', structured, userId);
    await eventually(() => {
      expect(world.letters).toMatchObject([{ code, attempts: 1 }]);
    });
    expect(world.published).toEqual([]);
    await eventually(async () => {
      expect(await countInHand()).toBe(0);
    });
  });

  it('when it fails in a way that nobody foresaw, after the delivery limit', async () => {
    const world = await startWorld({
      intake: { accept: () => Promise.reject(new Error('a defect')) },
    });
    const producer = await openProducer();
    await producer.publish(good, structured);
    await eventually(() => {
      expect(world.letters).toMatchObject([
        { code: 'delivery_limit', attempts: 3, raw: { tenantId: 'acme' } },
      ]);
    });
  });
});

describe('a message is acknowledged only when it is safe', () => {
  it('and is taken again for as long as the bus is away', async () => {
    const world = await startWorld();
    let failures = 0;
    world.beforePublish = () => {
      failures += 1;
      return failures <= 5 ? Promise.reject(new Error('away')) : Promise.resolve();
    };
    const producer = await openProducer();
    await producer.publish(good, structured);
    await eventually(() => {
      expect(world.published).toEqual(['acme e-1']);
    });
    // More often than the delivery limit: waiting for the bus is not the message's fault.
    expect(failures).toBe(6);
    expect(world.letters).toEqual([]);
  });

  it('and goes to another collector when this one stops before', async () => {
    const first = await startWorld();
    first.beforePublish = () => Promise.reject(new Error('away'));
    const producer = await openProducer();
    await producer.publish(good, structured);
    await eventually(async () => {
      expect(await countInHand()).toBe(1);
    });
    const second = await startWorld();
    await first.close();
    await eventually(() => {
      expect(second.published).toEqual(['acme e-1']);
    });
  });

  it('also across a connection that is lost', async () => {
    const world = await startWorld();
    await broker.control('close_all_connections', 'test');
    const producer = await openProducer();
    await producer.publish(good, structured);
    await eventually(() => {
      expect(world.published).toContain('acme e-1');
    });
  });
});

describe('several collectors', () => {
  it('share the queue, each with no more in hand than its prefetch', async () => {
    const worlds = [await startWorld({ prefetch: 1 }), await startWorld({ prefetch: 1 })];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const begun = [0, 0];
    worlds.forEach((world, index) => {
      world.beforePublish = async () => {
        begun[index] = (begun[index] ?? 0) + 1;
        await held;
      };
    });
    const producer = await openProducer();
    for (const id of ['1', '2', '3', '4']) await producer.publish({ ...good, id }, structured);
    await eventually(() => {
      expect(begun).toEqual([1, 1]);
    });
    release();
    await eventually(() => {
      expect(worlds.flatMap(({ published }) => published).sort()).toEqual([
        'acme 1',
        'acme 2',
        'acme 3',
        'acme 4',
      ]);
    });
  });
});

it('takes messages one after the other when their bodies together are over the budget, and loses none', async () => {
  const world = await startWorld({ limits: { bodiesBytesMax: 10 } });
  let inHand = 0;
  let most = 0;
  world.beforePublish = async () => {
    inHand += 1;
    most = Math.max(most, inHand);
    await Promise.resolve();
    inHand -= 1;
  };
  const producer = await openProducer();
  const ids = Array.from({ length: 20 }, (_, index) => `${index}`);
  await Promise.all(ids.map((id) => producer.publish({ ...good, id }, structured)));
  await eventually(() => {
    expect([...world.published].sort()).toEqual(ids.map((id) => `acme ${id}`).sort());
  });
  expect(most).toBe(1);
  expect(world.letters).toEqual([]);
});

it('does not start on a queue that was declared otherwise', async () => {
  const url = await broker.createVhost('other');
  await startWorld({ url, deliveryLimit: 5 });
  await expect(startWorld({ url, deliveryLimit: 6 })).rejects.toMatchObject({ code: 'topology_differs' });
});

it('does not wait for ever at its start for a broker that went away after it was connected', async () => {
  const connection = createBrokerConnection({ url: broker.url, name: 'test', logger });
  closers.push(() => connection.close());
  await connection.waitUntilConnected(60_000);
  const options = {
    connection,
    queueLimits: { queueBytesMax: 100_000_000, deliveryLimit: 2 },
    prefetch: 8,
    intake: { accept: () => Promise.reject(new Error('nothing comes')) },
    findTenant: () => Promise.resolve(acme),
    deadLetters: { add: () => Promise.resolve() },
    redactLetter: (letter: DeadLetter) => Promise.resolve(letter),
    quotas: noQuotas,
    limits: defaultCollectorLimits,
    bodies: createBodyBudget(defaultCollectorLimits),
    logger,
    telemetry: createTelemetry({ defaultMetrics: false }),
  };
  broker.pause();
  try {
    await expect(startAmqpIntake({ ...options, declareTimeoutMs: 100 })).rejects.toMatchObject({
      code: 'bus_unavailable',
      status: 503,
      retryable: true,
    });
  } finally {
    broker.resume();
  }
  const consumer = await startAmqpIntake(options);
  await consumer.close(createDeadline(10_000));
});
