import { layOutSteps } from './funnel.js';
import { layOutLifecycle } from './lifecycle.js';
import { layOutCohorts } from './retention.js';

const day = 86_400_000;
const iso = (days: number): string => new Date(days * day).toISOString();

describe('layOutSteps', () => {
  const steps = [{ filters: [], label: 'a' }, { filters: [], label: 'b' }, { filters: [] }];

  it('has no value for shares of nobody and for times that nobody took', () => {
    const row = { value: '', groups: 1, users: [4, 0, 0], mediansMs: [0, 0], p90sMs: [0, 0] };
    expect(layOutSteps({ steps }, row)).toEqual([
      [1, 'a', 4, 1, null, null, null, null],
      [2, 'b', 0, 0, 0, 1, null, null],
      [3, 'any event', 0, 0, null, null, null, null],
    ]);
  });

  it('begins with the value of the breakdown', () => {
    const row = { value: 'red', groups: 1, users: [0, 0, 0], mediansMs: [0, 0], p90sMs: [0, 0] };
    const [first] = layOutSteps({ steps, breakdown: 'team' }, row);
    expect(first).toEqual(['red', 1, 'a', 0, null, null, null, null, null]);
  });
});

describe('layOutCohorts', () => {
  const all = { startsMs: [0, 1, 2, 3].map((days) => days * day), endMs: 4 * day };
  const cohorts = { startsMs: all.startsMs.slice(0, 2), endMs: 2 * day };
  const rows = [
    { cohort: 0, after: -1, users: 4 },
    { cohort: 0, after: 0, users: 1 },
    { cohort: 0, after: 2, users: 2 },
  ];
  const lateMs = 10 * day;

  it('has every period of every cohort, those without users too', () => {
    const asked = { periods: 2, mode: 'nDay' } as const;
    expect(layOutCohorts({ cohorts, all }, asked, rows, { asOfMs: lateMs, watermarkMs: lateMs })).toEqual([
      [iso(0), 4, 0, 1, 0.25],
      [iso(0), 4, 1, 0, 0],
      [iso(0), 4, 2, 2, 0.5],
      [iso(1), 0, 0, 0, null],
      [iso(1), 0, 1, 0, null],
      [iso(1), 0, 2, 0, null],
    ]);
  });

  it('adds later returns to earlier periods where these count', () => {
    const asked = { periods: 2, mode: 'unbounded' } as const;
    const laid = layOutCohorts({ cohorts, all }, asked, rows, { asOfMs: lateMs, watermarkMs: lateMs });
    expect(laid.slice(0, 3).map((row) => row[3])).toEqual([3, 2, 2]);
  });

  it('says nothing of periods that have not ended, and has none that have not begun', () => {
    const asked = { periods: 2, mode: 'nDay' } as const;
    const moment = { asOfMs: 1.5 * day, watermarkMs: 1.4 * day };
    expect(layOutCohorts({ cohorts, all }, asked, rows, moment)).toEqual([
      [iso(0), 4, 0, 1, 0.25],
      [iso(0), 4, 1, null, null],
      [iso(1), 0, 0, null, null],
    ]);
  });

  it('takes a period for running until everything of it is stored', () => {
    const asked = { periods: 1, mode: 'nDay' } as const;
    const moment = { asOfMs: 2.1 * day, watermarkMs: 1.9 * day };
    const laid = layOutCohorts({ cohorts, all }, asked, rows, moment);
    expect(laid.map((row) => row.slice(2))).toEqual([
      [0, 1, 0.25],
      [1, null, null],
      [0, null, null],
      [1, null, null],
    ]);
  });
});

describe('layOutLifecycle', () => {
  it('knows who is dormant once a period has ended', () => {
    const periods = { startsMs: [0, day, 2 * day], endMs: 3 * day };
    const rows = [
      { period: 1, state: 'new', users: 3 },
      { period: 2, state: 'dormant', users: 2 },
      { period: 2, state: 'returning', users: 1 },
    ] as const;
    expect(layOutLifecycle(periods, rows, { asOfMs: 1.5 * day, watermarkMs: 1.5 * day })).toEqual([
      [iso(0), 3, 0, 0, 0],
      [iso(1), 0, 1, 0, null],
    ]);
  });
});
