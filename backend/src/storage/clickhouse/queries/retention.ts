import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type { CohortCount, PeriodsByDay, UserDimensionName } from '../../metric-reads.js';
import { matchSql, typesSql, userEventsSql, type EventMatch } from './event-match.js';
import { createParamBinder, type ParamBinder } from './param-binder.js';
import { instantSql } from './time-sql.js';
import {
  groupColumnsOf,
  limitSql,
  periodOfEventSql,
  userPeriodsSql,
  type Periods,
  type UserFilter,
} from './user-periods.js';

/** Where starts and returns are read from: the days of users, or single events where those can't tell. */
export type ReturnsSource =
  | {
      readonly kind: 'days';
      readonly periods: PeriodsByDay;
      readonly filters: readonly UserFilter[];
      readonly start: readonly UserFilter[];
      /** Those of the start, or none: a start is a return, too, so that no return of its period can be before it. */
      readonly returning: readonly UserFilter[];
      /** Users are counted apart in each group. */
      readonly groupBy?: readonly UserDimensionName[];
    }
  | {
      readonly kind: 'events';
      readonly periods: Periods;
      readonly filters: EventMatch['filters'];
      readonly start: EventMatch;
      readonly returning: EventMatch;
    };

export interface RetentionRequest {
  readonly source: ReturnsSource;
  /** The first periods, in which users may start; in all of them they may return. */
  readonly cohorts: number;
  /** How many periods after its own a cohort is followed. */
  readonly periodsAfter: number;
  /** The first start ever counts, else the first one since the first period began. */
  readonly isFirstEver: boolean;
  /** Only the last return of each user is looked at. */
  readonly isUnbounded: boolean;
  readonly memoryBytesMax: number;
  readonly rowsMax?: number;
}

export type RetentionRow = Pick<CohortCount, 'cohort' | 'after' | 'users'>;

const retentionRow = z.object({
  cohort: z.number(),
  group: z.array(z.string()),
  after: z.number(),
  users: z.number(),
});

/** How many of each cohort returned how many periods later. */
export async function queryRetention(
  clickHouse: ClickHouse,
  tenantId: string,
  request: RetentionRequest,
  signal?: AbortSignal,
): Promise<readonly CohortCount[]> {
  const { bind, params } = createParamBinder();
  const { source } = request;
  const { names, group } = groupColumnsOf(groupsOf(source));
  const cohort = ['cohort', ...names].join(', ');
  const afters = `arrayFilter(after -> after >= 0 AND after <= ${bind(request.periodsAfter, 'Int32')}, arrayMap(each -> each - cohort, returned))`;
  const users =
    source.kind === 'days'
      ? returnsOfDaysSql(tenantId, source, request.isFirstEver, bind)
      : returnsOfEventsSql(tenantId, source, request, bind);
  return clickHouse.query({
    name: 'retention',
    tenantId,
    sql: `SELECT cohort, ${group} AS group, arrayJoin(arrayPushFront(counted, toInt64(-1))) AS after, count() AS users FROM (
SELECT ${cohort}, ${afters} AS afters, ${request.isUnbounded ? 'empty(afters) ? afters : [arrayMax(afters)]' : 'afters'} AS counted
FROM (
${users}
)
WHERE cohort >= 0 AND cohort < ${bind(request.cohorts, 'Int32')}
)
GROUP BY ${cohort}, after${limitSql(request.rowsMax, bind)}`,
    params,
    row: retentionRow,
    memoryBytesMax: request.memoryBytesMax,
    ...(signal !== undefined && { signal }),
  });
}

function groupsOf(source: ReturnsSource): readonly UserDimensionName[] {
  return source.kind === 'days' ? (source.groupBy ?? []) : [];
}

function returnsOfDaysSql(
  tenantId: string,
  source: Extract<ReturnsSource, { kind: 'days' }>,
  isFirstEver: boolean,
  bind: ParamBinder['bind'],
): string {
  const { periods, filters, start, returning } = source;
  const lists = { starts: start, returns: returning };
  const groupBy = groupsOf(source);
  const user = ['user', ...groupColumnsOf(groupBy).names].join(', ');
  return `SELECT ${user}, starts[1] AS cohort, arrayFilter(each -> each >= cohort, returns) AS returned
FROM (
${userPeriodsSql(tenantId, { periods, isFromBefore: isFirstEver, filters, lists, groupBy }, bind)}
)
WHERE notEmpty(starts)`;
}

/** Per user and period the first start and the last return are enough: only in the cohort's own one the order matters. */
function returnsOfEventsSql(
  tenantId: string,
  source: Extract<ReturnsSource, { kind: 'events' }>,
  request: RetentionRequest,
  bind: ParamBinder['bind'],
): string {
  const { periods, start, returning } = source;
  const [fromMs = 0] = periods.startsMs;
  const startsEndMs = periods.startsMs[request.cohorts] ?? periods.endMs;
  const where = [
    userEventsSql(tenantId, { toMs: periods.endMs, ...(!request.isFirstEver && { fromMs }) }, bind),
    ...typesSql([start, returning], bind),
    matchSql({ filters: source.filters }, bind),
    `(is_start OR (is_return AND occurred_at >= ${instantSql(fromMs, bind)}))`,
  ];
  return `SELECT argMin(period, started_at) AS cohort, min(started_at) AS start_at,
  arrayMap(last -> last.1, arrayFilter(last -> last.1 > cohort OR (last.1 = cohort AND last.2 >= start_at),
    groupArrayIf((period, assumeNotNull(returned_at)), isNotNull(returned_at)))) AS returned
FROM (
  SELECT user_id, period, minOrNullIf(at, is_start) AS started_at, maxOrNullIf(at, is_return) AS returned_at FROM (
    SELECT user_id, ${periodOfEventSql(periods, bind)} AS period, toUnixTimestamp64Milli(occurred_at) AS at,
      (${matchSql(start, bind)} AND occurred_at < ${instantSql(startsEndMs, bind)}) AS is_start,
      ${matchSql(returning, bind)} AS is_return
    FROM events_raw_v1
    WHERE ${where.join('\n      AND ')}
  )
  GROUP BY user_id, period
)
GROUP BY user_id HAVING isNotNull(start_at)`;
}
