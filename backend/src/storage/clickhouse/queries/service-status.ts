import { z } from 'zod';
import type { ClickHouse } from '../client.js';

export interface StoredEvents {
  readonly events: number;
  /** Epoch milliseconds; `null` when there is no event. */
  readonly newestEventMs: number | null;
  /** Epoch milliseconds, whole seconds; `null` when there is no event. */
  readonly newestReceivedMs: number | null;
}

const statusRow = z.object({ events: z.number(), newestEventMs: z.number(), newestReceivedMs: z.number() });

/** How much is stored for a tenant and how new it is. Reads aggregates, and of raw events the newest minute only. */
export async function queryStoredEvents(
  clickHouse: ClickHouse,
  tenantId: string,
  signal?: AbortSignal,
): Promise<StoredEvents> {
  const [row] = await clickHouse.query({
    name: 'stored-events',
    tenantId,
    sql: `WITH
  (SELECT max(minute) FROM events_per_minute_v1 WHERE tenant_id = {tenantId:String}) AS newestMinute,
  (SELECT max(received_month) FROM dimension_values_v1
   WHERE tenant_id = {tenantId:String} AND dimension = 'domain') AS newestMonth
SELECT
  (SELECT sum(events) FROM dimension_values_v1
   WHERE tenant_id = {tenantId:String} AND dimension = 'domain') AS events,
  greatest(toInt64(toUnixTimestamp(newestMinute)) * 1000,
    (SELECT toUnixTimestamp64Milli(max(occurred_at)) FROM events_raw_v1
     WHERE tenant_id = {tenantId:String} AND occurred_at >= newestMinute)) AS newestEventMs,
  (SELECT toInt64(toUnixTimestamp(max(received_at))) * 1000 FROM event_ids_v1
   WHERE tenant_id = {tenantId:String} AND received_month >= newestMonth) AS newestReceivedMs`,
    params: { tenantId },
    row: statusRow,
    ...(signal !== undefined && { signal }),
  });
  if (row === undefined || row.events === 0) {
    return { events: 0, newestEventMs: null, newestReceivedMs: null };
  }
  return row;
}
