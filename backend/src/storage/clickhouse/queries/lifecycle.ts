import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type { LifecycleCount, LifecycleState, PeriodsByDay, UserDimensionName } from '../../metric-reads.js';
import { matchSql, userEventsSql, type EventMatch } from './event-match.js';
import { createParamBinder, type ParamBinder } from './param-binder.js';
import {
  groupColumnsOf,
  limitSql,
  periodOfEventSql,
  userPeriodsSql,
  type Periods,
  type UserFilter,
} from './user-periods.js';

/** Where activity is read from: the days of users, or single events where those can't tell. */
export type ActivitySource =
  | {
      readonly kind: 'days';
      readonly periods: PeriodsByDay;
      readonly filters: readonly UserFilter[];
      /** Users are counted apart in each group. */
      readonly groupBy?: readonly UserDimensionName[];
    }
  | { readonly kind: 'events'; readonly periods: Periods; readonly match: EventMatch };

export interface LifecycleRequest {
  /** The first period is the one before those that are asked for. */
  readonly activity: ActivitySource;
  readonly memoryBytesMax: number;
  readonly rowsMax?: number;
}

export type LifecycleRow = Pick<LifecycleCount, 'period' | 'state' | 'users'>;

const states = ['new', 'returning', 'resurrected', 'dormant'] as const satisfies readonly LifecycleState[];
const lifecycleRow = z.object({
  period: z.number(),
  group: z.array(z.string()),
  state: z.enum(states),
  users: z.number(),
});

/** Who was active in each period, against all before; dormant are those who were active in the one before only. */
export async function queryLifecycle(
  clickHouse: ClickHouse,
  tenantId: string,
  request: LifecycleRequest,
  signal?: AbortSignal,
): Promise<readonly LifecycleCount[]> {
  const binder = createParamBinder();
  const { activity, memoryBytesMax, rowsMax } = request;
  const { names, group } = groupColumnsOf(groupsOf(activity));
  const count = activity.kind === 'days' ? activity.periods.count : activity.periods.startsMs.length;
  const state = (name: LifecycleState): string => `'${name}'`;
  const far = 1_000_000;
  return clickHouse.query({
    name: 'lifecycle',
    tenantId,
    sql: `SELECT hit.1 AS period, ${group} AS group, hit.2 AS state, count() AS users FROM (
  SELECT ${names.map((name) => `${name}, `).join('')}arrayJoin(arrayConcat(
    arrayMap((p, before) -> (p, multiIf(before = -${far}, ${state('new')}, p - before = 1, ${state('returning')}, ${state('resurrected')})),
      periods, arrayPushFront(arrayPopBack(periods), toInt32(-${far}))),
    arrayMap(p -> (toInt32(p + 1), ${state('dormant')}),
      arrayFilter((p, next) -> next != p + 1, periods, arrayPushBack(arrayPopFront(periods), toInt32(${far}))))
  )) AS hit
  FROM (
${activitySql(tenantId, activity, binder.bind)}
  )
)
WHERE period >= 1 AND period < ${binder.bind(count, 'Int32')}
GROUP BY ${['period', ...names, 'state'].join(', ')}${limitSql(rowsMax, binder.bind)}`,
    params: binder.params,
    row: lifecycleRow,
    memoryBytesMax,
    ...(signal !== undefined && { signal }),
  });
}

function groupsOf(activity: ActivitySource): readonly UserDimensionName[] {
  return activity.kind === 'days' ? (activity.groupBy ?? []) : [];
}

/** Each user with the periods of activity, in order. */
function activitySql(tenantId: string, activity: ActivitySource, bind: ParamBinder['bind']): string {
  if (activity.kind === 'days') {
    const { periods, filters } = activity;
    return userPeriodsSql(
      tenantId,
      { periods, isFromBefore: true, filters, groupBy: groupsOf(activity) },
      bind,
    );
  }
  const { periods, match } = activity;
  return `SELECT user_id AS user, arraySort(groupUniqArray(${periodOfEventSql(periods, bind)})) AS periods FROM events_raw_v1
WHERE ${userEventsSql(tenantId, { toMs: periods.endMs }, bind)} AND ${matchSql(match, bind)}
GROUP BY user`;
}
