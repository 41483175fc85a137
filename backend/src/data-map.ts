import { join } from 'node:path';
import { contentNames, personalNames } from './collector/personal-fields.js';
import { parseConfig } from './platform/config.js';
import { createLogger } from './platform/logger.js';
import { migrate } from './storage/clickhouse/migrate.js';
import { openClickHouse } from './storage/clickhouse/open-clickhouse.js';
import { openControlStore } from './storage/control/open-control-store.js';
import { openPgliteDatabase } from './storage/control/pglite-database.js';
import { readColumns, type StoredColumn } from './storage/data-classes/read-columns.js';
import { renderDataMap } from './storage/data-classes/render-data-map.js';
import { openTimescale } from './storage/timescale/open-timescale.js';

/** The page as it must be for these columns. */
export function toDataMap(columns: readonly StoredColumn[]): string {
  return renderDataMap(columns, { personal: personalNames, content: contentNames });
}

/** The page, from embedded engines in a folder that is empty and nobody else's. */
export async function readDataMap(folder: string): Promise<string> {
  const config = parseConfig({ DATA_DIR: folder });
  const logger = createLogger({ level: 'silent', pretty: false, service: 'data-map' });
  const clickHouse = await openClickHouse(config);
  await migrate(clickHouse, (work) => work());
  const timescale = await openTimescale(config, logger);
  await timescale.migrate();
  const control = await openControlStore(config, logger);
  await control.migrate();
  await control.close();
  const controlTables = await openPgliteDatabase(join(folder, 'control'), logger);
  const columns = await readColumns({
    clickhouse: clickHouse,
    timescale: timescale.database,
    control: controlTables,
  });
  await controlTables.close();
  await timescale.close();
  await clickHouse.close();
  return toDataMap(columns);
}
