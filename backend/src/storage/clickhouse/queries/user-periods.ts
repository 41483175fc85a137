import type { DimensionFilter, PeriodsByDay, UserDimensionName } from '../../metric-reads.js';
import { filtersSql } from './filters.js';
import { instantSql } from './time-sql.js';
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

/** Bits of the numbers in which periods are gathered. */
export const wordBits = 64;
const quartersOfDay = 96;

/**
 * Each user (of each group) with the numbers of the periods in which the user did something, ascending: exact, as periods
 * begin on quarter hours. `isFromBefore` puts -1 before them for whoever was there before the first period. `lists` names
 * the lists, each of the rows that its filters let through; who has none of them is left out.
 */
export function userPeriodsSql(
  tenantId: string,
  request: {
    readonly periods: PeriodsByDay;
    readonly isFromBefore: boolean;
    readonly filters: readonly UserFilter[];
    readonly lists?: Readonly<Record<string, readonly UserFilter[]>>;
    /** Selected as `d0`, `d1` and so on. */
    readonly groupBy?: readonly UserDimensionName[];
  },
  bind: ParamBinder['bind'],
): string {
  const { groupBy = [], lists = { periods: [] } } = request;
  const user = ['user', ...groupColumnsOf(groupBy).names].join(', ');
  const { words, sql } = rowsOfBitsSql(tenantId, { ...request, groupBy, lists }, bind);
  const found = Object.keys(lists).map(
    (name, index) => `${periodsOfWordsSql(words, `is_${index}`, request.isFromBefore)} AS ${name}`,
  );
  return `SELECT ${[user, ...found].join(', ')} FROM (
${sql}
)
GROUP BY ${user} HAVING ${Object.keys(lists)
    .map((name) => `notEmpty(${name})`)
    .join(' OR ')}`;
}

/**
 * Each user with the periods in which the user did something as bits, the lowest for the first period: `word0`, `word1` and
 * so on, of 64 periods each.
 */
export function userBitsSql(
  tenantId: string,
  periods: PeriodsByDay,
  bind: ParamBinder['bind'],
): { readonly words: readonly string[]; readonly sql: string } {
  const request = { periods, isFromBefore: false, filters: [], lists: {}, groupBy: [] };
  const rows = rowsOfBitsSql(tenantId, request, bind);
  const words = Array.from({ length: rows.words }, (_unused, word) => `word${word}`);
  const sql = `SELECT user, ${words.map((word) => `groupBitOr(${word}) AS ${word}`).join(', ')} FROM (
${rows.sql}
)
GROUP BY user`;
  return { words, sql };
}

interface RowsOfBitsRequest {
  readonly periods: PeriodsByDay;
  readonly isFromBefore: boolean;
  readonly filters: readonly UserFilter[];
  readonly lists: Readonly<Record<string, readonly UserFilter[]>>;
  readonly groupBy: readonly UserDimensionName[];
}

/** Rows of users with the periods of a row as bits, and in which list (`is_0` and so on) the row counts. */
function rowsOfBitsSql(
  tenantId: string,
  request: RowsOfBitsRequest,
  bind: ParamBinder['bind'],
): { readonly words: number; readonly sql: string } {
  const { groupBy, lists, filters } = request;
  const dimensions = [...groupBy, ...[filters, ...Object.values(lists)].flat().map((each) => each.dimension)];
  const { days, firsts } = userTablesOf(dimensions, request);
  const words = wordsSql(request.periods, request.isFromBefore, bind);
  const rowsSql = (table: string, conditions: readonly string[], values: readonly string[]): string => {
    const columns = [
      'user_key AS user',
      ...groupBy.map((name, index) => `${userColumns[name]} AS d${index}`),
      ...Object.values(lists).map(
        (list, index) => `${allOf(filtersSql(list, userColumns, bind))} AS is_${index}`,
      ),
      ...values.map((value, index) => `${value} AS word${index}`),
    ];
    const where = [
      `tenant_id = ${bind(tenantId, 'String')}`,
      ...conditions,
      ...filtersSql(filters, userColumns, bind),
    ];
    return `  SELECT ${columns.join(', ')}
  FROM ${table}
  WHERE ${where.join('\n    AND ')}`;
  };
  const { firstUtcDay, cuts, startsMs, endMs } = request.periods;
  const first = bind(firstUtcDay, 'Int32');
  const index = `greatest(toInt32(utc_day) - ${first} + 1, 0) + 1`;
  const isBounded = !request.isFromBefore || firsts !== undefined;
  const rows = [
    `WITH ${index} AS i\n${rowsSql(
      days,
      [
        `toInt32(utc_day) <= ${bind(firstUtcDay + cuts.length - 1, 'Int32')}`,
        ...(isBounded ? [`toInt32(utc_day) >= ${first}`] : []),
      ],
      words,
    )}`,
    ...(firsts === undefined
      ? []
      : [
          rowsSql(
            firsts,
            [`milestone = 'seen'`, `first_at < ${instantSql(startsMs[0] ?? endMs, bind)}`],
            words.map((_word, number) => `toUInt64(${number === 0 ? 1 : 0})`),
          ),
        ]),
  ];
  return { words: words.length, sql: rows.join('\nUNION ALL\n') };
}

/** The smallest tables that can tell the days of users by these dimensions, and who was there before. */
export function userTablesOf(
  dimensions: readonly UserDimensionName[],
  { isFromBefore }: { readonly isFromBefore: boolean },
): { readonly days: string; readonly firsts?: string } {
  const days = dimensions.length === 0 ? 'user_presence_v1' : 'user_days_v1';
  return isFromBefore && !dimensions.includes('domain') ? { days, firsts: 'user_firsts_v1' } : { days };
}

/**
 * The periods of a row as bits: the lowest bit is that of the first period, or of all that is before it. Lists are constants
 * to the engine, which looks each row up in them: the first item is for the days before the first one.
 */
function wordsSql(
  { cuts, count }: PeriodsByDay,
  isFromBefore: boolean,
  bind: ParamBinder['bind'],
): readonly string[] {
  const lowest = isFromBefore ? -1 : 0;
  const rows = [{ before: -1, after: -1, quarters: 0 }, ...cuts];
  const counts = (period: number): boolean => period >= lowest && period < count;
  const isCut = rows.some(({ quarters }) => quarters > 0 && quarters < quartersOfDay);
  const quarters = isCut
    ? `${bind(
        rows.map((row) => row.quarters),
        'Array(UInt8)',
      )}[i]`
    : '0';
  return Array.from({ length: Math.ceil((count - lowest) / wordBits) }, (_unused, word) => {
    const bits = (periods: readonly number[]): string => {
      const places = periods.map((period) => (counts(period) ? period - lowest - word * wordBits : -1));
      const within = places.map((place) => (place >= 0 && place < wordBits ? place : -1));
      return `arrayMap(bit -> toUInt64(bitShiftLeft(toUInt64(bit >= 0), greatest(bit, 0))), ${bind(within, 'Array(Int8)')})[i]`;
    };
    if (!isCut) return bits(rows.map((row) => (row.quarters === 0 ? row.after : row.before)));
    const [before, after] = [bits(rows.map((row) => row.before)), bits(rows.map((row) => row.after))];
    return `bitOr(bitAnd(quarters, bitShiftLeft(toUInt128(1), ${quarters}) - 1) != 0 ? ${before} : toUInt64(0), bitShiftRight(quarters, ${quarters}) != 0 ? ${after} : toUInt64(0))`;
  });
}

/** The numbers of the bits that rows have together. */
function periodsOfWordsSql(words: number, condition: string, isFromBefore: boolean): string {
  const lists = Array.from({ length: words }, (_unused, word) => {
    const offset = word * wordBits - (isFromBefore ? 1 : 0);
    return `arrayMap(bit -> toInt32(bit) + ${offset}, bitPositionsToArray(groupBitOrIf(word${word}, ${condition})))`;
  });
  return lists.length === 1 ? lists.join('') : `arrayConcat(${lists.join(', ')})`;
}

/** `LIMIT` for one row more than may be answered, so that it shows when there are more. */
export function limitSql(rowsMax: number | undefined, bind: ParamBinder['bind']): string {
  return rowsMax === undefined ? '' : `\nLIMIT ${bind(rowsMax + 1, 'UInt32')}`;
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
