import { mostOf, shapeTrend, timeText } from './trend';
import type { SeatCounts } from './read-seats';
import { days } from './seats-frames.fixture';

const box = { left: 0, right: 100, top: 0, bottom: 50 };
const count = (time: number, purchased: number | null, active: number | null): SeatCounts => ({
  ...{ time, purchased, assigned: active, active, idle: null },
  ...{ utilisation: null, idleCost: null, row: 0 },
});

describe('shapeTrend', () => {
  it('draws from zero to the most, by time and not by row', () => {
    const shape = shapeTrend([count(0, 10, 5), count(10, 10, 0), count(40, 10, 10)], box);
    expect(shape.lines.active).toBe('M0.0,25.0L25.0,50.0L100.0,0.0');
    expect(shape.lines.purchased).toBe('M0.0,0.0L25.0,0.0L100.0,0.0');
    expect(shape.area).toBe('M0.0,25.0L25.0,50.0L100.0,0.0L100.0,50L0.0,50Z');
    expect(shape.places.map(({ x }) => x)).toEqual([0, 25, 100]);
  });

  it('leaves a gap, and no area, where a value is not known', () => {
    const shape = shapeTrend([count(0, 10, 5), count(10, 10, null), count(20, 10, 10)], box);
    expect(shape.lines.active).toBe('M0.0,25.0M100.0,0.0');
    expect(shape.area).toBe('');
  });

  it('stands at the bottom without seats', () => {
    const none = [count(0, 0, 0), count(1, 0, 0)];
    expect(mostOf(none)).toBe(0);
    expect(shapeTrend(none, box).lines.active).toBe('M0.0,50.0L100.0,50.0');
  });
});

it('writes the time of day only where there is one', () => {
  const counts = days.map((day) => count(day, 1, 1));
  expect(timeText(days[2] ?? 0, counts, 'Europe/Berlin')).toBe('2026-03-30');
  expect(timeText(days[2] ?? 0, counts, 'utc')).toBe('2026-03-29 22:00');
});
