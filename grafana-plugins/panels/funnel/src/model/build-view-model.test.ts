import { createTheme, FieldType, ThresholdsMode, type DataFrame } from '@grafana/data';
import { defaultOptions } from '../migrations';
import type { FunnelPanelOptions } from '../types';
import { buildViewModel } from './build-view-model';
import { byTeam, funnelFrame, rows } from './funnel-frames.fixture';

const theme = createTheme();

function build(frames: DataFrame[], options: Partial<FunnelPanelOptions> = {}) {
  return buildViewModel({ frames, options: { ...defaultOptions, ...options }, theme, timeZone: 'utc' });
}
function texts(frames: DataFrame[], options: Partial<FunnelPanelOptions> = {}) {
  return build(frames, options).steps.map(({ label, bars }) => [
    label,
    ...bars.map(({ users, conversion }) => `${users} ${conversion}`),
  ]);
}

describe('buildViewModel', () => {
  it('shows users and which share of the start they are', () => {
    expect(texts([funnelFrame()])).toEqual([
      ['Viewed', '1 K 100%'],
      ['Installed', '400 40.0%'],
      ['First run', '300 30.0%'],
    ]);
  });

  it('shows the share of the step before when asked for it', () => {
    expect(texts([funnelFrame()], { conversionFrom: 'previous' })[2]).toEqual(['First run', '300 75.0%']);
  });

  it('tells what was lost on the way and how long it took', () => {
    const { steps } = build([funnelFrame()]);
    expect(steps.map(({ loss }) => loss)).toEqual([
      undefined,
      { text: '−60.0%', time: '1 min' },
      { text: '−25.0%', time: '1 hour' },
    ]);
    expect(steps[2]?.bars[0]?.note.lines).toEqual([
      { label: 'Users', text: '300' },
      { label: 'Of the start', text: '30.0%' },
      { label: 'Of the step before', text: '75.0%' },
      { label: 'Lost', text: '100 (25.0%)' },
      { label: 'Median time', text: '1 hour' },
    ]);
  });

  it('points out the step that loses the largest share, all groups together', () => {
    const worst = (input: DataFrame[], options = {}) =>
      build(input, options)
        .steps.filter(({ isWorst }) => isWorst)
        .map(({ label }) => label);
    expect(worst([funnelFrame()])).toEqual(['Installed']);
    // 1000 -> 390 -> 100: the first way loses 61 %, the second one 74 %.
    expect(worst([funnelFrame(byTeam)])).toEqual(['First run']);
    expect(worst([funnelFrame()], { highlightWorst: false })).toEqual([]);
    expect(worst([funnelFrame(rows.map((row) => ({ ...row, users: 5 })))])).toEqual([]);
  });

  it('draws all groups on one scale, or each on its own', () => {
    const sizes = (measure: 'users' | 'conversion') =>
      build([funnelFrame(byTeam)], { measure }).steps.map(({ bars }) =>
        bars.map(({ group, size }) => `${group} ${size.toFixed(2)}`),
      );
    expect(sizes('users')[1]).toEqual(['core 0.33', 'web 0.10']);
    expect(sizes('conversion')[1]).toEqual(['core 0.33', 'web 0.90']);
  });

  it('orders groups and says how many it leaves out', () => {
    const names = (options: Partial<FunnelPanelOptions>) =>
      build([funnelFrame(byTeam)], options).groups.map(({ name }) => name);
    expect(names({})).toEqual(['core', 'web']);
    expect(names({ groupOrder: 'conversion' })).toEqual(['web', 'core']);
    expect(names({ groupOrder: 'none' })).toEqual(['web', 'core']);
    expect(names({ groupOrder: 'name' })).toEqual(['core', 'web']);
    expect(names({ groupsMax: 1 })).toEqual(['core']);
    expect(build([funnelFrame(byTeam)], { groupsMax: 1 }).remarks).toEqual(['1 more group is not shown.']);
  });

  it('keeps nothing and not known apart', () => {
    const input = [
      { step: 1, label: 'a', users: 0 },
      { step: 2, label: 'b', users: 0 },
      { step: 3, label: 'c', users: null },
    ];
    expect(texts([funnelFrame(input)])).toEqual([
      ['a', '0 –'],
      ['b', '0 –'],
      ['c', '– –'],
    ]);
    expect(build([funnelFrame(input)]).steps.map(({ loss }) => loss)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('orders steps by their number, whatever the order of the rows', () => {
    expect(texts([funnelFrame([...rows].reverse())]).map(([label]) => label)).toEqual([
      'Viewed',
      'Installed',
      'First run',
    ]);
  });

  it('colours by group, by the field, or by thresholds of the conversion', () => {
    const thresholds = {
      mode: ThresholdsMode.Percentage,
      steps: [
        { value: -Infinity, color: 'red' },
        { value: 50, color: 'green' },
      ],
    };
    const frame = funnelFrame(rows, { thresholds, color: { mode: 'fixed', fixedColor: 'purple' } });
    const named = (color: string) => theme.visualization.getColorByName(color);
    const colors = (colorBy: FunnelPanelOptions['colorBy']) =>
      build([frame], { colorBy }).steps.map(({ bars }) => bars[0]?.color);
    expect(colors('palette')).toEqual([named('blue'), named('blue'), named('blue')]);
    expect(colors('field')).toEqual([named('purple'), named('purple'), named('purple')]);
    expect(colors('thresholds')).toEqual([named('green'), named('red'), named('red')]);
    const [first] = build([funnelFrame(byTeam)]).steps;
    expect(new Set(first?.bars.map(({ color }) => color)).size).toBe(2);
  });

  it('says everything in words, and explains the number', () => {
    const model = build([funnelFrame(byTeam)]);
    expect(model.steps[1]?.bars[1]?.spoken).toBe(
      'Installed, web: Users 90; Of the start 90.0%; Of the step before 90.0%; Lost 10 (10.0%)',
    );
    expect(model.table.columns).toEqual(['Step', 'Users', 'Of the start', 'Of the step before', 'Lost']);
    expect(model.table.rows[0]).toEqual(['Viewed, core', '900', '100%', '', '']);
    expect(model.explanation?.completeness).toBe('Complete until 2026-03-02 09:59');
    expect(build([funnelFrame()], { showDefinition: false }).explanation).toBeUndefined();
  });
});

describe('buildViewModel, with the frames of others', () => {
  const table = (...fields: [name: string, type: FieldType, values: unknown[]][]): DataFrame => ({
    length: fields[0]?.[2].length ?? 0,
    fields: fields.map(([name, type, values]) => ({ name, type, values, config: {} })),
  });

  it('reads a text and a number, in the order of the rows', () => {
    const frame = table(['page', FieldType.string, ['home', 'cart']], ['visits', FieldType.number, [8, 2]]);
    expect(texts([frame])).toEqual([
      ['home', '8 100%'],
      ['cart', '2 25.0%'],
    ]);
  });

  it('takes the first of two texts for the breakdown, and a named one whatever its place', () => {
    const first: Parameters<typeof table> = [
      ['country', FieldType.string, ['DE', 'FR']],
      ['page', FieldType.string, ['home', 'home']],
      ['visits', FieldType.number, [8, 2]],
    ];
    expect(build([table(...first)]).groups.map(({ name }) => name)).toEqual(['DE', 'FR']);
    const named = table(
      ['step', FieldType.string, ['home', 'home']],
      ...first.filter(([name]) => name !== 'page'),
    );
    expect(build([named]).groups.map(({ name }) => name)).toEqual(['DE', 'FR']);
  });

  it('makes a group of each frame', () => {
    const frame = (name: string) => ({ ...funnelFrame(), name });
    expect(
      build([frame('this week'), frame('last week')], { groupOrder: 'none' }).groups.map(({ name }) => name),
    ).toEqual(['this week', 'last week']);
  });

  it('says so when rows repeat a step', () => {
    const frame = table(['page', FieldType.string, ['home', 'home']], ['visits', FieldType.number, [8, 2]]);
    expect(build([frame]).remarks[0]).toContain('1 rows repeat a step');
  });

  it('tells empty from unfit', () => {
    expect(build([])).toMatchObject({ steps: [], problem: undefined });
    expect(build([funnelFrame([])])).toMatchObject({ steps: [], problem: undefined });
    const { steps, problem } = build([
      table(['time', FieldType.time, [1]], ['value', FieldType.number, [2]]),
    ]);
    expect(steps).toEqual([]);
    expect(problem?.expected.filter(({ isNeeded, isFound }) => isNeeded && !isFound)).toEqual([
      expect.objectContaining({ name: 'label', types: 'string' }),
    ]);
    expect(problem?.found).toEqual(['time (time), value (number)']);
  });
});
