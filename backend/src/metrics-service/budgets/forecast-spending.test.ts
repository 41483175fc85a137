import fc from 'fast-check';
import { forecastSpending, type PastDay } from './forecast-spending.js';

const z = 1.281_551_565_545;
/** Four weeks: each Monday ten more or less than a hundred, every other day ten. */
const fourWeeks: readonly PastDay[] = [90, 110, 90, 110].flatMap((monday) =>
  [monday, 10, 10, 10, 10, 10, 10].map((cost, weekday) => ({ weekday, cost })),
);

describe('the forecast of what will have been spent', () => {
  it('adds the mean of like weekdays for each day to come', () => {
    const toCome = [
      { weekday: 6, share: 0.25 },
      { weekday: 0, share: 1 },
      { weekday: 1, share: 1 },
    ];
    const forecast = forecastSpending(50, fourWeeks, toCome);
    expect(forecast?.map(({ expected }) => expected)).toEqual([52.5, 152.5, 162.5]);
  });

  it('has a band of how Mondays differ, and of how uncertain their mean is', () => {
    const toCome = [0, 1, 0].map((weekday) => ({ weekday, share: 1 }));
    const forecast = forecastSpending(0, fourWeeks, toCome);
    // Four Mondays, each ten from their mean: a variance of 400 / 3; the other days do not differ.
    const variance = 400 / 3;
    const first = z * Math.sqrt(variance * (1 + 1 / 4));
    const third = z * Math.sqrt(variance * (2 + 4 / 4));
    expect(forecast?.[0]?.high).toBeCloseTo(100 + first, 9);
    expect(forecast?.[1]?.low).toBeCloseTo(110 - first, 9);
    expect(forecast?.[2]?.low).toBeCloseTo(210 - third, 9);
    expect(forecast?.[2]?.high).toBeCloseTo(210 + third, 9);
  });

  it('never goes below what is spent', () => {
    const wild = [0, 1_000, 0, 1_000].map((cost) => ({ weekday: 3, cost: cost + 1 }));
    const [day] = forecastSpending(70, wild, [{ weekday: 3, share: 0.1 }]) ?? [];
    expect(day?.low).toBe(70);
    expect(day?.high).toBeGreaterThan(200);
  });

  it('begins with the first day that cost something', () => {
    const young = [0, 0, 0, 8, 0].map((cost, weekday) => ({ weekday, cost }));
    // Thursday cost 8, Friday nothing; of a Monday nothing is known but these two.
    const forecast = forecastSpending(
      0,
      young,
      [3, 4, 0].map((weekday) => ({ weekday, share: 1 })),
    );
    expect(forecast?.map(({ expected }) => expected)).toEqual([8, 8, 12]);
  });

  it('says nothing without a day, and no band of one day', () => {
    const toCome = [{ weekday: 0, share: 1 }];
    expect(forecastSpending(5, [], toCome)).toBeUndefined();
    expect(forecastSpending(5, [{ weekday: 0, cost: 0 }], toCome)).toBeUndefined();
    expect(forecastSpending(5, [{ weekday: 1, cost: 4 }], toCome)).toEqual([
      { expected: 9, low: null, high: null },
    ]);
    expect(forecastSpending(5, fourWeeks, [])).toEqual([]);
  });

  it('equals what is reckoned day by day, whatever the days', () => {
    const days = fc.array(fc.record({ weekday: fc.integer({ min: 0, max: 6 }), cost: fc.nat(1_000) }), {
      minLength: 2,
      maxLength: 28,
    });
    const toCome = fc.array(
      fc.record({ weekday: fc.integer({ min: 0, max: 6 }), share: fc.constantFrom(0.25, 0.5, 1) }),
      { minLength: 1, maxLength: 31 },
    );
    fc.assert(
      fc.property(days, toCome, fc.nat(5_000), (past, coming, spent) => {
        expectEqual(forecastSpending(spent, past, coming), reckon(spent, past, coming));
      }),
    );
  });
});

type Band = { expected: number; low: number | null; high: number | null };

function expectEqual(given: readonly Band[] | undefined, wanted: readonly Band[] | undefined): void {
  expect(given === undefined).toBe(wanted === undefined);
  for (const [index, { expected, high, low }] of (wanted ?? []).entries()) {
    expect(given?.[index]?.expected).toBeCloseTo(expected, 6);
    if (low === null || high === null) expect(given?.[index]).toMatchObject({ low: null, high: null });
    else {
      expect(given?.[index]?.low).toBeCloseTo(low, 6);
      expect(given?.[index]?.high).toBeCloseTo(high, 6);
    }
  }
}

/** The same from the definition: each day by itself, nothing carried on. */
function reckon(
  spent: number,
  past: readonly PastDay[],
  coming: readonly { weekday: number; share: number }[],
): readonly Band[] | undefined {
  const known = past.slice(past.findIndex(({ cost }) => cost > 0));
  if (!past.some(({ cost }) => cost > 0)) return undefined;
  const all = known.map(({ cost }) => cost);
  const like = (weekday: number) => known.filter((day) => day.weekday === weekday).map(({ cost }) => cost);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = (values: number[]) =>
    values.map((value) => (value - mean(values)) ** 2).reduce((sum, value) => sum + value, 0) /
    (values.length - 1);
  return coming.map((_day, index) => {
    const until = coming.slice(0, index + 1);
    const expected = until.reduce((sum, { share, weekday }) => {
      const days = like(weekday).length > 0 ? like(weekday) : all;
      return sum + share * mean(days);
    }, spent);
    if (all.length < 2) return { expected, low: null, high: null };
    const total = [0, 1, 2, 3, 4, 5, 6].reduce((sum, weekday) => {
      const shares = until.filter((day) => day.weekday === weekday).map(({ share }) => share);
      const days = like(weekday);
      const each = days.length > 1 ? variance(days) : variance(all);
      const single = shares.reduce((squares, share) => squares + share ** 2, 0);
      const whole = shares.reduce((added, share) => added + share, 0) ** 2;
      return sum + each * (single + whole / (days.length > 0 ? days.length : all.length));
    }, 0);
    const width = z * Math.sqrt(total);
    return { expected, low: Math.max(spent, expected - width), high: expected + width };
  });
}
