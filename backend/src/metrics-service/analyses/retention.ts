import {
  retentionQuerySchema,
  type AnswerCell,
  type AnswerColumn,
  type RetentionQuery,
} from '@coditect/contracts';
import { checkBuckets } from '../../metric-queries/check-range.js';
import { refuse } from '../../metric-queries/refuse.js';
import type { Buckets, Range } from '../../metric-queries/time/buckets.js';
import type { Zone } from '../../metric-queries/time/zone.js';
import { followPeriods, layPeriodsOverDays } from '../../metric-queries/time/user-periods.js';
import type { RetentionRow, ReturnsSource } from '../../storage/clickhouse/queries/retention.js';
import { rawSource } from '../../storage/clickhouse/queries/sources.js';
import { noticesOfRetention } from '../raw-reads.js';
import { listUserTables } from '../state-tables.js';
import { defineAnalysis, type AnalysisHandler, type Moment } from './analysis-handler.js';
import {
  checkRawRange,
  checkScope,
  noticeOfFirstTimes,
  noticeOfIncomplete,
  type AnalysisTools,
} from './analysis-scope.js';
import {
  checkFilters,
  checkMatch,
  checkPatterns,
  toUserFilters,
  type CheckedFilters,
  type CheckedMatch,
} from './check-filters.js';
import { describeFilters, describeInterval, describeMatch } from './describe.js';

interface CheckedRetention {
  readonly range: Range;
  readonly zone: Zone;
  readonly shared: CheckedFilters;
  readonly start: CheckedMatch;
  readonly returning: CheckedMatch;
  /** Those of the cohorts, and those in which their last one may still return. */
  readonly cohorts: Buckets;
  readonly all: Buckets;
}

const dayMs = 86_400_000;
const periodDays = { '1d': 1, '1w': 7, '1M': 31 } as const;

export function createRetention(tools: AnalysisTools): AnalysisHandler {
  const { store, raw } = tools;
  return defineAnalysis({
    title: 'Retention',
    schema: retentionQuerySchema,
    reachMs: (query) => (query.periods + 1) * periodDays[query.interval] * dayMs,
    plan(query, asker) {
      const checked = checkRetention(query, checkScope(query, asker, tools.limits), tools);
      const { shared, start, returning, cohorts, all } = checked;
      const source = chooseSource(checked, tools);
      const isFirstEver = query.cohort === 'firstEver';
      return {
        definition: defineRetention(query),
        zone: checked.zone,
        async run(moment, signal) {
          await checkPatterns(
            [shared, start, returning].flatMap((part) => part.patterns),
            store.checkRegex,
            signal,
          );
          const { id } = asker.tenant;
          const { asOfMs, watermarkMs } = moment;
          const rows = await store.readRetention(
            id,
            {
              source,
              cohorts: cohorts.startsMs.length,
              periodsAfter: query.periods,
              isFirstEver,
              isUnbounded: query.mode === 'unbounded',
              memoryBytesMax: tools.memoryBytesMax,
            },
            signal,
          );
          const isRaw = source.kind === 'events';
          const kept = isRaw
            ? { kept: 'Single events', keptDays: raw.retentionDays, asOfMs }
            : { kept: 'Days of users', keptDays: tools.aggregateRetentionDays, asOfMs };
          const rawRanges = isRaw ? [{ fromMs: cohorts.startsMs[0] ?? all.endMs, toMs: all.endMs }] : [];
          return {
            columns: retentionColumns,
            rows: layOutCohorts(checked, query, rows, moment),
            completeUntilMs: Math.min(watermarkMs, all.endMs),
            sources: tablesOf(source, isFirstEver),
            notices: [
              ...noticeOfIncomplete(watermarkMs, cohorts.endMs),
              ...noticesOfRetention({ tables: [rawSource.table], rawRanges }, asOfMs, raw.retentionDays),
              ...(isFirstEver ? await noticeOfFirstTimes(id, kept, store, signal) : []),
            ],
          };
        },
      };
    },
  });
}

function checkRetention(
  query: RetentionQuery,
  { range, zone }: { readonly range: Range; readonly zone: Zone },
  { limits }: AnalysisTools,
): CheckedRetention {
  const { interval, periods } = query;
  const valuesMax = limits.filterValuesMax;
  const cohorts = checkBuckets(range, interval, zone, limits);
  if (cohorts.startsMs.length * (periods + 1) > limits.rowsMax) {
    const reason = `An answer has at most ${limits.rowsMax} rows. Take fewer periods, or a shorter range.`;
    throw refuse('too_many_points', reason, { pointer: '/periods', limit: limits.rowsMax });
  }
  return {
    range,
    zone,
    shared: checkFilters(query.filters, '/filters', valuesMax),
    start: checkMatch(query.start, '/start', valuesMax),
    returning: checkMatch(query.returning, '/returning', valuesMax),
    cohorts,
    all: followPeriods(cohorts, periods, interval, zone),
  };
}

function tablesOf(source: ReturnsSource, isFirstEver: boolean): readonly string[] {
  if (source.kind === 'events') return [rawSource.table];
  return listUserTables([], source.filters, [...source.start, ...source.returning], isFirstEver);
}

/**
 * The days of users know no types and few dimensions, and within a quarter hour no order: they can tell as long as each
 * start is a return, too.
 */
function chooseSource(
  { range, zone, shared, start, returning, all }: CheckedRetention,
  { raw }: AnalysisTools,
): ReturnsSource {
  const filters = toUserFilters(shared.filters);
  const startFilters = toUserFilters(start.filters);
  const isReturn =
    returning.filters.length === 0 || JSON.stringify(returning.filters) === JSON.stringify(start.filters);
  const isTyped = start.type !== undefined || returning.type !== undefined;
  if (filters !== undefined && startFilters !== undefined && isReturn && !isTyped) {
    const periods = layPeriodsOverDays(all, zone);
    return {
      kind: 'days',
      periods,
      filters,
      start: startFilters,
      returning: returning.filters.length === 0 ? [] : startFilters,
    };
  }
  checkRawRange(range, raw);
  return { kind: 'events', periods: all, filters: shared.filters, start, returning };
}

function defineRetention({ interval, mode, cohort, start, returning, filters }: RetentionQuery): string {
  const period = describeInterval(interval);
  const first = cohort === 'firstEver' ? 'for the first time' : 'for the first time in the range';
  const when = mode === 'nDay' ? `that many ${period}s later` : `that many ${period}s later or after that`;
  return `Of the users who did ${describeMatch(start)} ${first} in a ${period}, how many did ${describeMatch(returning)} ${when}${describeFilters(filters)}.`;
}

const retentionColumns: AnswerColumn[] = [
  { name: 'cohort', type: 'time' },
  { name: 'size', type: 'number', unit: 'users' },
  { name: 'period', type: 'number' },
  { name: 'users', type: 'number', unit: 'users' },
  { name: 'share', type: 'number', unit: 'ratio' },
];

/** Cohort after cohort, those without users too, each with every period that has begun. */
export function layOutCohorts(
  { cohorts, all }: Pick<CheckedRetention, 'cohorts' | 'all'>,
  { periods, mode }: Pick<RetentionQuery, 'periods' | 'mode'>,
  rows: readonly RetentionRow[],
  { asOfMs, watermarkMs }: Moment,
): AnswerCell[][] {
  const counted = new Map(rows.map((row) => [`${row.cohort}/${row.after}`, row.users]));
  return cohorts.startsMs.flatMap((cohortMs, cohort) => {
    const size = counted.get(`${cohort}/-1`) ?? 0;
    const returned = Array.from(
      { length: periods + 1 },
      (_unused, after) => counted.get(`${cohort}/${after}`) ?? 0,
    );
    // Each user is counted at the last return; who returned later has returned in this period or later.
    if (mode === 'unbounded') {
      for (let after = periods - 1; after >= 0; after -= 1)
        returned[after] = (returned[after] ?? 0) + (returned[after + 1] ?? 0);
    }
    return returned.flatMap((users, after) => {
      const startMs = all.startsMs[cohort + after] ?? all.endMs;
      if (startMs > asOfMs) return [];
      const hasEnded = (all.startsMs[cohort + after + 1] ?? all.endMs) <= watermarkMs;
      const cells = hasEnded ? [users, size === 0 ? null : users / size] : [null, null];
      return [[new Date(cohortMs).toISOString(), size, after, ...cells]];
    });
  });
}
