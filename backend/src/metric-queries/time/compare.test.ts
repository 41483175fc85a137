import type { CompareTo, Interval } from '@coditect/contracts';
import { findComparedRange } from './compare.js';
import { findZone } from './zone.js';

function compare(
  compareTo: CompareTo,
  from: string,
  to: string,
  interval?: Interval,
  timeZone = 'Europe/Berlin',
): string[] | undefined {
  const zone = findZone(timeZone);
  if (zone === undefined) throw new Error(`no zone ${timeZone}`);
  const range = { fromMs: Date.parse(from), toMs: Date.parse(to) };
  const compared = findComparedRange(compareTo, range, interval, zone);
  return compared && [compared.fromMs, compared.toMs].map((ms) => new Date(ms).toISOString().slice(0, 16));
}

describe('findComparedRange', () => {
  it('compares with nothing unless asked', () => {
    expect(compare('none', '2026-03-10T00:00:00Z', '2026-03-11T00:00:00Z')).toBeUndefined();
  });

  it('takes the same length directly before', () => {
    expect(compare('previousPeriod', '2026-03-10T10:00:00Z', '2026-03-10T11:15:00Z', '15m')).toEqual([
      '2026-03-10T08:45',
      '2026-03-10T10:00',
    ]);
  });

  it('takes whole local days across a change of the clock', () => {
    // 30 March in Berlin; the day before it has 23 hours.
    expect(compare('previousPeriod', '2026-03-29T22:00:00Z', '2026-03-30T22:00:00Z')).toEqual([
      '2026-03-28T23:00',
      '2026-03-29T22:00',
    ]);
    // A week of days that begins before the change and ends after it.
    expect(compare('previousPeriod', '2026-03-25T23:00:00Z', '2026-04-01T22:00:00Z', '1d')).toEqual([
      '2026-03-18T23:00',
      '2026-03-25T23:00',
    ]);
  });

  it('takes whole months for a monthly series of whole months', () => {
    expect(compare('previousPeriod', '2026-01-01T00:00:00Z', '2026-03-01T00:00:00Z', '1M', 'UTC')).toEqual([
      '2025-11-01T00:00',
      '2026-01-01T00:00',
    ]);
  });

  it('keeps the time on the wall for a week, a month and a year ago', () => {
    const from = '2026-04-01T08:00:00Z';
    const to = '2026-04-01T09:00:00Z';
    expect(compare('lastWeek', from, to)).toEqual(['2026-03-25T09:00', '2026-03-25T10:00']);
    expect(compare('lastMonth', from, to)).toEqual(['2026-03-01T09:00', '2026-03-01T10:00']);
    expect(compare('lastYear', from, to)).toEqual(['2025-04-01T08:00', '2025-04-01T09:00']);
  });

  it('keeps the length where the month before has no such day', () => {
    expect(compare('lastMonth', '2026-03-30T00:00:00Z', '2026-03-31T00:00:00Z', '1d', 'UTC')).toEqual([
      '2026-02-28T00:00',
      '2026-03-01T00:00',
    ]);
  });
});
