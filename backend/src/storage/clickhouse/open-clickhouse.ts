import { join } from 'node:path';
import type { Config } from '../../platform/config.js';
import { createClickHouse, type ClickHouse } from './client.js';
import { openEmbeddedEngine } from './embedded-engine.js';
import { openServerEngine } from './server-engine.js';

/** The ClickHouse that the configuration names: the server at `CLICKHOUSE_URL`, or the engine in `DATA_DIR/clickhouse`. */
export function openClickHouse(config: Pick<Config, 'platform' | 'clickhouse'>): ClickHouse {
  const { url, connections, queryTimeoutMs } = config.clickhouse;
  const engine =
    url === undefined
      ? openEmbeddedEngine({ path: join(config.platform.dataDir, 'clickhouse'), connections })
      : openServerEngine({ url, connections, requestTimeoutMs: queryTimeoutMs + 5_000 });
  return createClickHouse(engine, { queryTimeoutMs });
}
