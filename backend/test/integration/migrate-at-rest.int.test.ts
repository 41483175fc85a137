import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { declareTopology, insertsQueue, membersQueue } from '../../src/messaging/rabbitmq/topology.js';
import { parseConfig } from '../../src/platform/config.js';
import { requireProcessorsAtRest } from '../../src/processors-at-rest.js';
import { migrate, readMigrations } from '../../src/storage/clickhouse/migrate.js';
import { openTestClickHouse } from '../../src/testkit/embedded-clickhouse.js';
import { startBroker, type TestBroker } from '../../src/testkit/rabbitmq-broker.js';

jest.setTimeout(120_000);
const partitions = 2;
const names = ['0009_create_duplicates.sql'];
let broker: TestBroker;
let dataDir: string;

beforeAll(async () => {
  broker = await startBroker();
  dataDir = await mkdtemp(join(tmpdir(), 'coditect-at-rest-'));
});

afterAll(async () => {
  await broker.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Runs the work while somebody reads the queue. */
async function whileRead<T>(queue: string, work: () => Promise<T>): Promise<T> {
  const connection = await connect(broker.url);
  try {
    const channel = await connection.createConfirmChannel();
    await declareTopology(channel, {
      partitions,
      branches: ['stream'],
      queueBytesMax: 10_000_000,
      deliveryLimit: 20,
    });
    await channel.assertQueue(membersQueue('stream'), { durable: true });
    await channel.consume(queue, () => undefined);
    return await work();
  } finally {
    await connection.close();
  }
}

describe('a migration that is not safe beside processors', () => {
  it('is refused while one reads any queue of the stream, and applied when none does', async () => {
    const config = parseConfig({ DATA_DIR: dataDir, RABBITMQ_URL: broker.url });
    // Nobody has ever sent anything: there is no number of partitions, and then no queue.
    await expect(requireProcessorsAtRest(config, undefined, names)).resolves.toBeUndefined();
    const check = (): Promise<void> => requireProcessorsAtRest(config, String(partitions), names);
    await expect(check()).resolves.toBeUndefined();
    for (const queue of [membersQueue('stream'), insertsQueue({ index: 1, count: partitions })])
      await expect(whileRead(queue, check)).rejects.toMatchObject({ code: 'processors_running' });
    await expect(check()).resolves.toBeUndefined();
    const gone = parseConfig({ DATA_DIR: dataDir, RABBITMQ_URL: 'amqp://127.0.0.1:1' });
    await expect(requireProcessorsAtRest(gone, String(partitions), names)).rejects.toThrow();
  });

  it('leaves the tables as they were when it is refused', async () => {
    const test = await openTestClickHouse();
    try {
      const [last = 0] = readMigrations()
        .map(({ number }) => number)
        .slice(-1);
      const next = (needsRest: boolean): Parameters<typeof migrate>[2] => ({
        migrations: [
          {
            number: last + 1,
            name: 'next.sql',
            checksum: '1',
            statements: ['CREATE TABLE IF NOT EXISTS next_v1 (a UInt8) ENGINE = MergeTree ORDER BY a'],
            needsRest,
          },
        ],
        requireRest: (refused) => Promise.reject(new Error(`refused: ${refused.join()}`)),
      });
      const apply = (needsRest: boolean): Promise<readonly string[]> =>
        migrate(test.clickHouse, (work) => work(), next(needsRest));
      await expect(apply(true)).rejects.toThrow('refused: next.sql');
      await expect(test.clickHouse.command('SELECT a FROM next_v1 FORMAT Null')).rejects.toThrow('next_v1');
      await expect(apply(false)).resolves.toEqual(['next.sql']);
    } finally {
      await test.close();
    }
  });

  it('is one that drops a view, and is not asked for where there is nothing yet', () => {
    const restless = readMigrations().filter(({ needsRest }) => needsRest);
    expect(restless.map(({ name }) => name)).toEqual(['0004_add_message_key.sql', ...names]);
  });
});
