import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClickHouse, type ClickHouse } from '../../storage/clickhouse/client.js';
import { openServerEngine } from '../../storage/clickhouse/server-engine.js';
import { findFreePort } from '../free-port.js';
import { startBroker, type TestBroker } from '../rabbitmq-broker.js';
import type { Child } from './child-process.js';
import { clickHouseUrl, createStores, type StoresAddress } from './wiring.js';

/** A broker and the stores as servers, in a folder of their own. */
export interface Servers {
  readonly folder: string;
  readonly broker: TestBroker;
  readonly address: StoresAddress;
  readonly stores: Child;
  readonly clickHouse: ClickHouse;
}

/** What is opened puts its closer among `closers`, which run in reverse. */
export async function startServers(
  name: string,
  say: (text: string) => void,
  closers: (() => Promise<unknown>)[],
): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), `coditect-${name}-`));
  closers.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  say(`processes write to ${folder}`);
  await mkdir(join(folder, 'broker'));
  const broker = await startBroker({ folder: join(folder, 'broker') });
  closers.push(() => broker.close());
  const address = { clickHousePort: await findFreePort(), postgresPort: await findFreePort() };
  const url = clickHouseUrl(address.clickHousePort);
  const engine = openServerEngine({ url, connections: 2, requestTimeoutMs: 120_000 });
  const clickHouse = createClickHouse(engine, { queryTimeoutMs: 60_000 });
  closers.push(() => clickHouse.close());
  const stores = createStores(folder, address);
  closers.push(() => stores.kill());
  await stores.start();
  return { folder, broker, address, stores, clickHouse };
}
