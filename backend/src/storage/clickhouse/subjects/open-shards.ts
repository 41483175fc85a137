import { z } from 'zod';
import type { Config } from '../../../platform/config.js';
import { AppError } from '../../../platform/errors.js';
import { createClickHouse, type ClickHouse } from '../client.js';
import { openServerEngine } from '../server-engine.js';
import { onOneServer, type OpenShards, type Shards } from './shards.js';

/** A mutation of everything that there is of a tenant is waited for. */
const requestTimeoutMs = 3_600_000;

const placeRow = z.object({ shard: z.number(), replica: z.number() });
const hostRow = placeRow.extend({ host: z.string() });

interface Server {
  readonly host: string;
  readonly clickHouse: ClickHouse;
}

export interface ClusterServers {
  /** Any server of the cluster. */
  readonly clickHouse: ClickHouse;
  readonly cluster: string;
  /** Names of all servers as this process reaches them; `undefined` where those of the cluster do. */
  readonly hosts: readonly string[] | undefined;
  /** One server and no other, which keeps statements to itself. */
  openServer(host: string): ClickHouse;
}

/** The servers behind `clickHouse`, which knows one of them, or is the only one. */
export function findShards(config: Config, clickHouse: ClickHouse): OpenShards {
  const { cluster, connections, queryTimeoutMs, servers, url } = config.clickhouse;
  if (url === undefined || cluster === undefined) return onOneServer(clickHouse);
  const openServer = (host: string): ClickHouse => {
    const address = new URL(url);
    address.host = host;
    const tls = config.clickhouse;
    const engine = openServerEngine({ url: address.href, connections, requestTimeoutMs, tls });
    return createClickHouse(engine, { queryTimeoutMs });
  };
  return openShards({ clickHouse, cluster, hosts: servers, openServer });
}

/**
 * Each server of the cluster on its own: what is about people is in tables in memory and in tables beside the tables, which
 * statements for the whole cluster don't reach. Every server says which one it is. Rejects with `AppError` 503
 * `cluster_incomplete` where one does not answer, or another one answers in its place.
 */
export function openShards({ clickHouse, cluster, hosts, openServer }: ClusterServers): OpenShards {
  return async () => {
    const places = await clickHouse.query({
      name: 'cluster-places',
      sql: `SELECT shard_num AS shard, replica_num AS replica, host_name AS host FROM system.clusters
        WHERE cluster = {cluster:String} ORDER BY shard, replica`,
      params: { cluster },
      row: hostRow,
    });
    if (places.length === 0) throw createIncomplete(`There is no cluster ${cluster} in system.clusters.`);
    const named = hosts ?? places.map(({ host }) => host);
    const servers = named.map((host) => ({ host, clickHouse: openServer(host) }));
    const close = async (): Promise<void> => {
      await Promise.all(servers.map((server) => server.clickHouse.close()));
    };
    try {
      const byPlace = new Map<string, Server>();
      for (const server of servers) byPlace.set(await askPlace(server, cluster), server);
      return { shards: arrange(places, byPlace), close };
    } catch (error) {
      await close();
      throw error;
    }
  };
}

function placeOf({ replica, shard }: z.infer<typeof placeRow>): string {
  return `${shard}/${replica}`;
}

async function askPlace({ clickHouse, host }: Server, cluster: string): Promise<string> {
  const [place] = await clickHouse
    .query({
      name: 'cluster-own-place',
      sql: `SELECT shard_num AS shard, replica_num AS replica FROM system.clusters
        WHERE cluster = {cluster:String} AND is_local`,
      params: { cluster },
      row: placeRow,
      isAwaited: true,
    })
    .catch((cause: unknown) => {
      throw createIncomplete(`The server ${host} of the cluster ${cluster} does not answer.`, cause);
    });
  if (place === undefined) throw createIncomplete(`${host} is no server of the cluster ${cluster}.`);
  return placeOf(place);
}

function arrange(places: readonly z.infer<typeof hostRow>[], byPlace: ReadonlyMap<string, Server>): Shards {
  const shards = new Map<number, [ClickHouse, ...ClickHouse[]]>();
  for (const place of places) {
    const server = byPlace.get(placeOf(place));
    if (server === undefined)
      throw createIncomplete(`Nothing leads to the replica ${place.replica} of the shard ${place.shard}.`);
    const replicas = shards.get(place.shard);
    if (replicas === undefined) shards.set(place.shard, [server.clickHouse]);
    else replicas.push(server.clickHouse);
  }
  return [...shards.values()];
}

function createIncomplete(reason: string, cause?: unknown): AppError {
  return new AppError('cluster_incomplete', reason, { status: 503, retryable: true, cause });
}
