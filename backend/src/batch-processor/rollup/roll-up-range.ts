import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../platform/errors.js';
import type { RollupReport, RollupRequest } from '../../platform/rollup-requests.js';
import type { Tenant } from '../../platform/tenancy.js';
import { listMarkedTenants, markSpans } from '../../storage/timescale/rollup/marks.js';
import { findDroppedDays } from '../../storage/timescale/rollup/roll-days.js';
import { isMeeting, takeTurn } from '../../storage/timescale/rollup/tenant-turn.js';
import { calendarOf, prepareTenant } from './roll-tenant.js';
import { runTick, type TickOptions } from './run-tick.js';

const dayMs = 86_400_000;
const daysMax = 3_660;
const attemptsMax = 100;
const pauseMs = 100;

/**
 * Marks every hour of the days and rolls them up. Throws `AppError` `range_invalid` or `tenant_unknown`, and
 * `rollup_unfinished` when days are left that the next round has to make.
 */
export async function rollUpRange(
  options: TickOptions & { readonly listTenants: () => Promise<readonly Tenant[]> },
  request: RollupRequest,
): Promise<RollupReport> {
  const range = { from: parseDay(request.from), to: parseDay(request.to) };
  if (range.to <= range.from || range.to - range.from > daysMax)
    throw rangeInvalid(`The range has from 1 to ${daysMax} days; \`to\` is not among them.`);
  const all = await options.listTenants();
  const tenants = all.filter(({ id }) => request.tenant === undefined || id === request.tenant);
  if (tenants.length === 0)
    throw new AppError('tenant_unknown', 'There is no such tenant.', { status: 404, pointer: '/tenant' });
  const reports: RollupReport['tenants'][number][] = [];
  for (const tenant of tenants) reports.push(await markDays(options, tenant, range));
  const begun = tenants.filter(({ id }) => reports.some(({ tenant, isBusy }) => tenant === id && !isBusy));
  // No zone is a day away from UTC.
  const span = { fromMs: (range.from - 1) * dayMs, toMs: (range.to + 1) * dayMs };
  await runTick(options, begun, span);
  const marked = await listMarkedTenants(options.database, span);
  const unfinished = begun.filter(({ id }) => marked.includes(id));
  if (unfinished.length > 0) throw rollupUnfinished(unfinished);
  return { tenants: reports };
}

async function markDays(
  options: TickOptions,
  tenant: Tenant,
  range: { readonly from: number; readonly to: number },
): Promise<RollupReport['tenants'][number]> {
  await prepareTenant(options, tenant);
  const report = await whenFree(() => mark(options, tenant, range));
  if (report === 'busy') return { tenant: tenant.id, days: 0, dropped: [], isBusy: true };
  return { tenant: tenant.id, ...report, isBusy: false };
}

type Marked = { readonly days: number; readonly dropped: readonly string[] } | 'busy';

/** Whoever else rolls the tenant up is done after a transaction. */
async function whenFree(work: () => Promise<Marked>): Promise<Marked> {
  for (let attempt = 1; attempt < attemptsMax; attempt += 1) {
    try {
      const marked = await work();
      if (marked !== 'busy') return marked;
    } catch (error) {
      if (!isMeeting(error)) throw error;
    }
    await sleep(pauseMs);
  }
  return work();
}

function mark(
  options: TickOptions,
  tenant: Tenant,
  range: { readonly from: number; readonly to: number },
): Promise<Marked> {
  return takeTurn<Exclude<Marked, 'busy'>>(
    options.database,
    tenant.id,
    options.now(),
    async (executor, state) => {
      const numbers = Array.from({ length: range.to - range.from }, (_unused, index) => range.from + index);
      const calendar = calendarOf(state);
      // A day that has not begun has no events, and a day that was removed for its age stays away.
      const today = calendar.localDayOf(options.now());
      const { keptFrom = -Infinity } = state;
      const wanted = calendar.spansOf(numbers.filter((day) => day <= today && day >= keptFrom));
      const dropped = await findDroppedDays(executor, tenant.id, wanted);
      const days = wanted.filter(({ day }) => !dropped.has(day));
      await markSpans(executor, tenant.id, days);
      const names = [...dropped].sort((left, right) => left - right).map(toDate);
      return { closedUntil: state.closedUntil, result: { days: days.length, dropped: names } };
    },
  );
}

function parseDay(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(ms) || toDate(ms / dayMs) !== text)
    throw rangeInvalid(`${JSON.stringify(text.slice(0, 32))} is no date such as 2026-03-01.`);
  return ms / dayMs;
}

function toDate(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

function rollupUnfinished(tenants: readonly Tenant[]): AppError {
  const names = tenants.map(({ id }) => id).join(', ');
  return new AppError(
    'rollup_unfinished',
    `The rollup failed, or another process had it in hand: ${names}. The log has the reason. The days stay marked, and the next round makes them.`,
    { status: 503, retryable: true },
  );
}

function rangeInvalid(reason: string): AppError {
  return new AppError('range_invalid', reason, { status: 400 });
}
