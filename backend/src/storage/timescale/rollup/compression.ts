import { z } from 'zod';
import type { SqlExecutor } from '../../postgres/sql-executor.js';

const licenceRow = z.object({ licence: z.string().nullable() });

/** The Apache edition has no compression. */
export async function canCompress(executor: SqlExecutor): Promise<boolean> {
  const [row] = await executor.query(`SELECT current_setting('timescaledb.license', true) AS licence`);
  return licenceRow.parse(row).licence === 'timescale';
}

const compressedRow = z.object({ is_compressed: z.boolean() });

/** `table` is quoted. Answers whether it was done now. A reader who doesn't leave makes it fail; nothing waits behind it for long. */
export async function compressLandingChunk(executor: SqlExecutor, table: string): Promise<boolean> {
  await executor.runScript(`SET LOCAL statement_timeout = '30min'; SET LOCAL lock_timeout = '2s'`);
  const rows = await executor.query(
    `SELECT is_compressed FROM timescaledb_information.chunks
     WHERE format('%I.%I', chunk_schema, chunk_name) = $1`,
    [table],
  );
  if (rows.every((row) => compressedRow.parse(row).is_compressed)) return false;
  await allowCompression(executor);
  await executor.query(`SELECT compress_chunk($1::regclass, if_not_compressed => true)`, [table]);
  return true;
}

const enabledRow = z.object({ compression_enabled: z.boolean() });

/** No part of the migrations, which are the same on every edition. */
async function allowCompression(executor: SqlExecutor): Promise<void> {
  const [row] = await executor.query(
    `SELECT compression_enabled FROM timescaledb_information.hypertables
     WHERE hypertable_schema = 'analytics' AND hypertable_name = 'events_landing_v1'`,
  );
  if (enabledRow.parse(row).compression_enabled) return;
  await executor.runScript(
    `ALTER TABLE analytics.events_landing_v1 SET (timescaledb.compress,
       timescaledb.compress_segmentby = 'tenant_id', timescaledb.compress_orderby = 'occurred_at')`,
  );
}

/** Until the transaction ends: a delete of many compressed rows would be refused above 100,000. */
export async function allowDeletesOfCompressed(executor: SqlExecutor): Promise<void> {
  await executor.query(
    `SELECT set_config(name, '0', true) FROM pg_settings
     WHERE name = 'timescaledb.max_tuples_decompressed_per_dml_transaction'`,
  );
}
