import {
  acceptanceAfter,
  adoptionAfter,
  atLocalMinute,
  isWeekend,
  localDay,
  localDayNumber,
  weekdayFactor,
  workMinute,
} from './rhythm.js';

const hourMs = 3_600_000;

describe('localDay', () => {
  it('begins and ends a day at the midnights of its own time zone', () => {
    const number = localDayNumber('Asia/Kolkata', Date.parse('2026-11-17T20:00:00Z'));
    const day = localDay('Asia/Kolkata', number);
    expect(new Date(day.startMs).toISOString()).toBe('2026-11-17T18:30:00.000Z');
    expect(new Date(day.endMs).toISOString()).toBe('2026-11-18T18:30:00.000Z');
    expect(day.weekday).toBe(3);
    expect(isWeekend(day)).toBe(false);
  });

  it.each([
    ['2026-03-08T12:00:00-04:00', 23],
    ['2026-11-01T12:00:00-05:00', 25],
  ])('knows that the day of %s has %d hours in New York, and keeps its hours on the clock', (noon, hours) => {
    const day = localDay('America/New_York', localDayNumber('America/New_York', Date.parse(noon)));
    expect((day.endMs - day.startMs) / hourMs).toBe(hours);
    expect(atLocalMinute(day, 12 * 60)).toBe(Date.parse(noon));
    expect(atLocalMinute(day, 9 * 60)).toBe(Date.parse(noon) - 3 * hourMs);
    expect(day.weekday).toBe(0);
  });

  it('gives adjoining numbers adjoining days', () => {
    for (let number = 20_700; number < 20_800; number += 1) {
      const day = localDay('Europe/Berlin', number);
      expect(day.endMs).toBe(localDay('Europe/Berlin', number + 1).startMs);
      expect(localDayNumber('Europe/Berlin', day.startMs)).toBe(number);
      expect(localDayNumber('Europe/Berlin', day.endMs - 1)).toBe(number);
    }
  });
});

describe('the rhythm of work', () => {
  it('has two peaks, a dip at lunch and a thin night', () => {
    const hours = new Array<number>(24).fill(0);
    const draws = 24_000;
    for (let draw = 0; draw < draws; draw += 1) {
      const hour = Math.floor(workMinute(draw / draws) / 60);
      hours[hour] = (hours[hour] ?? 0) + 1;
    }
    const [night = 0, morning = 0, lunch = 0, afternoon = 0] = [hours[2], hours[10], hours[12], hours[14]];
    expect(lunch).toBeLessThan(morning / 3);
    expect(lunch).toBeLessThan(afternoon / 3);
    expect(night).toBeLessThan(morning / 50);
    expect(hours.every((count) => count > 0)).toBe(true);
  });

  it('leaves 8 % of the people at weekends', () => {
    const saturday = localDay(
      'Europe/Berlin',
      localDayNumber('Europe/Berlin', Date.parse('2026-11-21T12:00:00Z')),
    );
    const tuesday = localDay(
      'Europe/Berlin',
      localDayNumber('Europe/Berlin', Date.parse('2026-11-17T12:00:00Z')),
    );
    expect(weekdayFactor(saturday)).toBe(0.08);
    expect(weekdayFactor(tuesday)).toBe(1);
  });
});

describe('growth', () => {
  it('only rises, and never above everybody', () => {
    for (let day = -5; day < 1_000; day += 1) {
      expect(adoptionAfter(day + 1)).toBeGreaterThanOrEqual(adoptionAfter(day));
      expect(acceptanceAfter(day + 1)).toBeGreaterThanOrEqual(acceptanceAfter(day));
    }
    expect(adoptionAfter(0)).toBeCloseTo(0.55);
    expect(adoptionAfter(1_000)).toBeLessThanOrEqual(1);
    expect(acceptanceAfter(0)).toBeCloseTo(0.28);
    expect(acceptanceAfter(30)).toBeCloseTo(0.38);
  });
});
