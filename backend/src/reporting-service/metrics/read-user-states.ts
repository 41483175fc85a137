import type { Notice } from '@coditect/contracts';
import type { MetricReader } from '../../metric-queries/metric-engine.js';
import type { CohortsPlan, DepthPlan, LifecyclePlan, SeatsPlan } from '../../metric-queries/query-plan.js';
import type { Range } from '../../metric-queries/time/buckets.js';
import type { DimensionFilter, DimensionName, PeriodsByDay } from '../../storage/metric-reads.js';
import type { SqlExecutor } from '../../storage/postgres/sql-executor.js';
import { queryCohorts } from '../../storage/timescale/queries/cohorts.js';
import type { ResolvedFilter } from '../../storage/timescale/queries/filters.js';
import { queryLifecycle } from '../../storage/timescale/queries/lifecycle.js';
import { landingTable, seatChangesTable, userDaysTable } from '../../storage/timescale/queries/pieces.js';
import { queryStoredDays, type RollupState } from '../../storage/timescale/queries/rollup-state.js';
import { lacksSeatHistory } from '../../storage/timescale/rollup/seat-history.js';
import { querySeats } from '../../storage/timescale/queries/seats.js';
import { queryUsageDepth } from '../../storage/timescale/queries/usage-depth.js';
import type { PeriodPieces } from '../../storage/timescale/queries/user-periods.js';
import { chooseUserPeriods, keptFromMsOf } from './choose-user-periods.js';
import { resolveFilters } from './resolve-filters.js';

/** State and numbers of one moment. */
export type ReadAtOnce = <T>(
  tenantId: string,
  range: Range,
  work: (executor: SqlExecutor, state: RollupState) => Promise<T>,
) => Promise<T>;

type UserStates = Pick<MetricReader, 'readSeats' | 'readLifecycle' | 'readCohorts' | 'readUsageDepth'>;

/** Who had a seat, and who came when. */
export function createUserStates(tenantId: string, atOnce: ReadAtOnce): UserStates {
  function read<T>(
    activity: Activity,
    signal: AbortSignal,
    work: (executor: SqlExecutor, pieces: PeriodPieces) => Promise<T>,
  ): Promise<T> {
    return atOnce(tenantId, rangeOf(activity), async (executor, state) => {
      signal.throwIfAborted();
      return work(executor, await findPieces(executor, tenantId, activity, state));
    });
  }

  return {
    readSeats: (request, signal) =>
      read({ periods: request.days, isFromBefore: false }, signal, async (executor, pieces) => {
        const { groupBy = [], rowsMax = Number.MAX_SAFE_INTEGER - 1 } = request;
        const scope = { tenantId, pieces: [], hasSeats: true };
        const filters = await resolveFilters(executor, scope, request.filters);
        return querySeats(executor, tenantId, { ...request, ...pieces, groupBy, filters, rowsMax });
      }),
    readLifecycle: (request, signal) =>
      read({ periods: request.periods, isFromBefore: true }, signal, async (executor, pieces) => {
        const filters = await resolveUserFilters(executor, tenantId, pieces, request.filters);
        const periods = request.periods.count;
        return queryLifecycle(executor, tenantId, { ...request, ...pieces, filters, periods });
      }),
    readCohorts: (request, signal) =>
      read({ periods: request.periods, isFromBefore: true }, signal, async (executor, pieces) => {
        const filters = await resolveUserFilters(executor, tenantId, pieces, request.filters);
        return queryCohorts(executor, tenantId, { ...request, ...pieces, filters });
      }),
    readUsageDepth: (request, signal) =>
      read({ periods: request.days, isFromBefore: false }, signal, async (executor, pieces) => {
        const filters = await resolveUserFilters(executor, tenantId, pieces, request.filters);
        return queryUsageDepth(executor, tenantId, { ...request, ...pieces, filters });
      }),
  };
}

interface Activity {
  readonly periods: PeriodsByDay;
  /** Also all the time before them. */
  readonly isFromBefore: boolean;
}

function rangeOf({ periods: { startsMs, endMs }, isFromBefore }: Activity): Range {
  return { fromMs: isFromBefore ? -Infinity : (startsMs[0] ?? endMs), toMs: endMs };
}

async function findPieces(
  executor: SqlExecutor,
  tenantId: string,
  activity: Activity,
  state: RollupState,
): Promise<PeriodPieces> {
  const days = await queryStoredDays(executor, tenantId, rangeOf(activity));
  return chooseUserPeriods(activity.periods, activity.isFromBefore, state, days);
}

/** More values than those of the periods do no harm. */
function resolveUserFilters<Name extends DimensionName>(
  executor: SqlExecutor,
  tenantId: string,
  { landedParts }: PeriodPieces,
  filters: readonly DimensionFilter<Name>[],
): Promise<readonly ResolvedFilter<Name>[]> {
  const pieces = landedParts.map(({ fromMs, toMs }) => ({ table: 'landing', fromMs, toMs }) as const);
  return resolveFilters(executor, { tenantId, pieces, days: 'all' }, filters);
}

type UserStatesPlan = SeatsPlan | LifecyclePlan | CohortsPlan | DepthPlan;

/** What one span of a plan is read from, and what has to be known about it. */
export interface StateReads {
  readonly range: Range;
  sourcesOf(state: RollupState, executor: SqlExecutor): Promise<readonly string[]>;
  noticesOf(state: RollupState, executor: SqlExecutor): readonly Notice[] | Promise<readonly Notice[]>;
}

/** Of both spans, as far as any of their buckets has begun. */
export function listReadsOfStates(tenantId: string, plan: UserStatesPlan): readonly StateReads[] {
  return activitiesOf(plan).map((activity) => ({
    range: rangeOf(activity),
    sourcesOf: async (state, executor) => {
      const { storedDays, landedParts } = await findPieces(executor, tenantId, activity, state);
      return [
        ...(plan.kind === 'seats' ? [seatChangesTable] : []),
        ...(storedDays.length > 0 ? [userDaysTable] : []),
        ...(landedParts.length > 0 ? [landingTable] : []),
      ];
    },
    noticesOf: async (state, executor) => {
      if (plan.kind === 'seats') return noticesOfSeats(executor);
      return activity.isFromBefore ? noticesOfFirstTimes(state) : [];
    },
  }));
}

function activitiesOf(plan: UserStatesPlan): readonly Activity[] {
  const isFromBefore = plan.kind === 'lifecycle' || plan.kind === 'cohorts';
  return periodsOf(plan).flatMap((periods) => (periods === undefined ? [] : [{ periods, isFromBefore }]));
}

function periodsOf(plan: UserStatesPlan): readonly (PeriodsByDay | undefined)[] {
  switch (plan.kind) {
    case 'seats':
      return [plan.current.days, plan.previous?.days];
    case 'depth':
      return [plan.current.reading?.days, plan.previous?.reading?.days];
    default:
      return [plan.current.periods, plan.previous?.periods];
  }
}

async function noticesOfSeats(executor: SqlExecutor): Promise<readonly Notice[]> {
  if (!(await lacksSeatHistory(executor))) return [];
  return [{ severity: 'warning', code: 'seats_cut', text: seatsCut }];
}

const seatsCut =
  'Seats that changed before reports were told of them are not taken over yet: who got one before may be missing.';

/** Who is new is told by all that is kept. */
function noticesOfFirstTimes(state: RollupState): readonly Notice[] {
  const keptFromMs = keptFromMsOf(state);
  if (!Number.isFinite(keptFromMs)) return [];
  const text = `Days of users are kept from ${new Date(keptFromMs).toISOString()} on: who was first seen before that, and has come again, counts as new.`;
  return [{ severity: 'warning', code: 'first_times_cut', text }];
}
