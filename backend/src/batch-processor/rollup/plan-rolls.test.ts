import { createCalendar } from './calendar.js';
import { planRolls } from './plan-rolls.js';
import { getZone } from './roll-tenant.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const dayOf = (date: string): number => Date.parse(`${date}T00:00Z`) / dayMs;
const open = (...times: readonly string[]) =>
  times.map((time) => ({ utcHourMs: Date.parse(`${time}Z`), events: 10 }));
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

const berlin = createCalendar(getZone('Europe/Berlin'), []);
const kolkata = createCalendar(getZone('Asia/Kolkata'), []);
const bounds = { daysMax: 2, eventsMax: 1_000 };
const closedUntil = dayOf('2026-06-10');

describe('what one transaction rolls up', () => {
  it('is the hour that a mark names, and its day', () => {
    const plan = planRolls(berlin, open('2026-06-10T09:00'), closedUntil, bounds);
    expect(plan.hours.map(({ fromMs }) => iso(fromMs))).toEqual(['2026-06-10T09:00']);
    expect(plan.days).toMatchObject([{ day: dayOf('2026-06-10'), isWhole: false }]);
    expect(plan.closedDays).toEqual([]);
    expect(plan.closedMonths).toEqual([]);
  });

  it('is both local hours and both days that a UTC hour reaches into', () => {
    const plan = planRolls(kolkata, open('2026-06-05T18:00'), closedUntil, bounds);
    expect(plan.hours.map(({ fromMs }) => iso(fromMs))).toEqual(['2026-06-05T17:30', '2026-06-05T18:30']);
    expect(plan.closedDays.map(({ day }) => day)).toEqual([dayOf('2026-06-05'), dayOf('2026-06-06')]);
  });

  it('is the newest days, as many as the bound allows, and each of them whole', () => {
    const marks = open('2026-06-09T12:00', '2026-06-08T12:00', '2026-06-07T12:00', '2026-06-07T11:00');
    const plan = planRolls(berlin, marks, closedUntil, bounds);
    expect(plan.takenHoursMs.map(iso)).toEqual(['2026-06-09T12:00', '2026-06-08T12:00']);
    const one = planRolls(berlin, marks.slice(2), closedUntil, { daysMax: 1, eventsMax: 5 });
    expect(one.takenHoursMs.map(iso)).toEqual(['2026-06-07T12:00', '2026-06-07T11:00']);
  });

  it('ends before a day that brings more events than the bound allows', () => {
    const marks = open('2026-06-09T12:00', '2026-06-08T12:00');
    const plan = planRolls(berlin, marks, closedUntil, { daysMax: 7, eventsMax: 15 });
    expect(plan.takenHoursMs.map(iso)).toEqual(['2026-06-09T12:00']);
  });

  it('knows a day of which every hour is marked', () => {
    const hours = Array.from({ length: 24 }, (_, index) => ({
      utcHourMs: Date.parse('2026-06-09T21:00Z') - index * hourMs,
      events: 1,
    }));
    const plan = planRolls(berlin, hours, closedUntil, bounds);
    expect(plan.days.filter(({ isWhole }) => isWhole).map(({ day }) => day)).toEqual([dayOf('2026-06-09')]);
  });
});
