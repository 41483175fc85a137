import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type { MeasureAnswer } from '../../metric-reads.js';
import { measuresSql, type SourcedRequest } from './measures-sql.js';

const measureRow = z.object({
  bucket: z.number(),
  dims: z.array(z.string()),
  groups: z.number().optional(),
  v0: z.number().nullable(),
  v1: z.number().nullable().optional(),
});

/**
 * Sums, counts and quantiles of one tenant's events in `[fromMs, toMs)`, exact to the millisecond whatever the grain
 * of the source (quantiles within 0.5 %).
 */
export async function queryMeasures(
  clickHouse: ClickHouse,
  tenantId: string,
  request: SourcedRequest,
  signal?: AbortSignal,
): Promise<MeasureAnswer> {
  const { sql, params } = measuresSql(tenantId, request);
  const rows = await clickHouse.query({
    name: 'measures',
    tenantId,
    sql,
    params,
    row: measureRow,
    ...(signal !== undefined && { signal }),
  });
  const count = request.terms.length;
  return {
    rows: rows.slice(0, request.rowsMax).map((row) => ({
      bucketSec: row.bucket,
      group: row.dims,
      terms: [row.v0, row.v1 ?? null].slice(0, count),
    })),
    groups: rows[0]?.groups,
    isTruncated: request.isRanked ? false : rows.length > request.rowsMax,
  };
}
