import { createTheme } from '@grafana/data';
import { defaultOptions } from '../migrations';
import { buildViewModel } from './build-view-model';
import { linesMax, shapeCurve } from './curve';
import { retentionFrame, type RetentionRow } from './retention-frames.fixture';

const box = { left: 0, right: 200, top: 0, bottom: 100 };

function shape(rows?: readonly RetentionRow[]) {
  const options = { ...defaultOptions };
  return shapeCurve(
    buildViewModel({
      frames: [retentionFrame(rows)],
      options,
      theme: createTheme(),
      timeZone: 'Europe/Berlin',
    }),
    box,
  );
}

describe('shapeCurve', () => {
  it('draws a line for each cohort as far as its periods have ended, and the mean last', () => {
    expect(shape().lines.map(({ label, path, isMean }) => [label, path, isMean])).toEqual([
      ['2026-10-19', 'M0.0,0.0L100.0,20.0', false],
      ['2026-10-26', 'M0.0,0.0', false],
      ['2026-11-02', '', false],
      ['Mean by size', 'M0.0,0.0L100.0,20.0', true],
    ]);
  });

  it('says at the axes what is counted', () => {
    const { xTicks, yTicks } = shape();
    expect(xTicks.map(({ text }) => text)).toEqual(['Week 0', '1', '2']);
    expect(yTicks.map(({ y, text }) => [y, text])).toEqual([
      [100, '0%'],
      [50, '50%'],
      [0, '100%'],
    ]);
  });

  it('draws the last cohorts when there are more than can be told apart', () => {
    const rows = Array.from({ length: linesMax + 5 }, (_none, day): RetentionRow => [
      day * 86_400_000,
      4,
      0,
      4,
    ]);
    const { lines } = shape(rows);
    expect(lines).toHaveLength(linesMax + 1);
    expect(lines[0]?.label).toBe('1970-01-06');
  });
});
