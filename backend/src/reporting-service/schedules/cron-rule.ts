import { Cron } from 'croner';
import { refuse } from '../../metric-queries/refuse.js';
import type { Zone } from '../../metric-queries/time/zone.js';

/** When a schedule runs. Times are epoch milliseconds. */
export interface ScheduleRule {
  readonly cron: string;
  readonly zone: Zone;
  readonly weekdaysOnly: boolean;
  /** The first and, not included, the last instant of its life; `undefined` where it has none. */
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
}

const runsApartMinutes = 15;
/** Enough for the pattern of any month and week to come round. */
const comparedRuns = 200;
/** Most runs on weekends that are passed over, in a row: nine of a day on which it runs all day long, twice. */
const passedMax = 400;
const saturday = 6;
const thursday = 4;

/**
 * The first run after an instant, `undefined` when there is none. A local time that the clock jumps over runs once, with
 * the jump; one that comes twice runs once.
 */
export function findNextRun(rule: ScheduleRule, afterMs: number): number | undefined {
  const cron = new Cron(rule.cron, { timezone: rule.zone.name, mode: '5-part', paused: true });
  // One that begins with the schedule is a run as well, which is why the look begins just before.
  let at = Math.max(afterMs, (rule.startMs ?? -Infinity) - 1);
  for (let passed = 0; passed < passedMax; passed += 1) {
    const next = cron.nextRun(new Date(at))?.getTime();
    if (next === undefined || next >= (rule.endMs ?? Infinity)) return undefined;
    if (!rule.weekdaysOnly || isWeekday(rule.zone.localDayOf(next))) return next;
    at = next;
  }
  return undefined;
}

/** The day 0 was a Thursday. */
function isWeekday(localDay: number): boolean {
  const weekday = (((localDay + thursday) % 7) + 7) % 7;
  return weekday !== 0 && weekday !== saturday;
}

/** Throws 422 `cron_invalid`, `schedule_too_often` or `schedule_never_runs`. */
export function checkCron(rule: ScheduleRule, nowMs: number): void {
  const pointer = '/cron';
  if (rule.cron.trim().split(/\s+/).length !== 5) {
    const reason = 'A cron line has five fields: minute, hour, day of the month, month, day of the week.';
    throw refuse('cron_invalid', reason, { pointer });
  }
  const runs = listRunsInUtc(rule.cron, nowMs);
  const withoutLife = { ...rule, startMs: undefined, endMs: undefined };
  if (runs.length === 0 || findNextRun(withoutLife, nowMs) === undefined) {
    throw refuse('schedule_never_runs', 'There is no day on which this would run.', { pointer });
  }
  const isTooOften = runs.some(
    (at, index) => at - (runs[index - 1] ?? -Infinity) < runsApartMinutes * 60_000,
  );
  if (isTooOften) {
    const reason = `A schedule runs at most every ${runsApartMinutes} minutes.`;
    throw refuse('schedule_too_often', reason, { pointer, limit: runsApartMinutes });
  }
}

/** Without a clock that changes, whose gaps and overlaps say nothing about how often it runs. */
function listRunsInUtc(cron: string, nowMs: number): readonly number[] {
  try {
    const parsed = new Cron(cron, { timezone: 'UTC', mode: '5-part', paused: true });
    return parsed.nextRuns(comparedRuns, new Date(nowMs)).map((run) => run.getTime());
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : 'it can not be read';
    throw refuse('cron_invalid', `This is no cron line: ${why.replace(/\.$/, '')}.`, { pointer: '/cron' });
  }
}

const listedMax = 200;

/** Runs from one that was due up to now, in order. After a very long time only the latest are listed. */
export function listDueRuns(rule: ScheduleRule, firstMs: number, nowMs: number): readonly number[] {
  const runs: number[] = [];
  let next = findNextRun(rule, firstMs - 1);
  while (next !== undefined && next <= nowMs) {
    if (runs.length === listedMax) return listLatestRuns(rule, firstMs, nowMs);
    runs.push(next);
    next = findNextRun(rule, next);
  }
  return runs;
}

function listLatestRuns(rule: ScheduleRule, firstMs: number, nowMs: number): readonly number[] {
  const cron = new Cron(rule.cron, { timezone: rule.zone.name, mode: '5-part', paused: true });
  const endMs = Math.min(nowMs + 1, rule.endMs ?? Infinity);
  return cron
    .previousRuns(listedMax, new Date(endMs))
    .map((run) => run.getTime())
    .filter((at) => at >= firstMs && (!rule.weekdaysOnly || isWeekday(rule.zone.localDayOf(at))))
    .reverse();
}
