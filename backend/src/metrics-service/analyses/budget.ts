import {
  budgetQuerySchema,
  type AnswerCell,
  type AnswerColumn,
  type Budget,
  type BudgetQuery,
  type Filter,
  type Notice,
} from '@coditect/contracts';
import { chooseBudget, isInForce, isSameScope, pinScope } from '../../kpis/goals/choose-goals.js';
import { findNearestName } from '../../kpis/nearest-name.js';
import { checkRange, checkTimeZone } from '../../metric-queries/check-range.js';
import type { QueryLimits } from '../../metric-queries/limits.js';
import { refuse } from '../../metric-queries/refuse.js';
import type { Zone } from '../../metric-queries/time/zone.js';
import type { GoalsReader } from '../../platform/goals.js';
import {
  forecastSpending,
  type DayToCome,
  type Forecast,
  type PastDay,
} from '../budgets/forecast-spending.js';
import { monthOf, type Month } from '../budgets/month.js';
import { filtersOf, type CostReader } from '../budgets/read-cost.js';
import { defineAnalysis, type AnalysisHandler, type Asker } from './analysis-handler.js';
import { noticeOfIncomplete } from './analysis-scope.js';
import { describeFilters } from './describe.js';

export interface BudgetTools {
  readonly limits: QueryLimits;
  readonly goals: GoalsReader;
  readonly cost: CostReader;
}

const dayMs = 86_400_000;
/** Four of each weekday. */
const historyDays = 28;

export function createBudget({ cost, goals, limits }: BudgetTools): AnalysisHandler {
  return defineAnalysis({
    title: 'Budget',
    schema: budgetQuerySchema,
    // A month goes on after the end of the range.
    reachMs: () => 31 * dayMs,
    plan(query, asker) {
      const { month, notices: zoneNotices, zone } = layOut(query, asker, limits);
      const wholeMonth = { range: { fromMs: month.startMs, toMs: month.endMs }, interval: '1d' as const };
      cost.check(asker.tenant, { ...wholeMonth, filters: query.filters }, asker.nowMs);
      return {
        definition: defineBudget(query, month),
        zone,
        async run(moment, signal) {
          const { tenant } = asker;
          const { budgets } = await goals.read(tenant.id);
          const chosen = choose(budgets, query, month);
          const range = rangeToRead(month, moment.asOfMs, zone);
          const question = { range, interval: '1d' as const, filters: chosen.filters };
          const found = await cost.read(tenant, question, moment, signal);
          const laidOut = layOutBudget(month, found.costs, {
            monthlyUsd: chosen.budget?.monthlyUsd ?? null,
            asOfMs: moment.asOfMs,
            zone,
          });
          const completeUntilMs = Math.min(moment.watermarkMs, month.endMs);
          return {
            definition: defineBudget(chosen, month),
            columns: budgetColumns,
            rows: laidOut.rows,
            completeUntilMs,
            sources: found.sources,
            notices: [
              ...zoneNotices,
              ...chosen.notices,
              ...noticeOfForecast(laidOut.isForecastUnknown),
              ...noticeOfIncomplete(completeUntilMs, month.endMs),
              ...found.notices,
            ],
          };
        },
      };
    },
  });
}

function layOut(
  query: BudgetQuery,
  { tenant }: Asker,
  limits: QueryLimits,
): { readonly month: Month; readonly zone: Zone; readonly notices: readonly Notice[] } {
  const { toMs } = checkRange(query.range, limits);
  const asked = checkTimeZone(query.timeZone ?? tenant.timeZone);
  const zone = checkTimeZone(tenant.timeZone);
  const text = `Budgets are of months in ${zone.name}, the tenant's zone, in whatever zone they are looked at.`;
  const notices: Notice[] =
    asked.name === zone.name ? [] : [{ severity: 'info', code: 'tenant_time_zone', text }];
  return { month: monthOf(toMs - 1, zone), zone, notices };
}

interface Chosen {
  readonly budget: Budget | undefined;
  readonly filters: readonly Filter[];
  readonly notices: readonly Notice[];
}

/** Throws 422 `budget_unknown`, or `budget_scope_differs` where filters ask for the cost of something else. */
function choose(budgets: readonly Budget[], query: BudgetQuery, month: Month): Chosen {
  const { budget: name, filters } = query;
  const scope = pinScope(filters);
  if (name === undefined) {
    const budget = scope === undefined ? undefined : chooseBudget(budgets, scope, month.name);
    return { budget, filters, notices: budget === undefined ? [noBudget(explainNone(budgets))] : [] };
  }
  const named = budgets.find((budget) => budget.name === name);
  if (named === undefined) throw unknownBudget(name, budgets);
  if (filters.length > 0 && (scope === undefined || !isSameScope(scope, named.scope))) {
    const reason = `The budget "${name}" is of something else than these filters: leave them out.`;
    throw refuse('budget_scope_differs', reason, { pointer: '/filters' });
  }
  const counts = isInForce(named, month.name);
  const notices = counts ? [] : [noBudget(`The budget "${name}" counts from ${named.from ?? ''} on.`)];
  return { budget: counts ? named : undefined, filters: filtersOf(named.scope), notices };
}

/** With what budgets are of, as a filter by anything else leaves none. */
function explainNone(budgets: readonly Budget[]): string {
  if (budgets.length === 0) return 'No budget is set.';
  const scopes = budgets.map(({ scope }) => Object.keys(scope).toSorted().join(' and '));
  const kinds = [...new Set(scopes)].map((names) => (names === '' ? 'the whole tenant' : names));
  return `No budget is set for this month and exactly these filters. There are budgets of: ${kinds.join(', ')}. GET /v1/goals lists them.`;
}

function noBudget(text: string): Notice {
  return { severity: 'info', code: 'no_budget', text };
}

function unknownBudget(name: string, budgets: readonly Budget[]): Error {
  const names = budgets.map((budget) => budget.name);
  const nearest = findNearestName(name, names);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  const known = names.length === 0 ? 'There are none.' : `There are: ${names.slice(0, 20).join(', ')}.`;
  return refuse('budget_unknown', `There is no budget of this name.${hint} ${known}`, { pointer: '/budget' });
}

/** The month as far as it has come, and before it what a forecast is made from. */
function rangeToRead(
  { endMs, startMs }: Month,
  asOfMs: number,
  zone: Zone,
): { readonly fromMs: number; readonly toMs: number } {
  if (endMs <= asOfMs) return { fromMs: startMs, toMs: endMs };
  const today = zone.localDayOf(asOfMs);
  return {
    fromMs: Math.min(startMs, zone.startOfLocalDay(today - historyDays)),
    toMs: zone.startOfLocalDay(today + 1),
  };
}

/** A row for each day of the month. `costs` are by the start of the local day. */
export function layOutBudget(
  { days, endMs }: Month,
  costs: ReadonlyMap<number, number>,
  at: { readonly monthlyUsd: number | null; readonly asOfMs: number; readonly zone: Zone },
): { readonly rows: AnswerCell[][]; readonly isForecastUnknown: boolean } {
  const { asOfMs, monthlyUsd, zone } = at;
  const spentBy = sumUp(days.startsMs, costs, asOfMs);
  const endOf = (index: number): number => days.startsMs[index + 1] ?? endMs;
  const firstToCome = days.startsMs.findIndex((_start, index) => endOf(index) > asOfMs);
  const toCome = firstToCome < 0 ? [] : days.startsMs.slice(firstToCome);
  const forecasts = forecastSpending(
    spentBy.findLast((spent) => spent !== null) ?? 0,
    pastDays(costs, asOfMs, zone),
    toCome.map((startMs, index) => dayToCome(startMs, endOf(firstToCome + index), asOfMs, zone)),
  );
  const rows = days.startsMs.map((startMs, index) => {
    const spent = spentBy[index] ?? null;
    const forecast = index < firstToCome || firstToCome < 0 ? undefined : forecasts?.[index - firstToCome];
    const cost = spent === null ? null : (costs.get(startMs) ?? 0);
    return [new Date(startMs).toISOString(), cost, spent, monthlyUsd, ...cellsOf(forecast)];
  });
  return { rows, isForecastUnknown: toCome.length > 0 && forecasts === undefined };
}

/** Up to and with each day; `null` for one that has not begun. */
function sumUp(
  startsMs: readonly number[],
  costs: ReadonlyMap<number, number>,
  asOfMs: number,
): readonly (number | null)[] {
  let spent = 0;
  return startsMs.map((startMs) => {
    if (startMs > asOfMs) return null;
    spent += costs.get(startMs) ?? 0;
    return spent;
  });
}

function pastDays(costs: ReadonlyMap<number, number>, asOfMs: number, zone: Zone): readonly PastDay[] {
  const today = zone.localDayOf(asOfMs);
  const fromMs = zone.startOfLocalDay(today - historyDays);
  const toMs = zone.startOfLocalDay(today);
  return [...costs]
    .filter(([startMs]) => startMs >= fromMs && startMs < toMs)
    .map(([startMs, cost]) => ({ weekday: weekdayOf(startMs, zone), cost }));
}

/** Of today what is left of it, by the clock. */
function dayToCome(startMs: number, endMs: number, asOfMs: number, zone: Zone): DayToCome {
  const left = endMs - Math.max(startMs, asOfMs);
  return { weekday: weekdayOf(startMs, zone), share: left / (endMs - startMs) };
}

/** 0 is Monday; day 0, 1970-01-01, was a Thursday. */
function weekdayOf(atMs: number, zone: Zone): number {
  return (((zone.localDayOf(atMs) + 3) % 7) + 7) % 7;
}

function cellsOf(forecast: Forecast | undefined): AnswerCell[] {
  return forecast === undefined ? [null, null, null] : [forecast.expected, forecast.low, forecast.high];
}

function noticeOfForecast(isUnknown: boolean): Notice[] {
  if (!isUnknown) return [];
  const text = `There is no forecast: nothing was paid in the ${historyDays} days before today.`;
  return [{ severity: 'info', code: 'forecast_unknown', text }];
}

function defineBudget({ filters }: { readonly filters: readonly Filter[] }, month: Month): string {
  return `Cost of models in US dollars in ${month.name}${describeFilters(filters)}, against its budget. The forecast adds the mean of like weekdays of the ${historyDays} days before today for each day to come; four of five outcomes lie in its band.`;
}

const usd = (name: string): AnswerColumn => ({ name, type: 'number', unit: 'USD' });
const budgetColumns: AnswerColumn[] = [
  { name: 'time', type: 'time' },
  usd('cost'),
  usd('spent'),
  usd('budget'),
  usd('forecast'),
  usd('forecastLow'),
  usd('forecastHigh'),
];
