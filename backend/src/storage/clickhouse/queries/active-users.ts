import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type { ActiveUsersRequest, ActiveUsersRow } from '../../metric-reads.js';
import type { InstantRange } from './cut-at-grains.js';
import { filtersSql } from './filters.js';
import { createParamBinder, type ParamBinder } from './param-binder.js';
import { groupColumnsOf, userColumns, userTablesOf } from './user-periods.js';

const quarterMs = 900_000;
const dayMs = 86_400_000;
const quartersOfDay = dayMs / quarterMs;
/** Widths of the numbers that the engine has. */
const maskBits = [64, 128, 256] as const;
const mostBits = 256;

const countsRow = z.object({
  group: z.array(z.string()),
  /** For each window the users of each number that the slice tells. */
  counts: z.array(z.array(z.number())),
});

/** Local days (or periods) by their numbers: those from `first` on are read, those in `[from, to)` are told. */
interface Slice {
  readonly first: number;
  readonly from: number;
  readonly to: number;
}

/** Part of a UTC day: quarter hours `[from, to)`, which are of the local day (or period) with this number in the slice. */
interface DayPart {
  readonly bit: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Exact distinct users of trailing windows: the days of each user are the bits of one number, which shifted and joined
 * with itself tells in which windows the user was there.
 */
export async function queryActiveUsers(
  clickHouse: ClickHouse,
  tenantId: string,
  request: ActiveUsersRequest,
  signal?: AbortSignal,
): Promise<readonly ActiveUsersRow[]> {
  const groups = new Map<string, { group: readonly string[]; counts: readonly number[][] }>();
  for (const slice of cutSlices(request)) {
    const { sql, params } = activeUsersSql(tenantId, request, slice);
    const rows = await clickHouse.query({
      name: 'active-users',
      tenantId,
      sql,
      params,
      row: countsRow,
      ...(signal !== undefined && { signal }),
    });
    for (const { group, counts } of rows) {
      const key = JSON.stringify(group);
      const known = groups.get(key) ?? { group, counts: request.windows.map((): number[] => []) };
      groups.set(key, known);
      for (const [index, told] of counts.entries()) {
        told.forEach((users, day) => ((known.counts[index] ?? [])[slice.from + day] = users));
      }
    }
  }
  return [...groups.values()].flatMap(({ group, counts }) =>
    request.windows.flatMap((window, index) => changesOf(counts[index] ?? [], { window, group })),
  );
}

/** Slices in which a group has no users leave a hole, or are missing at the end. */
function changesOf(
  counts: readonly (number | undefined)[],
  { window, group }: Pick<ActiveUsersRow, 'window' | 'group'>,
): ActiveUsersRow[] {
  const rows: ActiveUsersRow[] = [];
  for (let day = 0; day <= counts.length; day += 1) {
    const change = (counts[day] ?? 0) - (counts[day - 1] ?? 0);
    if (change !== 0) rows.push({ window, localDay: day, group, change });
  }
  return rows;
}

/** One for most questions. Those after the first begin with days to which only windows reach back. */
function cutSlices(request: ActiveUsersRequest): readonly Slice[] {
  const numbers = numberOf(request, request.localDays - 1) + 1;
  if (numbers <= mostBits) return [{ first: 0, from: 0, to: numbers }];
  const lead = Math.max(...request.windows) - 1;
  const step = mostBits - lead;
  return Array.from({ length: Math.ceil(numbers / step) }, (_unused, index) => {
    const from = index * step;
    return { first: Math.max(0, from - lead), from, to: Math.min(numbers, from + step) };
  });
}

function activeUsersSql(
  tenantId: string,
  request: ActiveUsersRequest,
  slice: Slice,
): { readonly sql: string; readonly params: Readonly<Record<string, unknown>> } {
  const binder = createParamBinder();
  const { names, group } = groupColumnsOf(request.groupBy);
  const mask = maskTypeOf(slice);
  const windows = request.windows.map((window, index) => joinWindowSql(window, `w${index}`, mask));
  const days = Array.from(
    { length: slice.to - slice.from },
    (_unused, day) => slice.from - slice.first + day,
  );
  const counts = request.windows.map(
    (_window, index) =>
      `[${days.map((day) => `countIf(bitAnd(w${index}, bitShiftLeft(to${mask}(1), ${day})) != 0)`).join(', ')}]`,
  );
  const by = (keys: readonly string[]): string => (keys.length === 0 ? '' : `\nGROUP BY ${keys.join(', ')}`);
  const sql = `SELECT ${group} AS group, [${counts.join(', ')}] AS counts
FROM (
  SELECT ${[...names, ...windows].join(', ')}
  FROM (
    SELECT ${[...names, 'user', 'groupBitOr(mask) AS days'].join(', ')}
    FROM (
${masksSql(tenantId, request, { slice, mask }, binder.bind).join('\nUNION ALL\n')}
    )
    WHERE mask != 0${by([...names, 'user'])}
  )
)${by(names)}
LIMIT ${binder.bind(request.rowsMax + 1, 'UInt32')}`;
  return { sql, params: binder.params };
}

/** The narrowest is the quickest. */
function maskTypeOf({ first, to }: Slice): string {
  return `UInt${maskBits.find((bits) => to - first <= bits) ?? mostBits}`;
}

/** A bit is set where one of the last `window` bits of `days` is: twice as many with each step. */
function joinWindowSql(window: number, name: string, mask: string): string {
  let joined = 'days';
  const steps: string[] = [];
  for (let width = 1; width < window;) {
    const by = Math.min(width, window - width);
    const next = `${name}_${width + by}`;
    steps.push(`to${mask}(bitOr(${joined}, bitShiftLeft(${joined}, ${by}))) AS ${next}`);
    joined = next;
    width += by;
  }
  return [...steps, `${joined} AS ${name}`].join(', ');
}

/** Users with the days of one row or event each. */
function masksSql(
  tenantId: string,
  request: ActiveUsersRequest,
  { slice, mask }: { readonly slice: Slice; readonly mask: string },
  bind: ParamBinder['bind'],
): readonly string[] {
  const { whole, edges } = partsOf(request);
  const dims = request.groupBy.map((name, index) => `${userColumns[name]} AS d${index}`);
  const filters = filtersSql(request.filters, userColumns, bind);
  const where = (...conditions: readonly string[]): string =>
    [`tenant_id = ${bind(tenantId, 'String')}`, ...conditions, ...filters].join('\n  AND ');
  const single = edges.map(({ day, fromMs, toMs }) => {
    const bit = bitOf(day, slice);
    return `SELECT ${[...dims, 'sipHash64(user_id) AS user'].join(', ')}, to${mask}(bitShiftLeft(to${mask}(${bit < 0 ? 0 : 1}), ${Math.max(0, bit)})) AS mask
FROM events_raw_v1
WHERE ${where(
      "user_id != ''",
      `occurred_at >= fromUnixTimestamp64Milli(${bind(fromMs, 'Int64')}, 'UTC')`,
      `occurred_at < fromUnixTimestamp64Milli(${bind(toMs, 'Int64')}, 'UTC')`,
    )}`;
  });
  const { firstDay, days } = readDays(request, whole, slice);
  const dimensions = [...request.groupBy, ...request.filters.map(({ dimension }) => dimension)];
  const { days: table } = userTablesOf(dimensions, { isFromBefore: false });
  const stored = `SELECT ${[...dims, 'user_key AS user'].join(', ')}, ${storedMaskSql(days, mask, bind)} AS mask, toInt32(utc_day) - ${bind(firstDay, 'Int32')} + 1 AS i
FROM ${table}
WHERE ${where(
    `utc_day >= toDate(${bind(Math.max(0, firstDay), 'UInt16')})`,
    `utc_day < toDate(${bind(Math.max(0, firstDay + days.length), 'UInt16')})`,
  )}`;
  const users = [...dims.map((_dim, index) => `d${index}`), 'user', 'mask'].join(', ');
  return [`SELECT ${users} FROM (\n${stored}\n)`, ...single];
}

/** Whole quarter hours, and what is left of the first and the last one, with the number of its day or period. */
function partsOf(request: ActiveUsersRequest): {
  readonly whole: InstantRange;
  readonly edges: readonly (InstantRange & { readonly day: number })[];
} {
  const { startMs = request.firstUtcDay * dayMs, endMs, localDays } = request;
  const firstMs = Math.min(Math.ceil(startMs / quarterMs) * quarterMs, endMs);
  const lastMs = Math.max(Math.floor(endMs / quarterMs) * quarterMs, firstMs);
  const edges = [
    { fromMs: startMs, toMs: firstMs, day: numberOf(request, 0) },
    { fromMs: lastMs, toMs: endMs, day: numberOf(request, localDays - 1) },
  ];
  return {
    whole: { fromMs: firstMs, toMs: lastMs },
    edges: edges.filter(({ fromMs, toMs }) => fromMs < toMs),
  };
}

/** As windows count: periods, or local days. */
function numberOf({ periodOfDay }: ActiveUsersRequest, localDay: number): number {
  return periodOfDay === undefined ? localDay : (periodOfDay[localDay] ?? -1);
}

/** Its place in the numbers of a slice, -1 for none. */
function bitOf(number: number, { first, to }: Slice): number {
  return number >= first && number < to ? number - first : -1;
}

type DayParts = readonly [DayPart, DayPart];

/** The UTC days in which a slice has something to read, each cut in two. */
function readDays(
  request: ActiveUsersRequest,
  { fromMs, toMs }: InstantRange,
  slice: Slice,
): { readonly firstDay: number; readonly days: readonly DayParts[] } {
  const days = request.cuts.map(({ quarters, before, after }, index): DayParts => {
    const quarterOf = (ms: number): number => {
      const quarter = (ms - (request.firstUtcDay + index) * dayMs) / quarterMs;
      return Math.min(quartersOfDay, Math.max(0, quarter));
    };
    const part = (localDay: number, from: number, to: number): DayPart => {
      const isWithin = localDay >= 0 && localDay < request.localDays && from < to;
      const bit = isWithin ? bitOf(numberOf(request, localDay), slice) : -1;
      return bit < 0 ? { bit: -1, from: 0, to: 0 } : { bit, from, to };
    };
    const [from, to] = [quarterOf(fromMs), quarterOf(toMs)];
    return [part(before, from, Math.min(quarters, to)), part(after, Math.max(quarters, from), to)];
  });
  const isRead = (parts: DayParts): boolean => parts.some(({ bit }) => bit >= 0);
  const first = Math.max(0, days.findIndex(isRead));
  return {
    firstDay: request.firstUtcDay + first,
    days: days.slice(first, days.findLastIndex(isRead) + 1),
  };
}

/** The bits of a row of the `i`th day. Lists are constants to the engine, which looks each row up in them. */
function storedMaskSql(days: readonly DayParts[], mask: string, bind: ParamBinder['bind']): string {
  const list = (parts: readonly DayPart[], of: 'bit' | 'from' | 'to', type: string): string =>
    bind(
      parts.map((part) => part[of]),
      `Array(${type})`,
    );
  const terms = [0, 1].map((half) => days.flatMap((parts) => parts[half] ?? []));
  const used = terms.filter((parts) => parts.some(({ bit }) => bit >= 0));
  const sql = used.map((parts) => {
    const bits = `arrayMap(bit -> to${mask}(bitShiftLeft(to${mask}(bit >= 0), greatest(bit, 0))), ${list(parts, 'bit', 'Int16')})[i]`;
    // A row has at least one quarter hour.
    if (parts.every(({ bit, from, to }) => bit < 0 || to - from === quartersOfDay)) return bits;
    const quarters = `arrayMap((a, b) -> toUInt128(bitShiftLeft(toUInt128(1), b) - bitShiftLeft(toUInt128(1), a)), ${list(parts, 'from', 'UInt8')}, ${list(parts, 'to', 'UInt8')})[i]`;
    return `if(bitAnd(quarters, ${quarters}) != 0, ${bits}, to${mask}(0))`;
  });
  const [first = `to${mask}(0)`, second] = sql;
  return second === undefined ? first : `bitOr(${first}, ${second})`;
}
