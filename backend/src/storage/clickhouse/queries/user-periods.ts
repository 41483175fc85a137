import type { DimensionFilter, PeriodsByDay, UserDimensionName, UtcDayCut } from '../../metric-reads.js';
import { filtersSql } from './filters.js';
import type { ParamBinder } from './param-binder.js';

export const userColumns = { team: 'team', project: 'project', domain: 'domain' } as const satisfies Record<
  UserDimensionName,
  string
>;

/** Consecutive periods, numbered from 0; whatever is before the first one is -1. */
export interface Periods {
  /** Ascending. Epoch milliseconds, whole seconds. */
  readonly startsMs: readonly number[];
  readonly endMs: number;
}

export type UserFilter = DimensionFilter<UserDimensionName>;

/**
 * Rows of `user_days_v1` with the two periods between which a day is cut, and whether the user did something in each:
 * exact, as periods begin on quarter hours. `isFromBefore` adds the days before the first period. What is of no period, as
 * the rest of the last UTC day, has a row in neither.
 */
export function userDaysSql(
  tenantId: string,
  request: {
    readonly periods: PeriodsByDay;
    readonly isFromBefore: boolean;
    readonly filters: readonly UserFilter[];
    /** Named conditions on the row that are selected beside. */
    readonly marks?: Readonly<Record<string, readonly UserFilter[]>>;
    /** Selected as `d0`, `d1` and so on. */
    readonly groupBy?: readonly UserDimensionName[];
  },
  bind: ParamBinder['bind'],
): string {
  const { firstUtcDay, cuts, count } = request.periods;
  const at = (pick: (cut: UtcDayCut) => number, type: string): string => `${bind(cuts.map(pick), type)}[i]`;
  const first = bind(firstUtcDay, 'Int32');
  const last = bind(firstUtcDay + cuts.length - 1, 'Int32');
  const marks = Object.entries(request.marks ?? {}).map(
    ([name, filters]) => `${allOf(filtersSql(filters, userColumns, bind))} AS ${name}`,
  );
  const groups = (request.groupBy ?? []).map((name, index) => `${userColumns[name]} AS d${index}`);
  const where = [
    `tenant_id = ${bind(tenantId, 'String')}`,
    `toInt32(utc_day) <= ${last}`,
    ...(request.isFromBefore ? [] : [`toInt32(utc_day) >= ${first}`]),
    ...filtersSql(request.filters, userColumns, bind),
  ];
  const counts = (period: string): string =>
    `${period} >= ${request.isFromBefore ? -1 : 0} AND ${period} < ${bind(count, 'Int32')}`;
  return `SELECT ${['user_key AS user', ...groups, ...marks].join(', ')},
  toInt32(utc_day) - ${first} + 1 AS i,
  ${at((cut) => cut.quarters, 'Array(UInt8)')} AS cut,
  i < 1 ? toInt32(-1) : ${at((cut) => cut.before, 'Array(Int32)')} AS before,
  ${at((cut) => cut.after, 'Array(Int32)')} AS after,
  i < 1 OR (${counts('before')} AND bitAnd(quarters, bitShiftLeft(toUInt128(1), cut) - 1) != 0) AS in_before,
  i >= 1 AND ${counts('after')} AND bitShiftRight(quarters, cut) != 0 AS in_after
FROM user_days_v1
WHERE ${where.join('\n  AND ')}`;
}

/** `LIMIT` for one row more than may be answered, so that it shows when there are more. */
export function limitSql(rowsMax: number | undefined, bind: ParamBinder['bind']): string {
  return rowsMax === undefined ? '' : `\nLIMIT ${bind(rowsMax + 1, 'UInt32')}`;
}

/** The different periods of a group of such rows, in no order. */
export function periodsOfDaysSql(condition = '1'): string {
  return `arrayDistinct(arrayConcat(groupUniqArrayIf(before, in_before AND ${condition}), groupUniqArrayIf(after, in_after AND ${condition})))`;
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

function allOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '1' : `(${conditions.join(' AND ')})`;
}

/** The names that `userDaysSql` gives to what is grouped by, and all of them as one column. */
export function groupColumnsOf(groupBy: readonly string[]): {
  readonly names: readonly string[];
  readonly group: string;
} {
  const names = groupBy.map((_name, index) => `d${index}`);
  const group =
    names.length === 0 ? 'emptyArrayString()' : `[${names.map((name) => `toString(${name})`).join(', ')}]`;
  return { names, group };
}
