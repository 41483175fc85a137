import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClickHouse, type ClickHouse } from '../storage/clickhouse/client.js';
import { openEmbeddedEngine } from '../storage/clickhouse/embedded-engine.js';
import { migrate } from '../storage/clickhouse/migrate.js';

export interface TestClickHouse {
  readonly clickHouse: ClickHouse;
  /** Folder of the engine, removed by `close`. */
  readonly folder: string;
  close(): Promise<void>;
}

/** A ClickHouse engine of its own with every table, in a folder of its own. */
export async function openTestClickHouse(): Promise<TestClickHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'coditect-clickhouse-'));
  const engine = openEmbeddedEngine({ path: join(folder, 'clickhouse'), connections: 2 });
  const clickHouse = createClickHouse(engine, { queryTimeoutMs: 30_000 });
  await migrate(clickHouse, (work) => work());
  return {
    clickHouse,
    folder,
    async close() {
      await clickHouse.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
