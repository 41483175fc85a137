import { dateTime } from '@grafana/data';
import { liveRangeOf, slideRange } from './live-range';

const fromMs = Date.parse('2026-03-02T09:00:00Z');
const toMs = Date.parse('2026-03-02T10:00:00Z');

describe('liveRangeOf', () => {
  it.each([
    ['now-1h', 'now', { kind: 'sliding', lengthMs: 3_600_000 }],
    ['now/d', 'now', { kind: 'growing', fromMs }],
    ['now-1d/d', 'now', { kind: 'growing', fromMs }],
    ['now-1h', 'now/d', undefined],
    ['now-2h', 'now-1h', undefined],
  ])('reads %s to %s', (from, to, range) => {
    expect(liveRangeOf({ from, to }, fromMs, toMs)).toEqual(range);
  });

  it('grows from an instant, and never moves when it has ended', () => {
    expect(liveRangeOf({ from: dateTime(fromMs), to: 'now' }, fromMs, toMs)).toEqual({
      kind: 'growing',
      fromMs,
    });
    expect(liveRangeOf({ from: dateTime(fromMs), to: dateTime(toMs) }, fromMs, toMs)).toBeUndefined();
  });
});

describe('slideRange', () => {
  it('ends with now, and keeps its length or its start', () => {
    const nowMs = toMs + 60_000;
    expect(slideRange({ kind: 'sliding', lengthMs: 3_600_000 }, nowMs)).toEqual({
      from: '2026-03-02T09:01:00.000Z',
      to: '2026-03-02T10:01:00.000Z',
    });
    expect(slideRange({ kind: 'growing', fromMs }, nowMs).from).toBe('2026-03-02T09:00:00.000Z');
  });
});
