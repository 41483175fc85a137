import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type { DimensionName } from '../../metric-reads.js';

export interface DimensionValue {
  readonly value: string;
  /** Events that carry it, over all time. */
  readonly events: number;
}

const dimensionValueRow = z.object({ value: z.string(), events: z.number() });

/** Values of a dimension that begin with a prefix (letter case aside), the most frequent first. Reads no events. */
export async function queryDimensionValues(
  clickHouse: ClickHouse,
  tenantId: string,
  request: { readonly dimension: DimensionName; readonly prefix: string; readonly limit: number },
  signal?: AbortSignal,
): Promise<readonly DimensionValue[]> {
  return clickHouse.query({
    name: 'dimension-values',
    tenantId,
    sql: `SELECT value, sum(events) AS events FROM dimension_values_v1
WHERE tenant_id = {tenantId:String} AND dimension = {dimension:String}
  AND startsWith(lowerUTF8(value), lowerUTF8({prefix:String}))
  AND NOT (dimension = 'statusCode' AND value = '0')
GROUP BY value ORDER BY events DESC, value LIMIT {limit:UInt32}`,
    params: { tenantId, ...request },
    row: dimensionValueRow,
    ...(signal !== undefined && { signal }),
  });
}
