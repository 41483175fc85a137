import { findZone, type Zone } from '../../metric-queries/time/zone.js';
import { AppError } from '../../platform/errors.js';
import type { Tenant } from '../../platform/tenancy.js';
import type { SqlDatabase, SqlExecutor } from '../../storage/postgres/sql-executor.js';
import { changeZone, findZoneSeam } from '../../storage/timescale/rollup/change-zone.js';
import { listOpenHours, removeMarks } from '../../storage/timescale/rollup/marks.js';
import { findDroppedDays, recordDays, removeAdded } from '../../storage/timescale/rollup/roll-days.js';
import {
  addToHours,
  rollHours,
  rollUserDays,
  sumPeriods,
} from '../../storage/timescale/rollup/roll-hours.js';
import type { DaySpan, Span } from '../../storage/timescale/rollup/spans.js';
import { rollUserFirsts } from '../../storage/timescale/rollup/user-firsts.js';
import { beginTenant, takeTurn, type RollupTenantState } from '../../storage/timescale/rollup/tenant-turn.js';
import { createCalendar, startOfPeriod, type Calendar } from './calendar.js';
import { planRolls, type RollBounds, type RollPlan } from './plan-rolls.js';

export interface RollOptions {
  readonly database: SqlDatabase;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** From local midnight to the close of the day before. */
  readonly closeDelayMs: number;
  readonly bounds: RollBounds;
}

/** What a step left to do: `busy` when another process rolls this tenant up just now. */
export type StepOutcome = Step | 'busy';

interface Step {
  readonly isDone: boolean;
  readonly reachedMs: number;
}

/** Begins the tenant's rollups, or gives them another zone in one transaction. */
export async function prepareTenant(options: RollOptions, tenant: Tenant): Promise<void> {
  const { database, now } = options;
  const zone = getZone(tenant.timeZone);
  const closedUntil = zone.localDayOf(now() - options.closeDelayMs);
  await beginTenant(database, tenant.id, { timeZone: tenant.timeZone, closedUntil, atMs: now() });
  await takeTurn(database, tenant.id, now(), async (executor, state) => {
    if (state.timeZone === tenant.timeZone) return { closedUntil: undefined, result: undefined };
    const seam = await findZoneSeam(executor, tenant.id);
    const before = calendarOf(state);
    const straddlingMs =
      seam === undefined
        ? []
        : (['1w', '1M'] as const).map((interval) => before.startOfDay(startOfPeriod(seam.day, interval)));
    await changeZone(executor, tenant.id, { timeZone: tenant.timeZone, seam, straddlingMs });
    return { closedUntil: Math.max(closedUntil, seam?.day ?? -Infinity), result: undefined };
  });
}

/**
 * Rolls up what landed in the newest marked days below an instant, in one transaction. `reachedMs` is where the next
 * step goes on.
 */
export async function rollNewest(
  options: RollOptions,
  tenantId: string,
  belowMs: number,
): Promise<StepOutcome> {
  const { database, now, bounds } = options;
  return takeTurn<Step>(database, tenantId, now(), async (executor, state) => {
    const open = await listOpenHours(executor, tenantId, { belowMs, limit: (bounds.daysMax + 1) * 25 });
    if (open.length === 0) return nothingLeft;
    const plan = planRolls(calendarOf(state), open, state.closedUntil, bounds);
    await rollUp(executor, tenantId, plan, { ...options, closedUntil: state.closedUntil });
    await removeMarks(executor, tenantId, plan.takenHoursMs);
    const reachedMs = Math.min(...plan.takenHoursMs);
    return { closedUntil: state.closedUntil, result: { isDone: false, reachedMs } };
  });
}

/** Closes the next days whose time has come, with weeks and months that end with them, in one transaction. */
export async function closeDays(options: RollOptions, tenantId: string): Promise<StepOutcome> {
  const { database, now, closeDelayMs, bounds } = options;
  const atMs = now();
  return takeTurn<Step>(database, tenantId, atMs, async (executor, state) => {
    const calendar = calendarOf(state);
    const due = calendar.localDayOf(atMs - closeDelayMs);
    if (due <= state.closedUntil) return nothingLeft;
    const closedUntil = Math.min(due, state.closedUntil + bounds.daysMax);
    const days = calendar.spansOf(range(state.closedUntil, closedUntil));
    const numbers = days.map(({ day }) => day);
    await sumPeriods(executor, tenantId, { from: 'hour', to: 'day' }, days);
    await sumLonger(executor, tenantId, {
      closedWeeks: calendar.periodsOf('1w', numbers, closedUntil),
      closedMonths: calendar.periodsOf('1M', numbers, closedUntil),
    });
    const forced = days.map((day) => ({ ...day, lateFromMs: day.toMs + closeDelayMs, isForced: true }));
    await recordDays(executor, tenantId, forced, atMs);
    return {
      closedUntil,
      result: { isDone: closedUntil === due, reachedMs: calendar.startOfDay(closedUntil) },
    };
  });
}

const nothingLeft = { closedUntil: undefined, result: { isDone: true, reachedMs: -Infinity } } as const;

async function rollUp(
  executor: SqlExecutor,
  tenantId: string,
  plan: RollPlan,
  options: Pick<RollOptions, 'now' | 'closeDelayMs'> & { readonly closedUntil: number },
): Promise<void> {
  const { closeDelayMs, closedUntil } = options;
  const dropped = await findDroppedDays(executor, tenantId, plan.days);
  const isDropped = ({ day }: { readonly day: number }): boolean => dropped.has(day);
  const droppedHours = plan.hours.filter(isDropped);
  const wholeDays = plan.days.filter((day) => day.isWhole && !isDropped(day)).map(({ day }) => day);
  await rollHours(executor, tenantId, without(plan.hours, isDropped));
  await addToHours(executor, tenantId, droppedHours);
  await rollUserDays(executor, tenantId, plan.hours, wholeDays);
  await rollUserFirsts(executor, tenantId, plan.hours);
  await removeAdded(executor, tenantId, droppedHours, closeDelayMs);
  await sumPeriods(executor, tenantId, { from: 'hour', to: 'day' }, plan.closedDays);
  await sumLonger(executor, tenantId, plan);
  const days = plan.days.map((day) => ({
    ...day,
    lateFromMs: day.day < closedUntil ? day.toMs + closeDelayMs : undefined,
    isForced: day.isWhole,
  }));
  await recordDays(executor, tenantId, days, options.now());
}

function without(hours: readonly DaySpan[], isLeftOut: (hour: DaySpan) => boolean): readonly DaySpan[] {
  return hours.filter((hour) => !isLeftOut(hour));
}

async function sumLonger(
  executor: SqlExecutor,
  tenantId: string,
  {
    closedWeeks,
    closedMonths,
  }: { readonly closedWeeks: readonly Span[]; readonly closedMonths: readonly Span[] },
): Promise<void> {
  await sumPeriods(executor, tenantId, { from: 'day', to: 'week' }, closedWeeks);
  await sumPeriods(executor, tenantId, { from: 'day', to: 'month' }, closedMonths);
}

/** The days of a tenant in the zones that its rollups were made in. */
export function calendarOf(state: Pick<RollupTenantState, 'timeZone' | 'pastZones'>): Calendar {
  const past = state.pastZones.map(({ timeZone, untilDay, untilMs }) => ({
    zone: getZone(timeZone),
    untilDay,
    untilMs,
  }));
  return createCalendar(getZone(state.timeZone), past);
}

export function getZone(name: string): Zone {
  const zone = findZone(name);
  if (zone === undefined)
    throw new AppError('time_zone_unknown', `There is no time zone ${JSON.stringify(name)}.`, {
      status: 500,
    });
  return zone;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_unused, index) => from + index);
}
