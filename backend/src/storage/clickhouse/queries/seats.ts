import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type {
  DimensionFilter,
  PeriodsByDay,
  SeatCounts,
  SeatDimensionName,
  SeatMoment,
  SeatsRequest,
} from '../../metric-reads.js';
import { filtersSql } from './filters.js';
import { createParamBinder, type ParamBinder } from './param-binder.js';
import { groupColumnsOf, limitSql, userBitsSql, userPeriodsSql, wordBits } from './user-periods.js';

export type SeatFilter = DimensionFilter<SeatDimensionName>;

const columns = { team: 'team', project: 'project' } as const satisfies Record<SeatDimensionName, string>;

const countsRow = z.object({
  moment: z.number(),
  group: z.array(z.string()),
  purchased: z.number(),
  assigned: z.number(),
  active: z.number(),
  idle: z.number(),
  users: z.number(),
  activeUsers: z.number(),
});

/** A moment without seats has no row. Purchases are of the whole tenant, whatever the filters say, and of no group. */
export async function querySeats(
  clickHouse: ClickHouse,
  tenantId: string,
  request: SeatsRequest & { readonly memoryBytesMax: number },
  signal?: AbortSignal,
): Promise<readonly SeatCounts[]> {
  const binder = createParamBinder();
  const { bind } = binder;
  const { moments, activeDays, groupBy = [] } = request;
  const { names, group } = groupColumnsOf(groupBy);
  const groups = names.map((name) => `, ${name}`).join('');
  const list = (pick: (moment: SeatMoment) => number): string => bind(moments.map(pick), 'Array(Int64)');
  const ends = list(({ atMs }) => atMs);
  const graces = list(({ graceMs }) => graceMs);
  const untilMs = Math.max(...moments.map(({ atMs }) => atMs));
  const none = `arrayWithConstant(${bind(moments.length, 'UInt32')}, toUInt64(0))`;
  const { words, sql: bitsSql } = userBitsSql(tenantId, request.days, bind);
  const masks = words.map((_word, word) => masksSql(moments, activeDays, word, bind));
  const hasWorked = words.map((word, index) => `bitAnd(${word}, mask${index}) != 0`).join(' OR ');
  return clickHouse.query({
    name: 'seats',
    tenantId,
    // Lists have an item for each moment: a row for each moment and seat would be copied with all it has.
    sql: `SELECT toInt32(k - 1) AS moment, ${group} AS group, purchased, assigned, active, idle, users, activeUsers
FROM (
  SELECT sumForEach(bought) AS bought_, sumForEach(given) AS given_, sumForEach(worked) AS worked_, sumForEach(idle) AS idle_,
    sumForEach(holders) AS holders_, sumForEach(workers) AS workers_${groups}
  FROM (
    SELECT arrayMap(end -> toUInt64(toUnixTimestamp64Milli(occurred_at) < end ? seats : 0), ${ends}) AS bought,
      ${none} AS given, ${none} AS worked, ${none} AS idle, ${none} AS holders, ${none} AS workers${names.map((name) => `, '' AS ${name}`).join('')}
    FROM seat_changes_v1 FINAL
    WHERE ${groupBy.length === 0 ? '' : 'false AND '}tenant_id = ${bind(tenantId, 'String')} AND action = 'purchased' AND toUnixTimestamp64Milli(occurred_at) < ${bind(untilMs, 'Int64')}
    UNION ALL
    SELECT ${none}, held, arrayMap((each, isActive) -> each * isActive, held, actives), arrayMap((each, isActive) -> each * toUInt64(isActive = 0), old, actives),
      arrayMap(each -> toUInt64(each > 0), held), arrayMap((each, isActive) -> toUInt64(each > 0) * isActive, held, actives)${groups}
    FROM (
      SELECT held, old${groups},
        arrayMap((${masks.map((_mask, index) => `mask${index}`).join(', ')}) -> toUInt64(${hasWorked}), ${masks.join(', ')}) AS actives
      FROM (
        SELECT user${groups},
          sumForEach(arrayMap(end -> toUInt64(since < end AND until >= end), ${ends})) AS held,
          sumForEach(arrayMap((end, grace) -> toUInt64(since < end AND until >= end AND since < grace), ${ends}, ${graces})) AS old
        FROM (
${assignmentsSql(tenantId, { untilMs, groupBy, filters: request.filters }, bind)}
        )
        GROUP BY user${groups}
      ) AS holders
      LEFT ANY JOIN (
${bitsSql}
      ) AS activity USING (user)
    )
  )
  GROUP BY ${names.length === 0 ? '()' : names.join(', ')}
)
ARRAY JOIN arrayEnumerate(${ends}) AS k, bought_ AS purchased, given_ AS assigned, worked_ AS active, idle_ AS idle, holders_ AS users, workers_ AS activeUsers
WHERE purchased > 0 OR assigned > 0${limitSql(request.rowsMax, bind)}`,
    params: binder.params,
    row: countsRow,
    memoryBytesMax: request.memoryBytesMax,
    ...(signal !== undefined && { signal }),
  });
}

/** For each moment those bits of a word that stand for its last days, `activeDays` of them. */
function masksSql(
  moments: readonly SeatMoment[],
  activeDays: number,
  word: number,
  bind: ParamBinder['bind'],
): string {
  const within = (bit: number): number => Math.min(Math.max(bit - word * wordBits, 0), wordBits);
  const lowest = moments.map(({ lastDay }) => within(lastDay - activeDays + 1));
  const widths = moments.map(({ lastDay }, index) => within(lastDay + 1) - (lowest[index] ?? 0));
  const ones = `bitShiftRight(bitNot(toUInt64(0)), toUInt8(${wordBits} - greatest(width, 1)))`;
  return `arrayMap((lowest, width) -> width > 0 ? bitShiftLeft(${ones}, lowest) : toUInt64(0), ${bind(lowest, 'Array(UInt8)')}, ${bind(widths, 'Array(UInt8)')})`;
}

/**
 * Who had which seat: rows `(seat, user, since, until)`, epoch milliseconds. A seat is somebody's from its assignment to
 * whatever happens to it next; of one instant, what is released comes before what is assigned.
 */
function assignmentsSql(
  tenantId: string,
  request: {
    readonly untilMs: number;
    readonly groupBy?: readonly SeatDimensionName[];
    readonly filters: readonly SeatFilter[];
  },
  bind: ParamBinder['bind'],
): string {
  const far = 9_000_000_000_000;
  const filters = filtersSql(request.filters, columns, bind).map((filter) => `\n  AND ${filter}`);
  const groups = (request.groupBy ?? []).map((name, index) => `, ${columns[name]} AS d${index}`).join('');
  return `SELECT seat, user_key AS user, since, until${groups} FROM (
  SELECT seat, user_key, team, project, action, toUnixTimestamp64Milli(occurred_at) AS since,
    leadInFrame(toUnixTimestamp64Milli(occurred_at), 1, toInt64(${far})) OVER (
      PARTITION BY seat ORDER BY occurred_at, action = 'assigned', event_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS until
  FROM seat_changes_v1 FINAL
  WHERE tenant_id = ${bind(tenantId, 'String')} AND action IN ('assigned', 'released')
    AND toUnixTimestamp64Milli(occurred_at) < ${bind(request.untilMs, 'Int64')}
)
WHERE action = 'assigned'${filters.join('')}`;
}

export const seatTransitions = [
  'retained',
  'reactivated',
  'lapsed',
  'reclaimed',
  'newlyAssigned',
  'stillAtRisk',
] as const;
export type SeatTransition = (typeof seatTransitions)[number];

export interface SeatTransitionsRequest {
  /** When the later of the two periods begins and ends. Epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The earlier one is period 0, the later one is period 1. */
  readonly periods: PeriodsByDay;
  readonly filters: readonly SeatFilter[];
  readonly memoryBytesMax: number;
}

const transitionRow = z.object({ transition: z.enum(seatTransitions), seats: z.number() });

/** What became of each seat and its user; a seat that went to somebody else is one that was reclaimed and a new one. */
export async function querySeatTransitions(
  clickHouse: ClickHouse,
  tenantId: string,
  request: SeatTransitionsRequest,
  signal?: AbortSignal,
): Promise<readonly { readonly transition: SeatTransition; readonly seats: number }[]> {
  const binder = createParamBinder();
  const { bind } = binder;
  const { fromMs, toMs: untilMs, filters } = request;
  const holds = (ms: number): string => `max(since < ${bind(ms, 'Int64')} AND until >= ${bind(ms, 'Int64')})`;
  return clickHouse.query({
    name: 'seat-transitions',
    tenantId,
    sql: `SELECT multiIf(
    before AND after, multiIf(has(periods, 0) AND has(periods, 1), 'retained', has(periods, 1), 'reactivated', has(periods, 0), 'lapsed', 'stillAtRisk'),
    before, 'reclaimed', 'newlyAssigned') AS transition, count() AS seats
FROM (
  SELECT seat, user, ${holds(fromMs)} AS before, ${holds(untilMs)} AS after
  FROM (
${assignmentsSql(tenantId, { untilMs, filters }, bind)}
  )
  GROUP BY seat, user
  HAVING before OR after
) AS holders
LEFT ANY JOIN (
${userPeriodsSql(tenantId, { periods: request.periods, isFromBefore: false, filters: [] }, bind)}
) AS activity USING (user)
GROUP BY transition`,
    params: binder.params,
    row: transitionRow,
    memoryBytesMax: request.memoryBytesMax,
    ...(signal !== undefined && { signal }),
  });
}
