import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import { measuresSql, type MeasureRequest } from './measures-sql.js';

/** One cell of the answer: a bucket (epoch seconds of its start, 0 for a total) of a group. */
export interface MeasureRow {
  readonly bucketSec: number;
  readonly group: readonly string[];
  /** One number per term, in order; `null` where a quantile has no values. */
  readonly terms: readonly (number | null)[];
}

export interface MeasureAnswer {
  readonly rows: readonly MeasureRow[];
  /** Groups there are, whether or not they fit; known for a ranked total only. */
  readonly groups: number | undefined;
  /** More rows than `rowsMax` matched, and the rest was left out. */
  readonly isTruncated: boolean;
}

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
  request: MeasureRequest,
  signal?: AbortSignal,
): Promise<MeasureAnswer> {
  const { sql, params } = measuresSql(tenantId, request);
  const rows = await clickHouse.query({
    name: 'measures',
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
