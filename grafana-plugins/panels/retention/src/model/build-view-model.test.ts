import { createTheme, FieldType, type DataFrame } from '@grafana/data';
import { defaultOptions } from '../migrations';
import type { RetentionPanelOptions } from '../types';
import { buildViewModel, rowsMax, type RetentionRow } from './build-view-model';
import { retentionFrame, rows, weeks } from './retention-frames.fixture';

const theme = createTheme();

function build(
  frames: DataFrame[],
  options: Partial<RetentionPanelOptions> = {},
  timeZone = 'Europe/Berlin',
) {
  return buildViewModel({ frames, options: { ...defaultOptions, ...options }, theme, timeZone });
}
const texts = ({ label, size, cells }: RetentionRow) => [
  label,
  size,
  ...cells.map((cell) => (cell?.isOpen ? 'open' : (cell?.text ?? 'none'))),
];

describe('buildViewModel', () => {
  it('has a row for each cohort, and tells open periods from those that have not begun', () => {
    const model = build([retentionFrame()]);
    expect(model.heading).toBe('Cohort (week)');
    expect(model.periods.map(({ label }) => label)).toEqual(['Week 0', 'Week 1', 'Week 2']);
    expect(model.rows.map(texts)).toEqual([
      ['2026-10-19', '10', '100%', '80.0%', 'open'],
      ['2026-10-26', '90', '100%', 'open', 'none'],
      ['2026-11-02', '40', 'open', 'none', 'none'],
    ]);
    expect(model.hasOpen).toBe(true);
  });

  it('reads more rows than a call takes arguments', () => {
    const many = Array.from({ length: 130_000 }, (_none, index): [string, number, number, number] => [
      `c${Math.floor(index / 100)}`,
      10,
      index % 100,
      1,
    ]);
    const { periods, rows: drawn } = build([retentionFrame(many)]);
    expect([periods.length, drawn.length]).toEqual([100, rowsMax]);
  });

  it('weighs the mean by size, of the cohorts whose period has ended', () => {
    const input = [...rows.filter(([cohort, , period]) => cohort !== weeks[1] || period !== 1)];
    const ended = [...input, [weeks[1] ?? 0, 90, 1, 9] as const];
    const { mean } = build([retentionFrame(ended.map(([...row]) => row))]);
    // (8 + 9) of (10 + 90): the mean of the two shares would be 45 %.
    expect(mean && texts(mean)).toEqual(['Mean by size', '140', '100%', '17.0%', 'none']);
    expect(mean?.cells[1]?.note.lines).toEqual([
      { label: 'Came back', text: '17.0%' },
      { label: 'Users', text: '17 of 100' },
      { label: 'Cohorts', text: '2' },
    ]);
    expect(build([retentionFrame()], { showMean: false }).mean).toBeUndefined();
  });

  it('shows users when asked for them, coloured by share all the same', () => {
    const shares = build([retentionFrame()]);
    const users = build([retentionFrame()], { show: 'users' });
    expect(users.rows[0]?.cells[1]?.text).toBe('8');
    expect(users.rows[0]?.cells[1]?.color).toEqual(shares.rows[0]?.cells[1]?.color);
  });

  it('turns the order round, and leaves out the first period', () => {
    const { rows: shown, periods } = build([retentionFrame()], {
      cohortOrder: 'newest',
      showFirstPeriod: false,
    });
    expect(shown.map(({ label }) => label)).toEqual(['2026-11-02', '2026-10-26', '2026-10-19']);
    expect(periods.map(({ key }) => key)).toEqual([1, 2]);
    expect(shown[2]?.cells[0]?.text).toBe('80.0%');
  });

  it('keeps its deepest colour for the largest later share, for all, or for the maximum of the field', () => {
    expect(build([retentionFrame()]).scale).toMatchObject({ from: '0%', to: '80.0%' });
    expect(build([retentionFrame()], { scale: 'full' }).scale.to).toBe('100%');
    expect(build([retentionFrame(rows, { config: { max: 0.5 } })]).scale.to).toBe('50.0%');
    expect(build([retentionFrame(rows.slice(0, 1))]).scale.to).toBe('100%');
  });

  it('believes what the data source says of its periods and of its time zone', () => {
    const input = [retentionFrame(rows.slice(0, 1), { meta: { question: { interval: '1d' } } })];
    expect(build(input).periods.map(({ label }) => label)).toEqual(['Day 0']);
    const counted = [retentionFrame(rows, { meta: { timeZone: 'Europe/Berlin' } })];
    expect(build(counted, {}, 'utc').rows[0]?.label).toBe('2026-10-19');
    expect(build([retentionFrame()], {}, 'utc').rows[0]?.label).toContain('2026-10-18');
  });

  it('speaks of a cell, and explains an open one', () => {
    const [row] = build([retentionFrame()]).rows;
    expect(row?.cells[1]?.spoken).toBe('2026-10-19, Week 1: 80.0%, 8 of 10');
    expect(row?.cells[2]?.spoken).toBe('2026-10-19, Week 2: has not ended');
    expect(row?.cells[2]?.note.remark).toContain('has not ended');
  });

  it('says what it leaves out', () => {
    const many = Array.from({ length: rowsMax + 2 }, (_none, day) => [day * 86_400_000, 5, 0, 5] as const);
    const frames = [retentionFrame(many.map(([...row]) => row)), retentionFrame()];
    expect(build(frames, {}, 'utc').remarks).toEqual([
      '2 more cohorts are not shown.',
      'Only the first of several results is shown.',
    ]);
  });
});

describe('buildViewModel, with the frames of others', () => {
  const table = (
    ...fields: [name: string, type: FieldType, values: unknown[], unit?: string][]
  ): DataFrame => ({
    length: fields[0]?.[2].length ?? 0,
    fields: fields.map(([name, type, values, unit]) => ({
      ...{ name, type, values },
      config: unit === undefined ? {} : { unit },
    })),
  });

  it('computes the share of users, by type and order of the fields', () => {
    const frame = table(
      ['started', FieldType.string, ['a', 'a', 'b']],
      ['n', FieldType.number, [20, 20, 0]],
      ['month_no', FieldType.number, [0, 1, 0]],
      ['active', FieldType.number, [20, 5, 0]],
    );
    const { rows: shown, heading } = build([frame]);
    expect(heading).toBe('Cohort');
    expect(shown.map(texts)).toEqual([
      ['a', '20', '100%', '25.0%'],
      ['b', '0', '–', 'none'],
    ]);
  });

  it('takes a share for enough, in either unit of percent', () => {
    const frame = table(
      ['cohort', FieldType.string, ['a']],
      ['size', FieldType.number, [20]],
      ['period', FieldType.number, [0]],
      ['retention', FieldType.number, [45], 'percent'],
    );
    expect(build([frame]).rows[0]?.cells[0]).toMatchObject({ share: 0.45, text: '45.0%' });
    expect(build([frame], { show: 'users' }).rows[0]?.cells[0]?.text).toBe('9');
  });

  it('tells empty from unfit', () => {
    expect(build([retentionFrame([])])).toMatchObject({ rows: [], problem: undefined });
    const { problem } = build([table(['time', FieldType.time, [1]], ['value', FieldType.number, [1]])]);
    expect(
      problem?.expected.filter(({ isNeeded, isFound }) => isNeeded && !isFound).map(({ name }) => name),
    ).toEqual(['period', 'users']);
  });
});
