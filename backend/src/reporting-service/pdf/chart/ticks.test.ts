import fc from 'fast-check';
import { niceTicks } from './nice-ticks.js';
import { timeTicks } from './time-ticks.js';

describe('niceTicks', () => {
  it('stands on round numbers around all values', () => {
    expect(niceTicks(0, 5_726, 4).values).toEqual([0, 2_000, 4_000, 6_000]);
    expect(niceTicks(-448, 448, 4).values).toEqual([-500, -250, 0, 250, 500]);
  });

  it('counts in the unit of the axis', () => {
    expect(niceTicks(0, 290_000, 4, 60_000).values).toEqual([0, 120_000, 240_000, 360_000]);
  });

  it('has an axis for no spread at all', () => {
    expect(niceTicks(0, 0, 4)).toMatchObject({ min: 0, max: 1 });
    expect(niceTicks(42, 42, 4)).toMatchObject({ min: 0, max: 60 });
  });

  it('covers every pair of values with few ticks', () => {
    const value = fc.double({ min: -1e15, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(high - low > Math.max(Math.abs(high) * 1e-6, 1e-200));
        const { min, max, values } = niceTicks(low, high, 4);
        const slack = (max - min) * 1e-6;
        expect(min - slack).toBeLessThanOrEqual(low);
        expect(max + slack).toBeGreaterThanOrEqual(high);
        expect(values.length).toBeLessThanOrEqual(7);
      }),
    );
  });
});

describe('timeTicks', () => {
  const labels = (from: string, to: string, zone: string, bucketMs: number): string[] =>
    timeTicks({ fromMs: Date.parse(from), toMs: Date.parse(to) }, zone, 9, bucketMs).map(
      ({ label }) => label,
    );

  it('stays at midnight of the zone across a change of clocks', () => {
    expect(labels('2026-10-23T22:00:00Z', '2026-10-27T23:00:00Z', 'Europe/Berlin', 86_400_000)).toEqual([
      '24 Oct',
      '25 Oct',
      '26 Oct',
      '27 Oct',
      '28 Oct',
    ]);
  });

  it('names hours, and the day where it begins', () => {
    expect(labels('2026-11-01T18:00:00Z', '2026-11-02T12:00:00Z', 'UTC', 3_600_000)).toEqual([
      '18:00',
      '20:00',
      '22:00',
      '2 Nov',
      '02:00',
      '04:00',
      '06:00',
      '08:00',
      '10:00',
      '12:00',
    ]);
  });

  it('keeps to whole hours of the wall clock on the day that has 23', () => {
    const day = labels('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 'Europe/Berlin', 3_600_000);
    expect(day).toEqual(['29 Mar', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00', '21:00', '30 Mar']);
  });

  it('goes by months and years where the range is long', () => {
    expect(labels('2025-10-31T23:00:00Z', '2026-04-30T22:00:00Z', 'Europe/Berlin', 28 * 86_400_000)).toEqual([
      'Nov',
      'Dec',
      'Jan 2026',
      'Feb',
      'Mar',
      'Apr',
      'May',
    ]);
  });

  it('ends, whatever the zone and the range', () => {
    const zones = fc.constantFrom(
      'Asia/Kolkata',
      'America/Sao_Paulo',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'UTC',
    );
    const instant = fc.integer({ min: Date.parse('1995-01-01'), max: Date.parse('2040-01-01') });
    fc.assert(
      fc.property(zones, instant, fc.integer({ min: 60_000, max: 1e12 }), (zone, fromMs, length) => {
        const ticks = timeTicks({ fromMs, toMs: fromMs + length }, zone, 9, 60_000);
        expect(ticks.length).toBeLessThanOrEqual(12);
        expect(ticks.every(({ atMs }) => atMs >= fromMs && atMs <= fromMs + length)).toBe(true);
      }),
    );
  });
});
