import { layOutBuckets, type Buckets } from './buckets.js';
import { followPeriods, layPeriodsOverDays, precedePeriods } from './user-periods.js';
import { findZone, type Zone } from './zone.js';

function zoneOf(name: string): Zone {
  const zone = findZone(name);
  if (zone === undefined) throw new Error(`no zone ${name}`);
  return zone;
}

const utc = zoneOf('UTC');
const london = zoneOf('Europe/London');
const isoOf = ({ startsMs, endMs }: Buckets): readonly string[] =>
  [...startsMs, endMs].map((atMs) => new Date(atMs).toISOString().slice(0, 16));
const lay = (from: string, to: string, interval: '1d' | '1w' | '1M', zone: Zone): Buckets =>
  layOutBuckets({ fromMs: Date.parse(from), toMs: Date.parse(to) }, interval, zone);

describe('periods', () => {
  it('are followed by as many more, months of each length', () => {
    const months = lay('2026-01-15T00:00:00Z', '2026-01-16T00:00:00Z', '1M', utc);
    expect(isoOf(followPeriods(months, 2, '1M', utc))).toEqual([
      '2026-01-01T00:00',
      '2026-02-01T00:00',
      '2026-03-01T00:00',
      '2026-04-01T00:00',
    ]);
    const many = followPeriods(months, 60, '1M', utc);
    expect(many.startsMs).toHaveLength(61);
    expect(many.endMs).toBe(Date.UTC(2031, 1, 1));
  });

  it('are preceded by one', () => {
    const weeks = lay('2026-03-30T12:00:00Z', '2026-04-01T00:00:00Z', '1w', london);
    // The week in which the clock goes forward: it begins at midnight UTC, the next one an hour before.
    expect(isoOf(precedePeriods(weeks, '1w', london))).toEqual([
      '2026-03-23T00:00',
      '2026-03-29T23:00',
      '2026-04-05T23:00',
    ]);
  });
});

describe('layPeriodsOverDays', () => {
  it('gives each half of a UTC day to its period, -1 before the first', () => {
    const days = lay('2026-03-10T00:00:00Z', '2026-03-11T00:00:00Z', '1d', zoneOf('Asia/Kolkata'));
    // Days in Kolkata begin at 18:30 UTC, after 74 quarter hours.
    const { firstUtcDay, cuts, count } = layPeriodsOverDays(days, zoneOf('Asia/Kolkata'));
    expect(firstUtcDay).toBe(Date.UTC(2026, 2, 9) / 86_400_000);
    expect(cuts).toEqual([
      { before: -1, after: 0, quarters: 74 },
      { before: 0, after: 1, quarters: 74 },
      { before: 1, after: 2, quarters: 74 },
    ]);
    expect(count).toBe(2);
  });

  it('counts weeks, not days', () => {
    const weeks = lay('2026-03-09T00:00:00Z', '2026-03-20T00:00:00Z', '1w', utc);
    const { cuts, count } = layPeriodsOverDays(weeks, utc);
    expect(cuts.map(({ before, after, quarters }) => (quarters === 0 ? after : before))).toEqual([
      ...Array.from({ length: 7 }, () => 0),
      ...Array.from({ length: 7 }, () => 1),
    ]);
    expect(count).toBe(2);
  });

  it('refuses days that do not begin on a quarter hour', () => {
    const monrovia = zoneOf('Africa/Monrovia');
    const days = lay('1971-06-01T00:00:00Z', '1971-06-02T00:00:00Z', '1d', monrovia);
    expect(() => layPeriodsOverDays(days, monrovia)).toThrow(
      'Africa/Monrovia did not begin on a quarter hour',
    );
  });
});
