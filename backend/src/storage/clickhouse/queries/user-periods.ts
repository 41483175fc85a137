import type { DimensionFilter, UserDimensionName, UtcDayCut } from '../../metric-reads.js';
import { filtersSql } from './filters.js';
import type { ParamBinder } from './param-binder.js';

const columns = { team: 'team', project: 'project', domain: 'domain' } as const satisfies Record<
  UserDimensionName,
  string
>;

/** Consecutive periods, numbered from 0; whatever is before the first one is -1. */
export interface Periods {
  /** Ascending. Epoch milliseconds, whole seconds. */
  readonly startsMs: readonly number[];
  readonly endMs: number;
}

/** Periods laid over UTC days: what of each day belongs to which period. Numbers outside of the periods are not counted. */
export interface PeriodsByDay {
  /** Days since 1970-01-01 of the first cut; the cuts follow day by day. */
  readonly firstUtcDay: number;
  readonly cuts: readonly UtcDayCut[];
  /** How many periods there are. */
  readonly count: number;
}

export type UserFilter = DimensionFilter<UserDimensionName>;

/**
 * Rows `(user, period)` of the periods in which a user's days have an event, from `user_days_v1`: exact, as periods begin
 * on quarter hours. `isFromBefore` adds -1 for whoever was active before the first one.
 */
export function periodsOfDaysSql(
  tenantId: string,
  request: {
    readonly periods: PeriodsByDay;
    readonly isFromBefore: boolean;
    readonly filters: readonly UserFilter[];
    /** Named conditions on the day's row that are selected beside. */
    readonly marks?: Readonly<Record<string, readonly UserFilter[]>>;
  },
  bind: ParamBinder['bind'],
): string {
  const { firstUtcDay, cuts, count } = request.periods;
  const cut = (pick: (cut: UtcDayCut) => number, type: string): string => bind(cuts.map(pick), type);
  const first = bind(firstUtcDay, 'Int32');
  const last = bind(firstUtcDay + cuts.length - 1, 'Int32');
  const marks = Object.entries(request.marks ?? {}).map(
    ([name, filters]) => `${allOf(filtersSql(filters, columns, bind))} AS ${name}`,
  );
  const where = [
    `tenant_id = ${bind(tenantId, 'String')}`,
    `toInt32(utc_day) <= ${last}`,
    ...(request.isFromBefore ? [] : [`toInt32(utc_day) >= ${first}`]),
    ...filtersSql(request.filters, columns, bind),
  ];
  const ones = (quarters: string): string => `bitShiftLeft(toUInt128(1), ${quarters}) - 1`;
  return `SELECT ${['user', ...Object.keys(request.marks ?? {})].join(', ')}, arrayJoin(hits) AS period FROM (
  SELECT ${['user_key AS user', ...marks].join(', ')},
    toInt32(utc_day) - ${first} + 1 AS i,
    ${cut((day) => day.quarters, 'Array(UInt8)')}[i] AS cut,
    i < 1 ? [toInt32(-1)] : arrayFilter((each, hit) -> hit AND each >= ${request.isFromBefore ? '-1' : '0'} AND each < ${bind(count, 'Int32')},
      [${cut((day) => day.before, 'Array(Int32)')}[i], ${cut((day) => day.after, 'Array(Int32)')}[i]],
      [bitAnd(quarters, ${ones('cut')}) != 0, bitShiftRight(quarters, cut) != 0]) AS hits
  FROM user_days_v1
  WHERE ${where.join('\n    AND ')}
)`;
}

/** The number of the period of an event, as an expression. The event is before the end of the last one. */
export function periodOfEventSql({ startsMs }: Periods, bind: ParamBinder['bind']): string {
  const starts = bind(
    startsMs.map((start) => start / 1_000),
    'Array(Int64)',
  );
  const numbers = bind(
    startsMs.map((_start, index) => index),
    'Array(Int32)',
  );
  const seconds = 'toInt64(toUnixTimestamp(occurred_at))';
  const first = bind((startsMs[0] ?? 0) / 1_000, 'Int64');
  return `(${seconds} < ${first} ? toInt32(-1) : transform(roundDown(${seconds}, ${starts}), ${starts}, ${numbers}, toInt32(-1)))`;
}

export function allOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '1' : `(${conditions.join(' AND ')})`;
}
