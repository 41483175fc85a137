import {
  funnelQuerySchema,
  type AnswerCell,
  type AnswerColumn,
  type FunnelQuery,
  type Notice,
} from '@coditect/contracts';
import type { Range } from '../../metric-queries/time/buckets.js';
import type { FunnelRow } from '../../storage/clickhouse/queries/funnel.js';
import { rawSource } from '../../storage/clickhouse/queries/sources.js';
import { noticesOfRetention } from '../raw-reads.js';
import { defineAnalysis, type AnalysisHandler, type Moment } from './analysis-handler.js';
import { checkRawRange, checkScope, noticeOfIncomplete, type AnalysisTools } from './analysis-scope.js';
import { checkDimension, checkFilters, checkMatch, checkPatterns } from './check-filters.js';
import { describeDuration, describeFilters, describeMatch } from './describe.js';

export function createFunnel({ store, limits, raw, memoryBytesMax }: AnalysisTools): AnalysisHandler {
  return defineAnalysis({
    title: 'Funnel',
    schema: funnelQuerySchema,
    reachMs: (query) => query.windowMs,
    plan(query, asker) {
      const { range, zone } = checkScope(query, asker, limits);
      checkRawRange(range, raw);
      const { filterValuesMax } = limits;
      const shared = checkFilters(query.filters, '/filters', filterValuesMax);
      const steps = query.steps.map((step, index) => checkMatch(step, `/steps/${index}`, filterValuesMax));
      const patterns = [shared, ...steps].flatMap((part) => part.patterns);
      const breakdown =
        query.breakdown === undefined ? undefined : checkDimension(query.breakdown, '/breakdown');
      const { windowMs, limit } = query;
      return {
        definition: defineFunnel(query),
        zone,
        async run(moment, signal) {
          await checkPatterns(patterns, store.checkRegex, signal);
          const rows = await store.readFunnel(
            asker.tenant.id,
            {
              ...range,
              windowMs,
              steps,
              filters: shared.filters,
              ...(breakdown !== undefined && { breakdown }),
              limit,
              memoryBytesMax,
            },
            signal,
          );
          return {
            columns: columnsOf(query),
            rows: rows.flatMap((row) => layOutSteps(query, row)),
            completeUntilMs: Math.min(moment.watermarkMs, range.toMs),
            sources: [rawSource.table],
            notices: [
              ...noticeOfGroups(rows),
              ...noticesOfTime(range, windowMs, moment),
              ...noticesOfRetention(
                { tables: [rawSource.table], rawRanges: [range] },
                moment.asOfMs,
                raw.retentionDays,
              ),
            ],
          };
        },
      };
    },
  });
}

function defineFunnel({ steps, windowMs, filters }: FunnelQuery): string {
  const names = steps.map((step) => step.label ?? describeMatch(step)).join(', then ');
  return `Users who did ${names}, in this order and within ${describeDuration(windowMs)} of the first, which lies in the range${describeFilters(filters)}; each user counts once, with the attempt that came furthest.`;
}

function columnsOf({ breakdown }: FunnelQuery): AnswerColumn[] {
  return [
    ...(breakdown === undefined ? [] : [{ name: breakdown, type: 'string' } as const]),
    { name: 'step', type: 'number' },
    { name: 'label', type: 'string' },
    { name: 'users', type: 'number', unit: 'users' },
    { name: 'conversion', type: 'number', unit: 'ratio' },
    { name: 'stepConversion', type: 'number', unit: 'ratio' },
    { name: 'dropOff', type: 'number', unit: 'ratio' },
    { name: 'medianMs', type: 'number', unit: 'milliseconds' },
    { name: 'p90Ms', type: 'number', unit: 'milliseconds' },
  ];
}

/** One row per step. A share of nobody has no value, and neither has a time that nobody took. */
export function layOutSteps(
  { steps, breakdown }: Pick<FunnelQuery, 'steps' | 'breakdown'>,
  row: FunnelRow,
): AnswerCell[][] {
  const [entered = 0] = row.users;
  return steps.map((step, index) => {
    const users = row.users[index] ?? 0;
    const before = row.users[index - 1] ?? 0;
    const timeOf = (times: readonly number[]): AnswerCell =>
      users === 0 ? null : (times[index - 1] ?? null);
    return [
      ...(breakdown === undefined ? [] : [row.value]),
      index + 1,
      step.label ?? describeMatch(step),
      users,
      share(users, entered),
      index === 0 ? null : share(users, before),
      index === 0 ? null : share(before - users, before),
      index === 0 ? null : timeOf(row.mediansMs),
      index === 0 ? null : timeOf(row.p90sMs),
    ];
  });
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function noticeOfGroups(rows: readonly FunnelRow[]): Notice[] {
  const found = rows[0]?.groups ?? 0;
  if (found <= rows.length) return [];
  const text = `${rows.length} of ${found} groups are shown, ${found - rows.length} are left out.`;
  return [{ severity: 'info', code: 'groups_truncated', text }];
}

function noticesOfTime(range: Range, windowMs: number, { watermarkMs }: Moment): Notice[] {
  const openFromMs = Math.max(range.fromMs, watermarkMs - windowMs);
  if (watermarkMs < range.toMs) return noticeOfIncomplete(watermarkMs, range.toMs);
  if (openFromMs >= range.toMs) return [];
  const since = new Date(openFromMs).toISOString();
  const text = `Who entered since ${since} still has time for the steps to come.`;
  return [{ severity: 'info', code: 'window_open', text }];
}
