import { layoutSeats, type SeatsWishes } from './layout';

const wishes: SeatsWishes = { numberWidths: [90, 90, 90, 90], bar: true, trend: true, transitionCount: 6 };

describe('layoutSeats', () => {
  it('shows all where there is room, and transitions beside the seats where it is wide', () => {
    expect(layoutSeats(400, 400, wishes)).toEqual({
      hasBar: true,
      trendHeight: 144,
      hasTransitions: true,
      isBeside: false,
    });
    expect(layoutSeats(900, 200, wishes)).toMatchObject({
      hasBar: true,
      hasTransitions: true,
      isBeside: true,
    });
  });

  it('leaves out the trend, then the transitions, then the bar', () => {
    expect(layoutSeats(400, 190, wishes)).toMatchObject({
      hasBar: true,
      hasTransitions: true,
      trendHeight: 0,
    });
    expect(layoutSeats(400, 110, wishes)).toMatchObject({
      hasBar: true,
      hasTransitions: false,
      trendHeight: 0,
    });
    expect(layoutSeats(400, 60, wishes)).toMatchObject({
      hasBar: false,
      hasTransitions: false,
      trendHeight: 0,
    });
  });

  it('reckons with numbers that take a second line', () => {
    const trendOf = (width: number) => layoutSeats(width, 300, { ...wishes, transitionCount: 0 }).trendHeight;
    expect(trendOf(400) - trendOf(200)).toBe(44);
  });
});
