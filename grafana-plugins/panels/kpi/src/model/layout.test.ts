import { layoutGrid, type LayoutWishes } from './layout';

const everything: LayoutWishes = {
  mode: 'auto',
  count: 1,
  valueEms: 3.6,
  hasPadding: true,
  hasTitle: true,
  hasDelta: true,
  deltaLength: 26,
  deltaTextLength: 8,
  hasTarget: true,
  targetLength: 12,
  hasFooter: true,
  hasSparkline: true,
  iconCount: 1,
  markCount: 0,
};

/** The height that a cell's parts take, as the components draw them. */
function usedHeight({ cell }: ReturnType<typeof layoutGrid>): number {
  const lines = 20 * (Number(cell.showTitle) + Number(cell.showDelta) + Number(cell.showFooter));
  const trend = cell.orientation === 'column' && cell.sparkline ? cell.sparkline.height + 4 : 0;
  return 2 * cell.padding + lines + (cell.showTarget ? 30 : 0) + cell.valueSize * 1.2 + trend;
}

describe('layoutGrid', () => {
  const widths = [100, 150, 200, 300, 400, 600, 800, 1_200, 1_900];
  const heights = [40, 60, 80, 100, 120, 150, 200, 300, 500];
  const sizes = widths.flatMap((width) => heights.map((height) => [width, height] as const));

  it.each(sizes)('clips nothing at %d x %d', (width, height) => {
    const grid = layoutGrid(width, height, everything);
    expect(usedHeight(grid)).toBeLessThanOrEqual(height + 1);
    expect(grid.cell.valueSize).toBeGreaterThanOrEqual(13);
    const valueWidth = grid.cell.valueSize * everything.valueEms + 22;
    expect(valueWidth).toBeLessThanOrEqual(width - 2 * grid.cell.padding);
  });

  it.each(widths)('leaves the marks out before they cut a value of one digit more, %d wide', (width) => {
    const wishes = { ...everything, hasTitle: false, valueEms: 4.3, markCount: 4 };
    for (const height of heights) {
      const { cell } = layoutGrid(width, height, wishes);
      const room = (cell.orientation === 'row' ? 0.5 : 1) * (width - 2 * cell.padding);
      const marks = cell.showMarks ? 4 * 22 : 0;
      expect(Math.floor(cell.valueSize * wishes.valueEms + 22 + marks)).toBeLessThanOrEqual(room);
    }
  });

  it('keeps value and change longest when room runs out', () => {
    const { cell } = layoutGrid(100, 70, { ...everything, hasTitle: false });
    expect(cell).toMatchObject({
      showDelta: true,
      showTarget: false,
      showFooter: false,
      sparkline: undefined,
    });
  });

  it('puts the trend beside the text in a low and wide panel', () => {
    const { cell } = layoutGrid(1_200, 100, everything);
    expect(cell.orientation).toBe('row');
    expect(cell.sparkline?.width).toBeGreaterThan(300);
  });

  it('leaves out what the change is against when there is no room for it', () => {
    expect(layoutGrid(100, 200, everything).cell.showDeltaLabel).toBe(false);
    expect(layoutGrid(400, 200, everything).cell.showDeltaLabel).toBe(true);
  });

  it.each([
    [1_200, 120, 4, 4],
    [100, 400, 4, 1],
    [600, 400, 4, 2],
  ])('at %d x %d lays out %d items in %d columns', (width, height, count, columns) => {
    expect(layoutGrid(width, height, { ...everything, count }).columns).toBe(columns);
  });

  it('has no more columns than its rows need', () => {
    for (const [width, height] of sizes) {
      for (const mode of ['auto', 'compact'] as const) {
        for (let count = 2; count <= 12; count += 1) {
          const { columns } = layoutGrid(width, height, { ...everything, mode, count });
          const rows = Math.ceil(count / columns);
          expect(columns * rows - count).toBeLessThan(rows);
        }
      }
    }
    expect(layoutGrid(583, 133, { ...everything, count: 4 }).columns).not.toBe(3);
  });

  it('scrolls instead of squeezing when there are too many', () => {
    const grid = layoutGrid(200, 100, { ...everything, count: 40 });
    expect(grid.isScrolling).toBe(true);
    expect(grid.cell.height).toBeGreaterThanOrEqual(48);
  });

  it('keeps cards upright and rows flat, whatever the room', () => {
    expect(layoutGrid(1_200, 100, { ...everything, mode: 'card' }).cell.orientation).toBe('column');
    const rows = layoutGrid(600, 400, { ...everything, mode: 'row', count: 4 });
    expect(rows).toMatchObject({ columns: 1, isScrolling: false, cell: { orientation: 'row' } });
  });

  it.each([150, 220, 300, 460, 900])('has one line for each at %d pixels, and clips no value', (width) => {
    const { cell, columns } = layoutGrid(width, 200, { ...everything, mode: 'compact', count: 5 });
    expect(cell.orientation).toBe('line');
    const value = cell.valueSize * everything.valueEms + 22;
    const delta = cell.showDelta ? 11 * 6.6 : 0;
    const used = value + delta + (cell.sparkline?.width ?? 0) + (cell.showTitle ? 40 : 0);
    expect(used).toBeLessThanOrEqual(width / columns);
  });

  it('scrolls lines when there are too many', () => {
    expect(layoutGrid(300, 100, { ...everything, mode: 'compact', count: 10 }).isScrolling).toBe(true);
    expect(layoutGrid(300, 100, { ...everything, mode: 'compact', count: 2 }).isScrolling).toBe(false);
  });
});
