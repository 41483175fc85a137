import { z } from 'zod';
import type { ClickHouse } from '../client.js';

const row = z.object({ tenant_id: z.string(), events: z.number() });

/** Raw events of every tenant that are kept now. Reads one column of the table, for operators and limits. */
export async function countStoredEvents(clickHouse: ClickHouse): Promise<ReadonlyMap<string, number>> {
  const rows = await clickHouse.query({
    name: 'stored-events-of-tenants',
    sql: 'SELECT tenant_id, count() AS events FROM events_raw_v1 GROUP BY tenant_id',
    row,
  });
  return new Map(rows.map(({ tenant_id: tenantId, events }) => [tenantId, events]));
}
