import type { LocalDay } from './rhythm.js';
import type { TenantProfile } from './profile.js';

/**
 * Things that go wrong, by the calendar: each returns every 28 days, always on the same weekday, so that any 30 days
 * hold one of each. Nothing here depends on when the simulator was started.
 */
const cycleDays = 28;
const dayMs = 86_400_000;
const minuteMs = 60_000;

/** A Wednesday; 14:40 UTC is the middle of the morning in New York and of the afternoon in Berlin. */
const outageCycleDay = 27;
const outageStartMs = (14 * 60 + 40) * minuteMs;
export const outageDurationMs = 40 * minuteMs;

function cycleDay(dayNumber: number): number {
  return ((dayNumber % cycleDays) + cycleDays) % cycleDays;
}

/** Is the platform's API down for everybody at this instant? Half-open. */
export function isOutage(atMs: number): boolean {
  const intoDay = atMs - Math.floor(atMs / dayMs) * dayMs - outageStartMs;
  if (intoDay < 0 || intoDay >= outageDurationMs) return false;
  return cycleDay(Math.floor(atMs / dayMs)) === outageCycleDay;
}

/** Does an unattended agent of this tenant loop with an expensive model on this local day? */
export function isRunawayDay(profile: TenantProfile, day: LocalDay): boolean {
  return cycleDay(day.dayNumber) === profile.runawayCycleDay;
}
