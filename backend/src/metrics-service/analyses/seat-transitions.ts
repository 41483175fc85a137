import { seatTransitionsQuerySchema, type AnswerColumn } from '@coditect/contracts';
import { findSeatPriceAt, noPrice } from '../../metric-queries/seat-prices.js';
import { wholeDays } from '../../metric-queries/time/seat-moments.js';
import { layPeriodsOverDays } from '../../metric-queries/time/user-periods.js';
import type { GoalsReader } from '../../platform/goals.js';
import { seatTransitions } from '../../storage/clickhouse/queries/seats.js';
import { listUserTables, seatChangesTable } from '../state-tables.js';
import { defineAnalysis, reachOfPeriod, type AnalysisHandler } from './analysis-handler.js';
import { checkScope, noticeOfIncomplete, type AnalysisTools } from './analysis-scope.js';
import { checkPatterns } from './check-filters.js';
import { describeFilters } from './describe.js';
import { checkSeatFilters } from './seat-scope.js';

const columns: AnswerColumn[] = [
  { name: 'transition', type: 'string' },
  { name: 'seats', type: 'number', unit: 'count' },
  { name: 'monthlyCost', type: 'number', unit: 'USD' },
];

export function createSeatTransitions(tools: AnalysisTools, goals: GoalsReader): AnalysisHandler {
  const { store, limits, memoryBytesMax } = tools;
  return defineAnalysis({
    title: 'Seat transitions',
    schema: seatTransitionsQuerySchema,
    reachMs: () => reachOfPeriod('1d'),
    plan(query, asker) {
      const { range, zone } = checkScope(query, asker, limits);
      const { filters, patterns } = checkSeatFilters(query.filters, limits.filterValuesMax);
      return {
        definition: `What became of each seat and its user${describeFilters(query.filters)} between the local days of the range and as many days before: retained and lapsed users were active before, reactivated ones and those still at risk were not; reclaimed seats were taken back or went to somebody else.`,
        zone,
        async run({ asOfMs, watermarkMs }, signal) {
          await checkPatterns(patterns, store.checkRegex, signal);
          const { id } = asker.tenant;
          const { before, days, endMs } = wholeDays(range, asOfMs, zone);
          const periods = layPeriodsOverDays(
            { startsMs: [before.fromMs, days.fromMs], endMs: days.toMs },
            zone,
          );
          const request = { fromMs: days.fromMs, toMs: endMs, periods, filters, memoryBytesMax };
          const [rows, { seatPrices }] = await Promise.all([
            store.readSeatTransitions(id, request, signal),
            goals.read(id),
          ]);
          // Nothing has become of anything in days to come.
          const known = range.fromMs < asOfMs ? rows : [];
          const seats = new Map(known.map((row) => [row.transition, row.seats]));
          const price = findSeatPriceAt(seatPrices, endMs - 1, zone);
          const completeUntilMs = Math.min(endMs, watermarkMs);
          return {
            columns,
            rows: seatTransitions.map((transition) => {
              const count = seats.get(transition) ?? 0;
              return [transition, count, price === undefined ? null : count * price];
            }),
            completeUntilMs,
            sources: [seatChangesTable, ...listUserTables([], [])],
            notices: [
              ...noticeOfIncomplete(completeUntilMs, endMs),
              ...(seatPrices.length === 0 ? [noPrice] : []),
            ],
          };
        },
      };
    },
  });
}
