import { isOutage, isRunawayDay, outageDurationMs } from './incidents.js';
import { demoTenants } from './profile.js';
import { isWeekend, localDay } from './rhythm.js';

const minuteMs = 60_000;
const dayMs = 86_400_000;

describe('incidents', () => {
  it('hold one outage of 40 minutes, on a working day, in any 28 days', () => {
    for (const firstDay of [20_000, 20_749, 21_333]) {
      const minutes = Array.from({ length: 28 * 1_440 }, (_, minute) => firstDay * dayMs + minute * minuteMs);
      const down = minutes.filter(isOutage);
      expect(down).toHaveLength(outageDurationMs / minuteMs);
      expect(new Date(down[0] ?? 0).getUTCDay()).toBe(3);
    }
  });

  it('hold one runaway agent for each tenant, on working days of their own, in any 28 days', () => {
    const found = demoTenants.map((profile) => {
      const days = Array.from({ length: 28 }, (_, index) => localDay(profile.timeZone, 20_755 + index));
      const runaway = days.filter((day) => isRunawayDay(profile, day));
      expect(runaway).toHaveLength(1);
      expect(runaway.some(isWeekend)).toBe(false);
      return runaway[0]?.dayNumber;
    });
    expect(new Set(found).size).toBe(demoTenants.length);
  });
});
