// The server form on this machine: a broker, the stores and one process per role, in a folder of their own.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { backend, createTenantIn, makeFolder, residentMiB, root } from './instance.mjs';

/** The broker's client is a dependency of the backend, not of the repository. */
const requireOfBackend = createRequire(path.join(root, 'backend/package.json'));

/** Starts everything with `partitions`, as many processors, one collector. `close` ends it and removes the folder. */
export async function startServerForm({ partitions, processors = 1 }) {
  const closers = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return { ...(await startAll({ partitions, processors }, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startAll({ partitions, processors }, closers) {
  const { startBroker } = backend('testkit/rabbitmq-broker.js');
  const { findFreePort } = backend('testkit/free-port.js');
  const { createRole, createStores, clickHouseUrl, databaseUrl } = backend('testkit/faults/wiring.js');
  const folder = makeFolder('server');
  closers.push(() => fs.rmSync(folder, { recursive: true, force: true }));
  const broker = await startBroker();
  closers.push(() => broker.close());
  const address = { clickHousePort: await findFreePort(), postgresPort: await findFreePort() };
  const stores = createStores(folder, address);
  closers.push(() => stores.kill());
  await stores.start();
  const urls = {
    clickHouseUrl: clickHouseUrl(address.clickHousePort),
    databaseUrl: databaseUrl(address.postgresPort),
  };
  const surroundings = { folder, brokerUrl: () => broker.url, ...urls };
  // One tenant sends all there is.
  const env = { BUS_PARTITIONS: String(partitions), LIMIT_EVENTS_PER_SECOND: '0' };
  const start = async (role, number) => {
    const child = await createRole(surroundings, role, number, env);
    closers.push(() => child.stop());
    await child.start();
    return child;
  };
  const { tenant, key } = await createTenantIn({ DATABASE_URL: urls.databaseUrl });
  const readers = [];
  for (let number = 1; number <= processors; number += 1)
    readers.push(await start('stream-processor', number));
  const metrics = await start('metrics-service', 1);
  const collector = await start('collector', 1);
  const queues = await openQueues(broker.url, partitions);
  closers.push(() => queues.close());
  const clickHouse = openClickHouse(urls.clickHouseUrl);
  closers.push(() => clickHouse.close());
  return {
    tenant,
    key,
    collectorUrl: collector.url,
    metricsUrl: metrics.url,
    processorUrls: readers.map((child) => child.url),
    countStored: () => countStored(clickHouse),
    countWaiting: () => queues.count(),
    memory: () => ({
      broker: residentMiB(broker.pid),
      stores: residentMiB(stores.pid),
      collector: residentMiB(collector.pid),
      'stream-processor': Math.max(...readers.map((child) => residentMiB(child.pid))),
    }),
  };
}

function openClickHouse(url) {
  const { openServerEngine } = backend('storage/clickhouse/server-engine.js');
  const { createClickHouse } = backend('storage/clickhouse/client.js');
  const engine = openServerEngine({ url, connections: 1, requestTimeoutMs: 60_000 });
  return createClickHouse(engine, { queryTimeoutMs: 30_000 });
}

async function countStored(clickHouse) {
  const row = { parse: ({ stored }) => stored };
  const sql = 'SELECT count() AS stored FROM events_raw_v1';
  const [stored] = await clickHouse.query({ name: 'bench-stored', sql, row });
  return stored;
}

/** Messages that wait in all queues of all partitions; those in the hands of a processor are not among them. */
async function openQueues(url, partitions) {
  const { connect } = requireOfBackend('amqplib');
  const { eventsQueue, insertsQueue, partitionsOf } = backend('messaging/rabbitmq/topology.js');
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const names = partitionsOf(partitions).flatMap((partition) => [
    eventsQueue('stream', partition),
    insertsQueue(partition),
  ]);
  return {
    async count() {
      let waiting = 0;
      for (const name of names) waiting += (await channel.checkQueue(name)).messageCount;
      return waiting;
    },
    close: () => connection.close(),
  };
}
