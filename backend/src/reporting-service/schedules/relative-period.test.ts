import { checkTimeZone } from '../../metric-queries/check-range.js';
import type { RelativePeriod } from '@coditect/contracts';
import { toRange } from './relative-period.js';

function rangeOf(period: RelativePeriod, at: string, zone: string): readonly string[] {
  const { fromMs, toMs } = toRange(period, Date.parse(at), checkTimeZone(zone));
  return [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
}

describe('toRange', () => {
  it.each<[RelativePeriod, string, string]>([
    ['yesterday', '2026-03-03T00:00:00.000Z', '2026-03-04T00:00:00.000Z'],
    ['last7Days', '2026-02-25T00:00:00.000Z', '2026-03-04T00:00:00.000Z'],
    ['last28Days', '2026-02-04T00:00:00.000Z', '2026-03-04T00:00:00.000Z'],
    ['previousWeek', '2026-02-23T00:00:00.000Z', '2026-03-02T00:00:00.000Z'],
    ['previousMonth', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['monthToDate', '2026-03-01T00:00:00.000Z', '2026-03-04T00:00:00.000Z'],
  ])('%s of a Wednesday', (period, from, to) => {
    expect(rangeOf(period, '2026-03-04T06:00:00Z', 'UTC')).toEqual([from, to]);
  });

  it('takes the day of the schedule, not that of UTC', () => {
    expect(rangeOf('yesterday', '2026-03-04T20:00:00Z', 'Asia/Tokyo')).toEqual([
      '2026-03-03T15:00:00.000Z',
      '2026-03-04T15:00:00.000Z',
    ]);
  });

  it('knows days of 23 and 25 hours', () => {
    expect(rangeOf('yesterday', '2026-03-30T06:00:00Z', 'Europe/Berlin')).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    expect(rangeOf('yesterday', '2026-10-26T06:00:00Z', 'Europe/Berlin')).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  it('begins weeks on Monday, also on a Monday and on a Sunday', () => {
    const week = ['2026-02-23T00:00:00.000Z', '2026-03-02T00:00:00.000Z'];
    expect(rangeOf('previousWeek', '2026-03-02T00:00:00Z', 'UTC')).toEqual(week);
    expect(rangeOf('previousWeek', '2026-03-08T23:00:00Z', 'UTC')).toEqual(week);
  });

  it('is the whole month that has ended, for the month to date of the first', () => {
    const month = ['2025-12-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'];
    expect(rangeOf('monthToDate', '2026-01-01T06:00:00Z', 'UTC')).toEqual(month);
    expect(rangeOf('previousMonth', '2026-01-15T06:00:00Z', 'UTC')).toEqual(month);
  });
});
