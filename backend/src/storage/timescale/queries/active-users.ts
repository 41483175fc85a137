import { z } from 'zod';
import type { ActiveUsersRequest, ActiveUsersRow, UserDimensionName } from '../../metric-reads.js';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { dimensionSql, filtersSql, type ResolvedFilter } from './filters.js';
import { createParamList, type ParamList } from './param-list.js';
import { landingTable, userDaysTable } from './pieces.js';

/** A request, and where each of its local days is read: from the days of users, or from a part of landing. */
export interface PiecedUsersRequest extends ActiveUsersRequest {
  readonly filters: readonly ResolvedFilter<UserDimensionName>[];
  /** Numbers of local days that are read from the days of users, with their dates. */
  readonly storedDays: readonly { readonly localDay: number; readonly date: string }[];
  readonly landedDays: readonly {
    readonly localDay: number;
    readonly fromMs: number;
    readonly toMs: number;
  }[];
}

const activeUsersRow = z.object({
  window: z.number(),
  localDay: z.number(),
  group: z.array(z.string()),
  change: z.union([z.string(), z.number()]).transform(Number),
});

/**
 * Exact distinct users of trailing windows, in one pass: the days of each user become runs (a run lasts until the
 * user has been away for the whole window), and only the ends of runs are summed. Periods count like days.
 */
export async function queryActiveUsers(
  executor: SqlExecutor,
  tenantId: string,
  request: PiecedUsersRequest,
): Promise<readonly ActiveUsersRow[]> {
  const { sql, values } = activeUsersSql(tenantId, request);
  return (await executor.query(sql, values)).map((row) => activeUsersRow.parse(row));
}

function activeUsersSql(
  tenantId: string,
  request: PiecedUsersRequest,
): { readonly sql: string; readonly values: readonly unknown[] } {
  const params = createParamList();
  const { bind } = params;
  const dims = request.groupBy.map((_name, index) => `d${index}`);
  const keys = ['w', ...dims];
  const windows = bind(request.windows, 'integer[]');
  const limit = bind(request.rowsMax + 1, 'bigint');
  const sql = `WITH days AS (
${daysSql(tenantId, request, bind)}
), runs AS (
  SELECT ${[...keys, 'day'].join(', ')}, lag(day) OVER turn AS before, lead(day) OVER turn AS after
  FROM days CROSS JOIN unnest(${windows}) AS windows (w)
  WINDOW turn AS (PARTITION BY ${[...keys, 'user_id'].join(', ')} ORDER BY day)
), edges AS (
  SELECT ${keys.join(', ')}, day, 1 AS change FROM runs WHERE before IS NULL OR day - before > w
  UNION ALL
  SELECT ${keys.join(', ')}, day + w, -1 FROM runs WHERE after IS NULL OR after - day > w
)
SELECT w AS window, day AS "localDay", ARRAY[${dims.join(', ')}]::text[] AS group, sum(change) AS change
FROM edges GROUP BY ${[...keys, 'day'].join(', ')} LIMIT ${limit}`;
  return { sql, values: params.values };
}

function daysSql(tenantId: string, request: PiecedUsersRequest, bind: ParamList['bind']): string {
  const dims = request.groupBy.map((name, index) => `${columnOf(name)} AS d${index}`);
  const shared = [
    `tenant_id = ${bind(tenantId, 'text')}`,
    ...filtersSql(request.filters, columnOf, bind),
  ].join(' AND ');
  const { storedDays, landedDays, periodOfDay } = request;
  const numbersOf = (days: readonly { readonly localDay: number }[]): string =>
    bind(
      days.map(({ localDay }) => (periodOfDay === undefined ? localDay : periodOfDay[localDay])),
      'integer[]',
    );
  const numbers = numbersOf(storedDays);
  const dates = bind(
    storedDays.map(({ date }) => date),
    'date[]',
  );
  const stored = `SELECT ${[...dims, 'user_id', 'number AS day'].join(', ')}
  FROM ${userDaysTable} JOIN unnest(${numbers}, ${dates}) AS stored (number, date) ON local_day = date
  WHERE ${shared}`;
  const instants = (ms: readonly number[]): string =>
    bind(
      ms.map((at) => new Date(at).toISOString()),
      'timestamptz[]',
    );
  const landedNumbers = numbersOf(landedDays);
  const froms = instants(landedDays.map(({ fromMs }) => fromMs));
  const tos = instants(landedDays.map(({ toMs }) => toMs));
  const landed = `SELECT ${[...dims, 'user_id', 'number'].join(', ')}
  FROM ${landingTable} JOIN unnest(${landedNumbers}, ${froms}, ${tos}) AS landed (number, starts, ends)
    ON occurred_at >= starts AND occurred_at < ends
  WHERE user_id <> '' AND ${shared}`;
  return `  ${stored}\n  UNION\n  ${landed}`;
}

/** Landing keeps the domain of an event beside it, as the days of users do. */
function columnOf(name: UserDimensionName): string {
  return name === 'domain' ? 'domain' : dimensionSql(name);
}
