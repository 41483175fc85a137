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
import { groupColumnsOf, limitSql, userPeriodsSql } from './user-periods.js';

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
  // Days count from 1, so that 0 is "never".
  const lastDays = list(({ lastDay }) => lastDay + 1);
  const graces = list(({ graceMs }) => graceMs);
  const untilMs = Math.max(...moments.map(({ atMs }) => atMs));
  return clickHouse.query({
    name: 'seats',
    tenantId,
    sql: `SELECT toInt32(k - 1) AS moment, ${group} AS group, sum(bought) AS purchased, countIf(held) AS assigned, countIf(held AND worked) AS active,
  countIf(held AND NOT worked AND since < ${graces}[k]) AS idle,
  uniqExactIf(user, held) AS users, uniqExactIf(user, held AND worked) AS activeUsers
FROM (
  SELECT k${names.map((name) => `, '' AS ${name}`).join('')}, toUInt64(seats) AS bought, false AS held, false AS worked, toInt64(0) AS since, toUInt64(0) AS user
  FROM seat_changes_v1 FINAL
  ARRAY JOIN arrayEnumerate(${ends}) AS k
  WHERE ${groupBy.length === 0 ? '' : 'false AND '}tenant_id = ${bind(tenantId, 'String')} AND action = 'purchased' AND toUnixTimestamp64Milli(occurred_at) < ${ends}[k]
  UNION ALL
  SELECT k${groups}, toUInt64(0), true, arrayLast(d -> d <= ${lastDays}[k], days) > ${lastDays}[k] - ${bind(activeDays, 'Int64')}, since, user
  FROM (
    SELECT user, since, days${groups},
      arrayJoin(arrayFilter(i -> since < ${ends}[i] AND until >= ${ends}[i], arrayEnumerate(${ends}))) AS k
    FROM (
${assignmentsSql(tenantId, { untilMs, groupBy, filters: request.filters }, bind)}
    ) AS assignments
    LEFT ANY JOIN (
      SELECT user, arrayMap(each -> toInt64(each) + 1, periods) AS days
      FROM (
${userPeriodsSql(tenantId, { periods: request.days, isFromBefore: false, filters: [] }, bind)}
      )
    ) AS activity USING (user)
  )
)
GROUP BY k${groups}${limitSql(request.rowsMax, bind)}`,
    params: binder.params,
    row: countsRow,
    memoryBytesMax: request.memoryBytesMax,
    ...(signal !== undefined && { signal }),
  });
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
