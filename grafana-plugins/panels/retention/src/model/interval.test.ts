import { intervalOf, startText } from './interval';
import { weeks } from './retention-frames.fixture';

const berlin = 'Europe/Berlin';
const times = (...isos: string[]) => isos.map(Date.parse);

describe('intervalOf', () => {
  it('believes the data source', () => {
    expect(intervalOf('1M', weeks, berlin)).toBe('month');
  });

  it('knows days of 23 and 25 hours for days, and weeks with such a day for weeks', () => {
    expect(
      intervalOf(undefined, times('2026-10-24T22:00Z', '2026-10-25T23:00Z', '2026-10-26T23:00Z'), berlin),
    ).toBe('day');
    expect(intervalOf(undefined, times('2026-03-28T23:00Z', '2026-03-29T22:00Z'), berlin)).toBe('day');
    expect(intervalOf(undefined, weeks, berlin)).toBe('week');
  });

  it('knows months by their first day, in the zone of the dashboard', () => {
    const months = times('2026-01-31T23:00Z', '2026-02-28T23:00Z', '2026-03-31T22:00Z');
    expect(intervalOf(undefined, months, berlin)).toBe('month');
    expect(intervalOf(undefined, times('2026-02-01T00:00Z', '2026-03-01T00:00Z'), berlin)).toBe('week');
    expect(intervalOf(undefined, times('2026-02-01T00:00Z', '2026-03-01T00:00Z'), 'utc')).toBe('month');
  });

  it('guesses nothing from one cohort, or from odd hours', () => {
    expect(intervalOf(undefined, weeks.slice(0, 1), berlin)).toBeUndefined();
    expect(intervalOf(undefined, times('2026-01-01T00:00Z', '2026-01-01T06:00Z'), berlin)).toBeUndefined();
  });
});

it('writes no more of a date than the interval needs', () => {
  const [start = 0] = weeks;
  expect(startText(start, 'week', berlin)).toBe('2026-10-19');
  expect(startText(start, 'week', 'utc')).toBe('2026-10-18');
  expect(startText(start, 'month', berlin)).toBe('Oct 2026');
  expect(startText(start, undefined, berlin)).toBe('2026-10-19 00:00');
  expect(startText('', undefined, berlin)).toBe('(none)');
});
