import { z } from 'zod';
import type { ClickHouse } from '../client.js';

/**
 * The month of receipt of the oldest event of a tenant that an aggregate still counts, as the epoch milliseconds of its
 * first day; `undefined` when there is none. Reads no events.
 */
export async function queryOldestReceipt(
  clickHouse: ClickHouse,
  tenantId: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const [row] = await clickHouse.query({
    name: 'oldest-receipt',
    tenantId,
    sql: `SELECT toUInt32(min(received_month)) AS day, count() AS rows FROM dimension_values_v1
WHERE tenant_id = {tenantId:String} AND dimension = 'domain'`,
    params: { tenantId },
    row: z.object({ day: z.number(), rows: z.number() }),
    ...(signal !== undefined && { signal }),
  });
  return row === undefined || row.rows === 0 ? undefined : row.day * 86_400_000;
}
