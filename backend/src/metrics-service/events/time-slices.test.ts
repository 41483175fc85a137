import type { EventOrder } from '../../storage/clickhouse/queries/event-search.js';
import { cutTimeSlices } from './time-slices.js';

const hourMs = 3_600_000;
const range = { fromMs: 17, toMs: 17 + 1_000 * hourMs };

function cutAll(order: EventOrder, learn: { tookMs: number; found: number; wanted: number }) {
  const slices = cutTimeSlices(range, order);
  const parts = [];
  for (let part = slices.next(); part !== undefined; part = slices.next()) {
    parts.push(part);
    slices.learn(learn);
  }
  expect(slices.isOver).toBe(true);
  return parts;
}

describe('slices of time', () => {
  it.each([
    ['newestFirst', 10],
    ['newestFirst', 1_500],
    ['oldestFirst', 10],
    ['oldestFirst', 9_000],
  ] as const)('cover the range once, %s, each reading taking %d ms', (order, tookMs) => {
    const parts = cutAll(order, { tookMs, found: 0, wanted: 100 });
    if (order === 'newestFirst') parts.reverse();
    expect(parts[0]?.fromMs).toBe(range.fromMs);
    expect(parts.at(-1)?.toMs).toBe(range.toMs);
    for (const [index, { fromMs, toMs }] of parts.entries()) {
      expect(fromMs).toBeLessThan(toMs);
      if (index > 0) expect(fromMs).toBe(parts[index - 1]?.toMs);
    }
  });

  it('begin with an hour at the near end and grow fast where nothing is found', () => {
    const parts = cutAll('newestFirst', { tookMs: 10, found: 0, wanted: 100 });
    expect(parts[0]).toEqual({ fromMs: range.toMs - hourMs, toMs: range.toMs });
    expect(parts.length).toBeLessThan(6);
  });

  it('grow no further than the rest should take where something is found', () => {
    const slices = cutTimeSlices(range, 'newestFirst');
    slices.next();
    slices.learn({ tookMs: 10, found: 50, wanted: 100 });
    const part = slices.next();
    expect((part?.toMs ?? 0) - (part?.fromMs ?? 0)).toBe(3 * hourMs);
  });

  it('become no longer where reading takes long, and no shorter', () => {
    const slices = cutTimeSlices(range, 'oldestFirst');
    for (let n = 0; n < 20; n += 1) {
      slices.next();
      slices.learn({ tookMs: 10_000, found: 0, wanted: 1 });
    }
    const part = slices.next();
    expect((part?.toMs ?? 0) - (part?.fromMs ?? 0)).toBe(hourMs);
  });
});
