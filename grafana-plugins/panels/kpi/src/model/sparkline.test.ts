import { shapeSparkline } from './sparkline';

const box = { width: 106, height: 46 };

describe('shapeSparkline', () => {
  it('spreads the points over the width and the values over the height', () => {
    const shape = shapeSparkline({ values: [0, 5, 10] }, box);
    expect(shape.line).toBe('M3.0,43.0L53.0,23.0L103.0,3.0');
    expect(shape.last).toEqual({ x: 103, y: 3 });
  });

  it('leaves a gap where there is no value', () => {
    const shape = shapeSparkline({ values: [0, null, 10, 10] }, box);
    expect(shape.line.match(/M/gu)).toHaveLength(2);
    expect(shape.line).toContain('h0.01');
  });

  it('draws both periods on one scale', () => {
    const shape = shapeSparkline({ values: [5, 5], previous: [10, 0] }, box);
    expect(shape.previous).toBe('M3.0,3.0L103.0,43.0');
    expect(shape.line).toBe('M3.0,23.0L103.0,23.0');
  });

  it('puts a constant line in the middle', () => {
    expect(shapeSparkline({ values: [7, 7] }, box).line).toBe('M3.0,23.0L103.0,23.0');
    expect(shapeSparkline({ values: [0, 0] }, box).line).toBe('M3.0,23.0L103.0,23.0');
  });

  it('draws nothing without values', () => {
    expect(shapeSparkline({ values: [null, null] }, box)).toEqual({
      line: '',
      area: '',
      previous: '',
      bars: [],
      last: undefined,
    });
  });

  it('stands columns on zero, and hangs those below it', () => {
    const { bars } = shapeSparkline({ values: [10, null, -10, 8] }, { width: 106, height: 46 }, true);
    expect(bars.map(({ y, height }) => [y, height].map(Math.round))).toEqual([
      [3, 18],
      [21, 18],
      [7, 15],
    ]);
    expect(bars.map(({ x }) => x)).toEqual([3, 53, 78]);
    expect(
      shapeSparkline({ values: [8, 9] }, { width: 106, height: 46 }, true).bars[0]?.height,
    ).toBeGreaterThan(30);
  });
});
