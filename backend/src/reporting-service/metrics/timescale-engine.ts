import type { Notice } from '@coditect/contracts';
import { RE2JS } from 're2js';
import { isOnlyForPanels } from '../../kpis/kpi.js';
import type { MetricEngine } from '../../metric-queries/metric-engine.js';
import type { ActiveUsersPlan, MeasurePlan, QueryPlan, Span } from '../../metric-queries/query-plan.js';
import { refuse } from '../../metric-queries/refuse.js';
import type { Range } from '../../metric-queries/time/buckets.js';
import { AppError } from '../../platform/errors.js';
import type { ActiveUsersRequest, MeasureRequest } from '../../storage/metric-reads.js';
import type { SqlDatabase, SqlExecutor } from '../../storage/postgres/sql-executor.js';
import { actForTenant, lockToTenant } from '../../storage/postgres/tenant-role.js';
import { queryActiveUsers } from '../../storage/timescale/queries/active-users.js';
import { queryDataQuality } from '../../storage/timescale/queries/data-quality.js';
import { queryMeasures } from '../../storage/timescale/queries/measures.js';
import {
  checksTable,
  landingTable,
  rollupsTable,
  userDaysTable,
  type Piece,
} from '../../storage/timescale/queries/pieces.js';
import { queryRollupState, type RollupState } from '../../storage/timescale/queries/rollup-state.js';
import { resolveFilters } from './resolve-filters.js';
import { chooseUserDays } from './choose-user-days.js';
import { createFirstsReader, readsOfFirsts } from './read-user-firsts.js';
import { createUserStates, listReadsOfStates } from './read-user-states.js';
import { noticesOfRetention, piecesOfRange } from './rolled-range.js';

/**
 * Metric queries, answered by rollups and, where those can't tell, by the events that landing still holds. What has
 * landed counts, rolled up or not. Each read sees one moment of the store.
 */
export function createTimescaleEngine(database: SqlDatabase): MetricEngine {
  /** State and numbers of one moment. */
  function atOnce<T>(
    tenantId: string,
    range: Range,
    work: (executor: SqlExecutor, state: RollupState) => Promise<T>,
  ): Promise<T> {
    return database.transaction(async (executor) => {
      await executor.runScript('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await actForTenant(executor, tenantId);
      // A chunk that is dropped is gone for every snapshot: who drops one waits for this transaction.
      await executor.runScript('LOCK TABLE analytics.events_landing_v1 IN ACCESS SHARE MODE');
      return work(executor, await queryRollupState(executor, tenantId, range));
    });
  }

  return {
    checkRegex: (pattern) => Promise.resolve(checkPattern(pattern)),
    async open(tenantId, plan) {
      const sources = new Set<string>();
      const notices = new Map<string, Notice>();
      for (const { range, sourcesOf, noticesOf } of readsOf(tenantId, plan)) {
        const found = await atOnce(tenantId, range, async (executor, state) => ({
          sources: await sourcesOf(state, executor),
          notices: await noticesOf(state, executor),
        }));
        for (const source of found.sources) sources.add(source);
        for (const notice of found.notices) notices.set(notice.code, notice);
      }
      return {
        sources: [...sources],
        notices: [...notices.values()],
        quality: await queryDataQuality(lockToTenant(database, tenantId), tenantId, plan.current.range),
        readMeasures: (request, signal) =>
          atOnce(tenantId, request, async (executor, state) => {
            signal.throwIfAborted();
            const pieces = piecesOfRange({ ...request, boundariesMs: boundariesOf(request) }, state);
            const scope = { tenantId, pieces };
            const filters = await resolveFilters(executor, scope, request.filters);
            return queryMeasures(executor, tenantId, { ...request, filters, pieces });
          }),
        readActiveUsers: (request, signal) =>
          atOnce(tenantId, rangeOfDays(request), async (executor, state) => {
            signal.throwIfAborted();
            const choice = chooseUserDays(request, state);
            const pieces = choice.landedDays.map(
              ({ fromMs, toMs }) => ({ table: 'landing', fromMs, toMs }) as const,
            );
            const scope = { tenantId, pieces, days: choice.storedDays.map(({ date }) => date) };
            const filters = await resolveFilters(executor, scope, request.filters);
            return queryActiveUsers(executor, tenantId, { ...request, ...choice, filters });
          }),
        ...createUserStates(tenantId, atOnce),
        readFirsts: createFirstsReader(tenantId, atOnce),
      };
    },
  };
}

function checkPattern(pattern: string): void {
  try {
    RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (cause) {
    throw new AppError('regex_invalid', 'The regular expression is not valid RE2.', { status: 400, cause });
  }
}

interface Reads {
  readonly range: Range;
  readonly sourcesOf: (
    state: RollupState,
    executor: SqlExecutor,
  ) => readonly string[] | Promise<readonly string[]>;
  readonly noticesOf: (
    state: RollupState,
    executor: SqlExecutor,
  ) => readonly Notice[] | Promise<readonly Notice[]>;
}

/** What the spans of a plan are read from. Throws 422 `grain_not_available` before anything is read. */
function readsOf(tenantId: string, plan: QueryPlan): readonly Reads[] {
  switch (plan.kind) {
    case 'measures':
      return readsOfMeasures(plan);
    case 'activeUsers':
      return readsOfUsers(plan);
    case 'perUser':
      return [...readsOfMeasures(plan.numerator), ...readsOfUsers(plan.denominator)];
    case 'seats':
    case 'lifecycle':
    case 'cohorts':
    case 'depth':
      return listReadsOfStates(tenantId, plan);
    case 'firsts':
      return [readsOfFirsts];
  }
}

function notInRollups(title: string): Error {
  const reason = `${title} can't be told by reports: what it is told by is kept for panels only.`;
  return refuse('grain_not_available', reason, { pointer: '/metric' });
}

function readsOfMeasures(plan: MeasurePlan): readonly Reads[] {
  if (isOnlyForPanels(plan.kpi.measure)) throw notInRollups(plan.kpi.title);
  return spansOf(plan).map(({ range, buckets }) => ({
    range,
    sourcesOf: (state) => {
      const boundariesMs = plan.interval === undefined ? [] : buckets.startsMs;
      return piecesOfRange({ ...plan, ...range, boundariesMs }, state).map(tableOf);
    },
    noticesOf: (state) => noticesOfRetention(state, range.fromMs),
  }));
}

function readsOfUsers(plan: ActiveUsersPlan): readonly Reads[] {
  return spansOf(plan).map(({ days, startMs, endMs }) => {
    const range = rangeOfDays({ ...days, endMs });
    return {
      range,
      sourcesOf: (state) => {
        const { storedDays, landedDays } = chooseUserDays(
          { ...days, endMs, ...(startMs !== undefined && { startMs }) },
          state,
        );
        return [
          ...(storedDays.length > 0 ? [userDaysTable] : []),
          ...(landedDays.length > 0 ? [landingTable] : []),
        ];
      },
      noticesOf: (state) => noticesOfRetention(state, range.fromMs),
    };
  });
}

/** A compared span before 1970 is not read. */
function spansOf<S extends Span>({
  current,
  previous,
}: {
  readonly current: S;
  readonly previous: S | undefined;
}): readonly S[] {
  return [current, ...(previous === undefined ? [] : [previous])].filter((span) => span.range.fromMs >= 0);
}

function tableOf({ table }: Piece): string {
  if (table === 'landing') return landingTable;
  return table === 'checks' ? checksTable : rollupsTable;
}

function rangeOfDays({ dayStartsMs, endMs }: Pick<ActiveUsersRequest, 'dayStartsMs' | 'endMs'>): Range {
  return { fromMs: dayStartsMs[0] ?? endMs, toMs: endMs };
}

function boundariesOf({ buckets, toMs }: MeasureRequest): readonly number[] {
  switch (buckets.kind) {
    case 'total':
      return [];
    case 'starts':
      return buckets.startsSec.map((start) => start * 1_000);
    case 'steps': {
      const starts: number[] = [];
      for (let at = buckets.originSec * 1_000; at < toMs; at += buckets.stepSec * 1_000) starts.push(at);
      return starts;
    }
  }
}
