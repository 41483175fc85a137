import { z } from 'zod';
import type { BucketRule } from '../../metric-reads.js';
import type { ClickHouse } from '../client.js';
import { bucketSql } from './time-sql.js';
import { selectionSql, withLineSql, type EventSelection } from './event-sql.js';
import { createParamBinder } from './param-binder.js';

const seatDayRow = z.object({
  bucket: z.number(),
  first_ms: z.number(),
  purchased: z.number(),
  assigned: z.number(),
  released: z.number(),
  found: z.number(),
});

/** What happened to seats on one day. */
export interface SeatDay {
  /** Epoch seconds of the day's bucket. */
  readonly bucketSec: number;
  readonly firstMs: number;
  readonly purchased: number;
  readonly assigned: number;
  readonly released: number;
}

const typeOf = (verb: string): string => `ai.coditect.licence.seat.${verb}.v1`;

/** As `seat_changes_v1` has it. */
const quantitySql = `greatest(toUInt32(1), toUInt32OrZero(attributes['quantity']))`;

/** Days on which seats were bought, given out or taken back, the latest first; `found` counts those that did not fit, too. */
export async function querySeatDays(
  clickHouse: ClickHouse,
  tenantId: string,
  request: EventSelection & { readonly buckets: BucketRule; readonly rowsMax: number },
  signal?: AbortSignal,
): Promise<{ readonly days: readonly SeatDay[]; readonly found: number }> {
  const { bind, params } = createParamBinder();
  const [purchased, assigned, released] = ['purchased', 'assigned', 'released'].map(typeOf);
  const where = [
    ...selectionSql(tenantId, request, bind),
    `type IN ${bind([purchased, assigned, released], 'Array(String)')}`,
  ];
  const rows = await clickHouse.query({
    name: 'annotation-licences',
    tenantId,
    sql: `SELECT *, count() OVER () AS found FROM (
${withLineSql(request)}SELECT ${bucketSql('occurred_at', request.buckets, bind)} AS bucket, toUnixTimestamp64Milli(min(occurred_at)) AS first_ms,
  sumIf(${quantitySql}, type = ${bind(purchased, 'String')}) AS purchased, countIf(type = ${bind(assigned, 'String')}) AS assigned, countIf(type = ${bind(released, 'String')}) AS released
FROM events_raw_v1
WHERE ${where.join('\n  AND ')}
GROUP BY bucket
) ORDER BY bucket DESC LIMIT ${bind(request.rowsMax, 'UInt32')}`,
    params,
    row: seatDayRow,
    ...(signal !== undefined && { signal }),
  });
  return {
    days: rows.map(({ bucket, first_ms, found: _found, ...day }) => ({
      ...day,
      bucketSec: bucket,
      firstMs: first_ms,
    })),
    found: rows[0]?.found ?? 0,
  };
}
