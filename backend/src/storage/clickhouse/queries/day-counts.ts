import { z } from 'zod';
import type { ClickHouse } from '../client.js';

const dayCountsRow = z.object({
  type: z.string(),
  events: z.number(),
  tokens: z.string(),
  costUsd: z.string(),
});
export type DayCounts = z.infer<typeof dayCountsRow>;

const sums = `toString(sum(tokens_input) + sum(tokens_output) + sum(tokens_cache_read) + sum(tokens_cache_creation)
    + sum(tokens_reasoning)) AS tokens, toString(sum(cost_usd)) AS costUsd`;

/**
 * Events, tokens and cost of one tenant in `[fromMs, toMs)`, by type: from raw events, or, where those may be gone, from
 * quarter hours, which begin wherever a local day does.
 */
export async function queryDayCounts(
  clickHouse: ClickHouse,
  tenantId: string,
  span: { readonly fromMs: number; readonly toMs: number; readonly source: 'raw' | 'quarters' },
): Promise<readonly DayCounts[]> {
  const ofRaw = `SELECT type, count() AS events, ${sums} FROM events_raw_v1
    WHERE tenant_id = {tenantId:String} AND occurred_at >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
      AND occurred_at < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') GROUP BY type`;
  const ofQuarters = `SELECT type, sum(events) AS events, ${sums} FROM activity_per_quarter_v1
    WHERE tenant_id = {tenantId:String} AND quarter >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
      AND quarter < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') GROUP BY type`;
  return clickHouse.query({
    name: 'day-counts',
    tenantId,
    sql: span.source === 'raw' ? ofRaw : ofQuarters,
    params: { tenantId, fromMs: span.fromMs, toMs: span.toMs },
    row: dayCountsRow,
  });
}
