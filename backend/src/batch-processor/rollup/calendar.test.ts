import { getZone } from './roll-tenant.js';
import { createCalendar } from './calendar.js';

const dayMs = 86_400_000;
const dayOf = (date: string): number => Date.parse(`${date}T00:00Z`) / dayMs;
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

describe('calendar of a tenant', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29', 23],
    ['Europe/Berlin', '2026-10-25', 25],
    ['Europe/Berlin', '2026-06-01', 24],
    // The clock goes back by half an hour: the shared half is an hour of its own.
    ['Australia/Lord_Howe', '2026-04-05', 25],
    ['Australia/Lord_Howe', '2026-10-04', 24],
    ['Pacific/Apia', '2011-12-30', 0],
  ])('has the hours of %s on %s', (timeZone, date, hours) => {
    const day = dayOf(date);
    const calendar = createCalendar(getZone(timeZone), []);
    const found = calendar.hoursOf(day, day);
    expect(found).toHaveLength(hours);
    const edges = [calendar.startOfDay(day), ...found.map(({ toMs }) => toMs)];
    expect(found.map(({ fromMs }) => fromMs)).toEqual(edges.slice(0, -1));
    expect(edges.at(-1)).toBe(calendar.startOfDay(day + 1));
  });

  it('begins the hours of Kathmandu at a quarter past in UTC', () => {
    const [first] = createCalendar(getZone('Asia/Kathmandu'), []).hoursOf(
      dayOf('2026-06-01'),
      dayOf('2026-06-01'),
    );
    expect(iso(first?.fromMs ?? 0)).toBe('2026-05-31T18:15');
  });

  it('gives weeks from Monday and months that are over, each once', () => {
    const calendar = createCalendar(getZone('Asia/Kolkata'), []);
    const days = [dayOf('2026-05-31'), dayOf('2026-06-01'), dayOf('2026-06-02')];
    const closedUntil = dayOf('2026-06-08');
    const starts = (interval: '1w' | '1M') =>
      calendar.periodsOf(interval, days, closedUntil).map(({ fromMs }) => iso(fromMs));
    expect(starts('1w')).toEqual(['2026-05-24T18:30', '2026-05-31T18:30']);
    expect(starts('1M')).toEqual(['2026-04-30T18:30']);
  });

  describe.each([
    ['America/New_York', '2026-03-12T04:00'],
    ['Asia/Tokyo', '2026-03-11T15:00'],
  ])('of a tenant that moved from Berlin to %s', (timeZone, endOfSeam) => {
    const seamMs = Date.parse('2026-03-10T23:00Z');
    const seamDay = dayOf('2026-03-11');
    const berlin = { zone: getZone('Europe/Berlin'), untilDay: seamDay, untilMs: seamMs };
    const calendar = createCalendar(getZone(timeZone), [berlin]);

    it('lets the first day of the new zone begin where the last one of the old zone ended', () => {
      expect(calendar.startOfDay(seamDay)).toBe(seamMs);
      expect(iso(calendar.startOfDay(seamDay + 1))).toBe(endOfSeam);
      expect(calendar.localDayOf(seamMs - 1)).toBe(seamDay - 1);
      expect(calendar.localDayOf(seamMs)).toBe(seamDay);
    });

    it('puts every instant into the day that holds it', () => {
      for (let at = seamMs - 3 * dayMs; at < seamMs + 3 * dayMs; at += 1_800_000) {
        const day = calendar.localDayOf(at);
        expect(calendar.startOfDay(day)).toBeLessThanOrEqual(at);
        expect(calendar.startOfDay(day + 1)).toBeGreaterThan(at);
      }
    });

    it('has no week and no month of two zones', () => {
      const days = [seamDay - 1, seamDay, seamDay + 1, seamDay + 40];
      const weeks = calendar.periodsOf('1w', days, seamDay + 100);
      expect(weeks).toHaveLength(1);
      expect(calendar.periodsOf('1M', days, seamDay + 100)).toHaveLength(1);
    });
  });
});
