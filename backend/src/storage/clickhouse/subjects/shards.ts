import type { ClickHouse } from '../client.js';

/** The servers that have rows: shards with other rows each, and of each shard the replicas, all with the same rows. */
export type Shards = readonly (readonly [ClickHouse, ...ClickHouse[]])[];

export interface OpenedShards {
  readonly shards: Shards;
  close(): Promise<void>;
}

/** Rejects where not every server of the cluster is there. */
export type OpenShards = () => Promise<OpenedShards>;

/** One server, which stays open. */
export function onOneServer(clickHouse: ClickHouse): OpenShards {
  return () => Promise.resolve({ shards: [[clickHouse]], close: () => Promise.resolve() });
}
