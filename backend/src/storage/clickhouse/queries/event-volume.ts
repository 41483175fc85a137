import { z } from 'zod';
import type { BucketRule } from '../../metric-reads.js';
import type { ClickHouse } from '../client.js';
import { bucketSql } from './time-sql.js';
import { levelSql, selectionSql, withLineSql, type EventSelection } from './event-sql.js';
import { createParamBinder } from './param-binder.js';

const volumeRow = z.object({
  bucket: z.number(),
  info: z.number(),
  warning: z.number(),
  error: z.number(),
});

export interface VolumeRow {
  /** Epoch seconds of the bucket's start. */
  readonly bucketSec: number;
  readonly info: number;
  readonly warning: number;
  readonly error: number;
}

/** How many of a tenant's events there are of each level, by bucket; buckets without any are left out. */
export async function queryEventVolume(
  clickHouse: ClickHouse,
  tenantId: string,
  request: EventSelection & { readonly buckets: BucketRule },
  signal?: AbortSignal,
): Promise<readonly VolumeRow[]> {
  const { bind, params } = createParamBinder();
  const where = selectionSql(tenantId, request, bind);
  const rows = await clickHouse.query({
    name: 'event-volume',
    tenantId,
    sql: `SELECT bucket, countIf(level_text = 'info') AS info, countIf(level_text = 'warning') AS warning, countIf(level_text = 'error') AS error FROM (
${withLineSql(request)}SELECT ${bucketSql('occurred_at', request.buckets, bind)} AS bucket, ${levelSql} AS level_text
FROM events_raw_v1
WHERE ${where.join('\n  AND ')}
) GROUP BY bucket ORDER BY bucket`,
    params,
    row: volumeRow,
    ...(signal !== undefined && { signal }),
  });
  return rows.map(({ bucket, ...levels }) => ({ bucketSec: bucket, ...levels }));
}
