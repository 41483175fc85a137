import { join } from 'node:path';
import type { Config } from '../../platform/config.js';
import { AppError } from '../../platform/errors.js';
import { createClickHouse, type ClickHouse, type ClickHouseEngine } from './client.js';
import { openServerEngine } from './server-engine.js';
import type { ClickHouseReader } from './tenant-lock.js';

/** The longest time that a question of our own, such as the load of recent ids, or an insert may take. */
const ownWorkTimeoutMs = 120_000;

/** The ClickHouse that the configuration names: the server at `CLICKHOUSE_URL`, or the engine in `DATA_DIR/clickhouse`. */
export async function openClickHouse(config: Pick<Config, 'platform' | 'clickhouse'>): Promise<ClickHouse> {
  const { url, cluster, connections, queryTimeoutMs } = config.clickhouse;
  const engine =
    url === undefined
      ? await openEngineHere(join(config.platform.dataDir, 'clickhouse'), connections)
      : openServerEngine({
          url,
          connections,
          tls: config.clickhouse,
          requestTimeoutMs: Math.max(queryTimeoutMs, ownWorkTimeoutMs) + 5_000,
        });
  return createClickHouse(engine, {
    queryTimeoutMs,
    ...(url !== undefined && cluster !== undefined && { cluster }),
  });
}

/** Loaded where it is wanted only: an image that reaches servers has no native library of the engine. */
async function openEngineHere(path: string, connections: number): Promise<ClickHouseEngine> {
  const { openEmbeddedEngine } = await import('./embedded-engine.js');
  return openEmbeddedEngine({ path, connections });
}

/**
 * The server again, as the user of `CLICKHOUSE_READ_URL`, who is held to row policies; `undefined` where there is none.
 * Throws `AppError` `reader_not_apart` when it is the user who writes.
 */
export function openReadClickHouse(config: Pick<Config, 'clickhouse'>): ClickHouse | undefined {
  const { url, readUrl, connections, queryTimeoutMs } = config.clickhouse;
  if (url === undefined || readUrl === undefined) return undefined;
  if (findReader(config)?.name === decodeURIComponent(new URL(url).username)) {
    const reason = 'CLICKHOUSE_READ_URL must have another user than CLICKHOUSE_URL, one that only reads.';
    throw new AppError('reader_not_apart', reason, { status: 500 });
  }
  const requestTimeoutMs = queryTimeoutMs + 5_000;
  const engine = openServerEngine({
    url: readUrl,
    connections,
    requestTimeoutMs,
    tls: config.clickhouse,
  });
  return createClickHouse(engine, { queryTimeoutMs, hasRowPolicies: true });
}

/** The user of `CLICKHOUSE_READ_URL`. Throws `AppError` `row_policies_refused` on a cluster, which has none. */
export function findReader({ clickhouse }: Pick<Config, 'clickhouse'>): ClickHouseReader | undefined {
  if (clickhouse.url === undefined || clickhouse.readUrl === undefined) return undefined;
  if (clickhouse.cluster !== undefined) {
    const reason =
      'Row policies are not written on a cluster yet: leave CLICKHOUSE_READ_URL out where CLICKHOUSE_CLUSTER is set.';
    throw new AppError('row_policies_refused', reason, { status: 500 });
  }
  const { password, username } = new URL(clickhouse.readUrl);
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}
