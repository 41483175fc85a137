import { frameMeta } from './kpi-frames.fixture';
import { findConcerns } from './quality';

const meta = { ...frameMeta, range: { from: '2026-03-01T00:00:00Z', to: '2026-03-02T12:00:00Z' } };
const quality = { completeness: 1, lateness: 0, difference: 0, daysWaiting: 0 };
const codes = (...args: Parameters<typeof findConcerns>) => findConcerns(...args).map(({ code }) => code);

describe('findConcerns', () => {
  it('has none about good data, and none about other data', () => {
    expect(findConcerns({ ...meta, quality }, 0, 'utc')).toEqual([]);
    expect(findConcerns(undefined, 30, 'utc')).toEqual([]);
  });

  it('tells late data by more than the pipeline needs', () => {
    expect(findConcerns({ ...meta, completeUntil: '2026-03-02T09:54:59Z' }, 0, 'utc')).toEqual([
      { code: 'late', label: 'late', text: 'Events after 2026-03-02 09:54 may be missing.' },
    ]);
    expect(codes({ ...meta, completeUntil: '2026-03-02T09:55:00Z' }, 0, 'utc')).toEqual([]);
  });

  it('does not take the interval under way for a delay', () => {
    const today = { ...meta, completeUntil: '2026-03-02T00:00:00Z' };
    expect(codes({ ...today, interval: '1d' }, 0, 'utc')).toEqual([]);
    expect(codes({ ...today, interval: '1h' }, 0, 'utc')).toEqual(['late']);
  });

  it('does not take users who are still followed for late data', () => {
    const followed = { ...meta, completeUntil: '2026-02-23T10:00:00Z' };
    expect(codes({ ...followed, storedUntil: '2026-03-02T09:59:59Z' }, 0, 'utc')).toEqual([]);
    expect(findConcerns({ ...followed, storedUntil: '2026-03-02T09:00:00Z' }, 0, 'utc')).toEqual([
      { code: 'late', label: 'late', text: 'Events after 2026-03-02 09:00 may be missing.' },
    ]);
  });

  it('does not care how late the data is when the range has ended before', () => {
    const range = { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' };
    expect(codes({ ...meta, range, completeUntil: '2026-03-02T08:00:00Z' }, 0, 'utc')).toEqual([]);
  });

  it('tells what the stores do not both have', () => {
    const found = findConcerns(
      { ...meta, quality: { ...quality, completeness: 0.9912, difference: 1_204 } },
      0,
      'utc',
    );
    expect(found).toEqual([
      {
        code: 'partial',
        label: 'partial',
        text: '99.1 % of the events are in both stores; they differ by 1,204.',
      },
    ]);
    expect(codes({ ...meta, quality: { ...quality, completeness: null } }, 0, 'utc')).toEqual([]);
  });

  it('tells a small sample, when asked to', () => {
    const small = { ...meta, total: { value: 0.5, numerator: 6, denominator: 12 } };
    expect(findConcerns(small, 30, 'utc')).toEqual([
      { code: 'small', label: 'n 12', text: 'It rests on 12 only; 30 are asked for.' },
    ]);
    expect(codes(small, 12, 'utc')).toEqual([]);
    expect(codes({ ...meta, total: { value: 3 } }, 30, 'utc')).toEqual([]);
  });
});
