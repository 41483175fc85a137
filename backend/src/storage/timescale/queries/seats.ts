import { z } from 'zod';
import type { SeatCounts, SeatDimensionName, SeatMoment } from '../../metric-reads.js';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { toInstant } from '../rollup/spans.js';
import { filtersSql, type ResolvedFilter } from './filters.js';
import { createParamList, type ParamList } from './param-list.js';
import { seatChangesTable } from './pieces.js';
import { groupNames, userPeriodsSql, type PeriodPieces } from './user-periods.js';

/** Periods are local days, numbered as the moments have them. */
export interface PiecedSeatsRequest extends PeriodPieces {
  readonly moments: readonly SeatMoment[];
  readonly activeDays: number;
  readonly groupBy: readonly SeatDimensionName[];
  readonly filters: readonly ResolvedFilter<SeatDimensionName>[];
  readonly rowsMax: number;
}

const number = z.string().transform(Number);
const countsRow = z.object({
  moment: z.number(),
  group: z.array(z.string()),
  purchased: number,
  assigned: number,
  active: number,
  idle: number,
  users: number,
  activeUsers: number,
});

const counts = ['purchased', 'assigned', 'active', 'idle', 'users', 'active_users'] as const;
type Count = (typeof counts)[number];

/**
 * Seats at each moment. Nothing is laid out moment by moment: whoever has a seat, or is active, is so from one moment to
 * another, and only both ends are summed up.
 */
export async function querySeats(
  executor: SqlExecutor,
  tenantId: string,
  request: PiecedSeatsRequest,
): Promise<readonly SeatCounts[]> {
  const { bind, values } = createParamList();
  const { groupBy, moments } = request;
  const names = groupNames(groupBy);
  const keys = names.map((name) => `${name}, `).join('');
  const partition = names.length === 0 ? '' : `PARTITION BY ${names.join(', ')} `;
  const end = bind(moments.length, 'integer');
  const sums = (of: (count: Count) => string): string => counts.map(of).join(', ');
  const sql = `WITH ${heldSql(tenantId, request, bind)},
${workedSql(tenantId, request, bind)},
spans (${keys}a, b, ${counts.join(', ')}) AS (
  ${spansSql(tenantId, request, bind)}
), edges AS (
  SELECT * FROM spans UNION ALL SELECT ${keys}b, b, ${sums((count) => `-${count}`)} FROM spans
), changes AS (
  SELECT ${keys}a, ${sums((count) => `sum(${count}) AS ${count}`)} FROM edges WHERE a < ${end} GROUP BY ${keys}a
), levels AS (
  SELECT ${keys}a, coalesce(lead(a) OVER course, ${end}) AS b, ${sums((count) => `sum(${count}) OVER course AS ${count}`)}
  FROM changes WINDOW course AS (${partition}ORDER BY a)
)
SELECT moment, ARRAY[${names.join(', ')}]::text[] AS group, ${sums((count) => `${count}::text AS "${camel(count)}"`)}
FROM levels CROSS JOIN LATERAL generate_series(a, b - 1) AS moment
WHERE purchased > 0 OR assigned > 0 LIMIT ${bind(request.rowsMax + 1, 'bigint')}`;
  return (await executor.query(sql, values)).map((row) => countsRow.parse(row));
}

function camel(count: Count): string {
  return count === 'active_users' ? 'activeUsers' : count;
}

/** The instants of the moments, to be counted in. */
function instants(moments: readonly SeatMoment[], pick: (moment: SeatMoment) => number): readonly string[] {
  return moments.map((moment) => toInstant(pick(moment)));
}

/**
 * `held`: whose seat is whose from moment `a` up to moment `b`, and from which moment on it can be idle. A seat is
 * somebody's from its assignment to whatever happens to it next; of one instant, what is released comes before what is
 * assigned, and what is left is in the order of ids that the other store has: by their second halves.
 */
function heldSql(tenantId: string, request: PiecedSeatsRequest, bind: ParamList['bind']): string {
  const { filters, groupBy, moments } = request;
  const ends = bind(
    instants(moments, ({ atMs }) => atMs),
    'timestamptz[]',
  );
  const graces = bind(
    instants(moments, ({ graceMs }) => graceMs),
    'timestamptz[]',
  );
  const untilAt = bind(toInstant(Math.max(...moments.map(({ atMs }) => atMs))), 'timestamptz');
  const groups = groupBy.map((name, index) => `${name} AS d${index}, `).join('');
  const where = [`action = 'assigned'`, ...filtersSql(filters, (name) => name, bind)];
  return `turns AS (
  SELECT user_id, team, project, action, occurred_at AS since, lead(occurred_at, 1, 'infinity') OVER (
    PARTITION BY seat ORDER BY occurred_at, action = 'assigned', substr(event_id::text, 20) COLLATE "C", event_id) AS until
  FROM ${seatChangesTable}
  WHERE tenant_id = ${bind(tenantId, 'text')} AND action IN ('assigned', 'released') AND occurred_at < ${untilAt}
), assigned AS (
  SELECT ${groups}user_id, width_bucket(since, ${ends}) AS a, width_bucket(until, ${ends}) AS b,
    width_bucket(since, ${graces}) AS ripe
  FROM turns WHERE ${where.join(' AND ')}
), held AS (SELECT * FROM assigned WHERE a < b)`;
}

/** `worked`: the same, as long as its user is active. Days that lie close enough make one run. */
function workedSql(tenantId: string, request: PiecedSeatsRequest, bind: ParamList['bind']): string {
  const { moments, groupBy } = request;
  const keys = groupNames(groupBy)
    .map((name) => `${name}, `)
    .join('');
  const lastDays = bind(
    moments.map(({ lastDay }) => lastDay),
    'integer[]',
  );
  const activeDays = bind(request.activeDays, 'integer');
  const days = userPeriodsSql(tenantId, { ...request, groupBy: [], filters: [] }, bind);
  return `days AS (
  ${days}
), steps AS (
  SELECT user_id, period, period - lag(period) OVER (PARTITION BY user_id ORDER BY period) <= ${activeDays} AS goes_on FROM days
), runs AS (
  SELECT user_id, width_bucket(min(period) - 1, ${lastDays}) AS a, width_bucket(max(period) + ${activeDays} - 1, ${lastDays}) AS b
  FROM (
    SELECT user_id, period, count(*) FILTER (WHERE goes_on IS NOT TRUE) OVER (PARTITION BY user_id ORDER BY period) AS run FROM steps
  ) AS numbered GROUP BY user_id, run
), worked AS (
  SELECT ${keys}user_id, greatest(held.a, runs.a) AS a, least(held.b, runs.b) AS b, ripe FROM held JOIN runs USING (user_id)
  WHERE greatest(held.a, runs.a) < least(held.b, runs.b)
)`;
}

/** What counts from moment `a` up to moment `b`. What is bought is of no group. */
function spansSql(
  tenantId: string,
  { groupBy, moments }: PiecedSeatsRequest,
  bind: ParamList['bind'],
): string {
  const keys = groupNames(groupBy)
    .map((name) => `${name}, `)
    .join('');
  const span = (from: string, of: Partial<Record<Count, string>>, a = 'a'): string =>
    `SELECT ${keys}${a}, b, ${counts.map((count) => `${of[count] ?? '0'}::bigint`).join(', ')} FROM ${from}`;
  const ends = bind(
    instants(moments, ({ atMs }) => atMs),
    'timestamptz[]',
  );
  const end = bind(moments.length, 'integer');
  const bought = `(
    SELECT width_bucket(occurred_at, ${ends}) AS a, ${end} AS b, seats FROM ${seatChangesTable}
    WHERE tenant_id = ${bind(tenantId, 'text')} AND action = 'purchased') AS bought WHERE a < b`;
  const spans = [
    span('held', { assigned: '1' }),
    span('held WHERE greatest(a, ripe) < b', { idle: '1' }, 'greatest(a, ripe)'),
    span('worked', { active: '1' }),
    span('worked WHERE greatest(a, ripe) < b', { idle: '-1' }, 'greatest(a, ripe)'),
    span(unionSql('held', keys), { users: '1' }),
    span(unionSql('worked', keys), { active_users: '1' }),
  ];
  return [...spans, ...(groupBy.length === 0 ? [span(bought, { purchased: 'seats' })] : [])].join(
    '\n  UNION ALL ',
  );
}

/** The spans in which a user has at least one seat of a group. */
function unionSql(from: string, keys: string): string {
  const user = `PARTITION BY ${keys}user_id ORDER BY a, b`;
  return `(
    SELECT ${keys}min(a) AS a, max(b) AS b FROM (
      SELECT ${keys}user_id, a, b, count(*) FILTER (WHERE a > before IS NOT FALSE) OVER (${user} ROWS UNBOUNDED PRECEDING) AS part
      FROM (
        SELECT ${keys}user_id, a, b, max(b) OVER (${user} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM ${from}
      ) AS ordered
    ) AS parts GROUP BY ${keys}user_id, part
  ) AS united`;
}
