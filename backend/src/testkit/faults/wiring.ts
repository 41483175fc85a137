import { join } from 'node:path';
import type { TestBroker } from '../rabbitmq-broker.js';
import { createChild, isReadyAt, type Child } from './child-process.js';
import { findFreePort } from '../free-port.js';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.js';

/** The wires on which roles reach what they stand on. Each can be cut. */
export type Wires = Readonly<
  Record<
    'brokerOfCollectors' | 'brokerOfProcessors' | 'clickHouse' | 'clickHouseOfOne' | 'database',
    TcpProxy
  >
>;

export interface StoresAddress {
  readonly clickHousePort: number;
  readonly postgresPort: number;
}

export async function openWires(broker: TestBroker, stores: StoresAddress): Promise<Wires> {
  const clickHouse = await openTcpProxy({ port: stores.clickHousePort });
  return {
    brokerOfCollectors: await openTcpProxy({ port: broker.port }),
    brokerOfProcessors: await openTcpProxy({ port: broker.port }),
    clickHouse,
    // In front of the other, so that what happens to all happens to this one.
    clickHouseOfOne: await openTcpProxy(clickHouse),
    database: await openTcpProxy({ port: stores.postgresPort }),
  };
}

export function clickHouseUrl(port: number): string {
  return `http://default:@127.0.0.1:${port}/default`;
}

export function databaseUrl(port: number): string {
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

/** Short, so that a frozen process loses its partitions soon; the same for a connection that is gone in silence. */
const heartbeatSeconds = 2;

function urlThrough(broker: TestBroker, wire: TcpProxy): string {
  const url = new URL(broker.url);
  url.port = String(wire.port);
  url.searchParams.set('heartbeat', String(heartbeatSeconds));
  return url.href;
}

/** What roles are told of their surroundings. */
export interface RoleSurroundings {
  readonly folder: string;
  readonly brokerUrl: (role: Role) => string;
  readonly clickHouseUrl: string;
  readonly databaseUrl: string;
  /** Of another version, which goes before the names of its processes. */
  readonly version?: { readonly name: string; readonly distFolder: string };
}

/** Each role reaches everything by a wire. */
export function surroundBy(wires: Wires, broker: TestBroker, folder: string): RoleSurroundings {
  return {
    folder,
    brokerUrl: (role) =>
      urlThrough(broker, role === 'collector' ? wires.brokerOfCollectors : wires.brokerOfProcessors),
    clickHouseUrl: clickHouseUrl(wires.clickHouse.port),
    databaseUrl: databaseUrl(wires.database.port),
  };
}

export type Role = 'collector' | 'stream-processor' | 'batch-processor' | 'metrics-service';

const portVariables = {
  collector: 'COLLECTOR_PORT',
  'stream-processor': 'STREAM_PROCESSOR_PORT',
  'batch-processor': 'BATCH_PROCESSOR_PORT',
  'metrics-service': 'METRICS_PORT',
} as const satisfies Record<Role, string>;

/** A role in a process of its own, which keeps its port when it is started again. */
export async function createRole(
  surroundings: RoleSurroundings,
  role: Role,
  number: number,
  env: Readonly<Record<string, string>>,
): Promise<Child> {
  const { folder, version } = surroundings;
  const name = `${version === undefined ? '' : `${version.name}-`}${role}-${number}`;
  const port = await findFreePort();
  return createChild({
    name,
    url: `http://127.0.0.1:${port}`,
    args: ['cli.js', 'run', role],
    ...(version !== undefined && { distFolder: version.distFolder }),
    env: {
      RABBITMQ_URL: surroundings.brokerUrl(role),
      // Reconciliation would look at each of the load's days all the time: every number is compared here.
      ...(role !== 'batch-processor' && { CLICKHOUSE_URL: surroundings.clickHouseUrl }),
      DATABASE_URL: surroundings.databaseUrl,
      DATA_DIR: join(folder, name),
      SIMULATOR: 'off',
      // One tenant sends all there is.
      LIMIT_EVENTS_PER_SECOND: '0',
      LOG_LEVEL: 'warn',
      ADMIN_PORT: '0',
      ...env,
      [portVariables[role]]: String(port),
    },
    logFile: join(folder, `${name}.log`),
    isReady: () => isReadyAt(port),
  });
}

/** `npm run stores` as a process. */
export function createStores(folder: string, { clickHousePort, postgresPort }: StoresAddress): Child {
  return createChild({
    name: 'stores',
    url: clickHouseUrl(clickHousePort),
    args: ['stores.js'],
    env: {
      DATA_DIR: join(folder, 'stores'),
      STORES_CLICKHOUSE_PORT: String(clickHousePort),
      STORES_POSTGRES_PORT: String(postgresPort),
      UV_THREADPOOL_SIZE: '16',
      LOG_LEVEL: 'warn',
    },
    logFile: join(folder, 'stores.log'),
    isReady: () => areStoresReady(clickHousePort),
  });
}

async function areStoresReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/ping`, { signal: AbortSignal.timeout(2_000) });
  await answer.body?.cancel();
  return answer.ok;
}
