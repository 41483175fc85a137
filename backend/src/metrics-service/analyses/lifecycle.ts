import {
  lifecycleQuerySchema,
  type AnswerCell,
  type AnswerColumn,
  type LifecycleQuery,
} from '@coditect/contracts';
import { checkBuckets } from '../../metric-queries/check-range.js';
import { lastFinished, type Buckets } from '../../metric-queries/time/buckets.js';
import { layPeriodsOverDays, precedePeriods } from '../../metric-queries/time/user-periods.js';
import type { ActivitySource, LifecycleRow } from '../../storage/clickhouse/queries/lifecycle.js';
import { rawSource } from '../../storage/clickhouse/queries/sources.js';
import { noticesOfRetention } from '../raw-reads.js';
import { listUserTables } from '../state-tables.js';
import { defineAnalysis, reachOfPeriod, type AnalysisHandler, type Moment } from './analysis-handler.js';
import {
  checkRawRange,
  checkScope,
  noticeOfFirstTimes,
  noticeOfIncomplete,
  type AnalysisTools,
} from './analysis-scope.js';
import { checkFilters, checkPatterns, toUserFilters } from './check-filters.js';
import { describeFilters, describeInterval } from './describe.js';

export function createLifecycle(tools: AnalysisTools): AnalysisHandler {
  const { store, limits, raw, memoryBytesMax } = tools;
  return defineAnalysis({
    title: 'Lifecycle',
    schema: lifecycleQuerySchema,
    reachMs: ({ interval }) => reachOfPeriod(interval),
    plan(query, asker) {
      const { range, zone } = checkScope(query, asker, limits);
      const { filters, patterns } = checkFilters(query.filters, '/filters', limits.filterValuesMax);
      const periods = checkBuckets(range, query.interval, zone, limits);
      const all = precedePeriods(periods, query.interval, zone);
      const ofUsers = toUserFilters(filters);
      if (ofUsers === undefined) checkRawRange(range, raw);
      const activity: ActivitySource =
        ofUsers === undefined
          ? { kind: 'events', periods: all, match: { filters } }
          : { kind: 'days', periods: layPeriodsOverDays(all, zone), filters: ofUsers };
      return {
        definition: defineLifecycle(query),
        zone,
        async run(moment, signal) {
          await checkPatterns(patterns, store.checkRegex, signal);
          const { id } = asker.tenant;
          const { asOfMs, watermarkMs } = moment;
          const rows = await store.readLifecycle(id, { activity, memoryBytesMax }, signal);
          const completeUntilMs = Math.min(
            periods.endMs,
            watermarkMs < periods.endMs ? lastFinished(periods, watermarkMs) : Infinity,
          );
          const isRaw = activity.kind === 'events';
          const kept = isRaw
            ? { kept: 'Single events', keptDays: raw.retentionDays, asOfMs }
            : { kept: 'Days of users', keptDays: tools.aggregateRetentionDays, asOfMs };
          const rawRanges = isRaw ? [{ fromMs: all.startsMs[0] ?? all.endMs, toMs: all.endMs }] : [];
          return {
            columns: lifecycleColumns,
            rows: layOutLifecycle(periods, rows, moment),
            completeUntilMs,
            sources:
              activity.kind === 'events' ? [rawSource.table] : listUserTables([], activity.filters, [], true),
            notices: [
              ...noticeOfIncomplete(completeUntilMs, periods.endMs),
              ...noticesOfRetention({ tables: [rawSource.table], rawRanges }, asOfMs, raw.retentionDays),
              ...(await noticeOfFirstTimes(id, kept, store, signal)),
            ],
          };
        },
      };
    },
  });
}

function defineLifecycle({ interval, filters }: LifecycleQuery): string {
  const period = describeInterval(interval);
  return `Users with at least one event in each ${period}${describeFilters(filters)}: new ones for the first time, returning ones also in the ${period} before, resurrected ones before that only; dormant are those of the ${period} before who did not come.`;
}

const lifecycleColumns: AnswerColumn[] = [
  { name: 'time', type: 'time' },
  { name: 'new', type: 'number', unit: 'users' },
  { name: 'returning', type: 'number', unit: 'users' },
  { name: 'resurrected', type: 'number', unit: 'users' },
  { name: 'dormant', type: 'number', unit: 'users' },
];

/** Every period that has begun. Who is dormant is known once it has ended. */
export function layOutLifecycle(
  { startsMs, endMs }: Buckets,
  rows: readonly LifecycleRow[],
  { asOfMs, watermarkMs }: Moment,
): AnswerCell[][] {
  const users = new Map(rows.map((row) => [`${row.state}/${row.period}`, row.users]));
  return startsMs.flatMap((startMs, index) => {
    if (startMs > asOfMs) return [];
    const count = (state: LifecycleRow['state']): number => users.get(`${state}/${index + 1}`) ?? 0;
    const hasEnded = (startsMs[index + 1] ?? endMs) <= watermarkMs;
    return [
      [
        new Date(startMs).toISOString(),
        count('new'),
        count('returning'),
        count('resurrected'),
        hasEnded ? count('dormant') : null,
      ],
    ];
  });
}
