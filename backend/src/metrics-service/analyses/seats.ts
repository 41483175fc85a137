import { seatsQuerySchema, type AnswerCell, type AnswerColumn, type SeatsQuery } from '@coditect/contracts';
import { checkBuckets } from '../../metric-queries/check-range.js';
import { findSeatPriceAt, noPrice, purchasesOfAll } from '../../metric-queries/seat-prices.js';
import type { Buckets } from '../../metric-queries/time/buckets.js';
import { layOutEachDay, layOutMoments } from '../../metric-queries/time/seat-moments.js';
import type { GoalsReader } from '../../platform/goals.js';
import type { SeatCounts, SeatMoment } from '../../storage/metric-reads.js';
import { listUserTables, seatChangesTable } from '../state-tables.js';
import { defineAnalysis, reachOfPeriod, type AnalysisHandler } from './analysis-handler.js';
import { checkScope, noticeOfIncomplete, type AnalysisTools } from './analysis-scope.js';
import { checkPatterns } from './check-filters.js';
import { describeFilters, describeInterval } from './describe.js';
import { checkSeatFilters } from './seat-scope.js';

/** Whoever has a seat may be active anywhere. */
const seatSources = [seatChangesTable, ...listUserTables([], [])];

export function createSeats(tools: AnalysisTools, goals: GoalsReader): AnalysisHandler {
  const { store, limits, memoryBytesMax } = tools;
  return defineAnalysis({
    title: 'Seats',
    schema: seatsQuerySchema,
    reachMs: ({ interval }) => reachOfPeriod(interval),
    plan(query, asker) {
      const { range, zone } = checkScope(query, asker, limits);
      const { filters, patterns } = checkSeatFilters(query.filters, limits.filterValuesMax);
      const periods = checkBuckets(range, query.interval, zone, limits);
      const { activeDays } = query;
      return {
        definition: defineSeats(query),
        zone,
        async run({ asOfMs, watermarkMs }, signal) {
          await checkPatterns(patterns, store.checkRegex, signal);
          const { id } = asker.tenant;
          const { moments, firstDay, lastDay } = layOutMoments(periods, activeDays, asOfMs, zone);
          if (moments.length === 0) return nothingYet(periods);
          const days = layOutEachDay(firstDay, lastDay, zone);
          const [counts, { seatPrices }] = await Promise.all([
            store.readSeats(id, { moments, days, activeDays, filters, memoryBytesMax }, signal),
            goals.read(id),
          ]);
          const completeUntilMs = Math.min(periods.endMs, watermarkMs);
          const isFiltered = filters.length > 0;
          const priceOf = (index: number): number | undefined =>
            findSeatPriceAt(seatPrices, (moments[index]?.atMs ?? asOfMs) - 1, zone);
          return {
            columns: seatColumns,
            rows: layOutSeats(periods, moments, counts, { isFiltered, priceOf }),
            completeUntilMs,
            sources: seatSources,
            notices: [
              ...noticeOfIncomplete(completeUntilMs, Math.min(periods.endMs, asOfMs)),
              ...(isFiltered ? [purchasesOfAll] : []),
              ...(seatPrices.length === 0 ? [noPrice] : []),
            ],
          };
        },
      };
    },
  });
}

function defineSeats({ interval, activeDays, filters }: SeatsQuery): string {
  return `Seats at the end of each ${describeInterval(interval)}${describeFilters(filters)}: active ones are assigned to somebody who did something in the last ${activeDays} local days; idle ones are not, and were assigned before those days. Idle cost is that of idle and unassigned seats for a month.`;
}

const seatColumns: AnswerColumn[] = [
  { name: 'time', type: 'time' },
  { name: 'purchased', type: 'number', unit: 'count' },
  { name: 'assigned', type: 'number', unit: 'count' },
  { name: 'active', type: 'number', unit: 'count' },
  { name: 'idle', type: 'number', unit: 'count' },
  { name: 'unassigned', type: 'number', unit: 'count' },
  { name: 'utilisation', type: 'number', unit: 'ratio' },
  { name: 'idleCost', type: 'number', unit: 'USD' },
];

function nothingYet(periods: Buckets) {
  return {
    columns: seatColumns,
    rows: [],
    completeUntilMs: periods.startsMs[0] ?? periods.endMs,
    sources: seatSources,
    notices: [],
  };
}

function layOutSeats(
  { startsMs }: Buckets,
  moments: readonly SeatMoment[],
  counts: readonly SeatCounts[],
  { isFiltered, priceOf }: { isFiltered: boolean; priceOf: (index: number) => number | undefined },
): AnswerCell[][] {
  const byMoment = new Map(counts.map((count) => [count.moment, count]));
  return moments.map((_moment, index) => {
    const { purchased = 0, assigned = 0, active = 0, idle = 0 } = byMoment.get(index) ?? {};
    // More can be given out than was told to be bought.
    const unassigned = isFiltered ? null : Math.max(0, purchased - assigned);
    const price = priceOf(index);
    return [
      new Date(startsMs[index] ?? 0).toISOString(),
      isFiltered ? null : purchased,
      assigned,
      active,
      idle,
      unassigned,
      assigned === 0 ? null : active / assigned,
      price === undefined ? null : (idle + (unassigned ?? 0)) * price,
    ];
  });
}
