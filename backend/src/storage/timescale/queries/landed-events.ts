import { z } from 'zod';
import type { SqlExecutor } from '../../postgres/sql-executor.js';

export interface LandedEvents {
  readonly events: number;
  /** Epoch milliseconds; `null` when landing holds none. */
  readonly newestEventMs: number | null;
  /** Epoch milliseconds; `null` when landing holds none. */
  readonly newestReceivedMs: number | null;
}

const millis = z
  .date()
  .transform((date) => date.getTime())
  .nullable();
const landedRow = z.object({
  events: z.union([z.string(), z.number()]).transform(Number),
  newest_event: millis,
  newest_received: millis,
});

/** How much has landed for a tenant, also what has left landing since, and how new it is. */
export async function queryLandedEvents(
  executor: Pick<SqlExecutor, 'query'>,
  tenantId: string,
): Promise<LandedEvents> {
  const [row] = await executor.query(
    `SELECT count(*) + (
         SELECT coalesce(sum(events), 0) FROM analytics.rollup_days_v1 WHERE tenant_id = $1 AND landing_dropped
       ) AS events, max(occurred_at) AS newest_event, max(received_at) AS newest_received
     FROM analytics.events_landing_v1 WHERE tenant_id = $1`,
    [tenantId],
  );
  const { events, newest_event: newestEventMs, newest_received: newestReceivedMs } = landedRow.parse(row);
  return { events, newestEventMs, newestReceivedMs };
}
