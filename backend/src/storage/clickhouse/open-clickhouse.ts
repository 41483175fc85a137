import { join } from 'node:path';
import type { Config } from '../../platform/config.js';
import { createClickHouse, type ClickHouse } from './client.js';
import { openEmbeddedEngine } from './embedded-engine.js';
import { openServerEngine } from './server-engine.js';

/** The longest time that a question of our own, such as the load of recent ids, or an insert may take. */
const ownWorkTimeoutMs = 120_000;

/** The ClickHouse that the configuration names: the server at `CLICKHOUSE_URL`, or the engine in `DATA_DIR/clickhouse`. */
export function openClickHouse(config: Pick<Config, 'platform' | 'clickhouse'>): ClickHouse {
  const { url, connections, queryTimeoutMs } = config.clickhouse;
  const engine =
    url === undefined
      ? openEmbeddedEngine({ path: join(config.platform.dataDir, 'clickhouse'), connections })
      : openServerEngine({
          url,
          connections,
          requestTimeoutMs: Math.max(queryTimeoutMs, ownWorkTimeoutMs) + 5_000,
        });
  return createClickHouse(engine, { queryTimeoutMs });
}
