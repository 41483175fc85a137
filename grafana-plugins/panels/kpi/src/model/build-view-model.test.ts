import { createTheme, FieldType, MappingType, type DataFrame, type FieldConfig } from '@grafana/data';
import { defaultOptions } from '../migrations';
import type { KpiPanelOptions } from '../types';
import { buildViewModel, itemsMax } from './build-view-model';
import { frameMeta, kpiFrame, total } from './kpi-frames.fixture';

const theme = createTheme();

function build(frames: DataFrame[], options: Partial<KpiPanelOptions> = {}) {
  return buildViewModel({ frames, options: { ...defaultOptions, ...options }, theme, timeZone: 'utc' });
}
const first = (...args: Parameters<typeof build>) => build(...args).items[0];

describe('buildViewModel, with our frames', () => {
  it("shows the service's own total and not what the buckets add up to", () => {
    const item = first([kpiFrame({ total })]);
    expect(item?.value).toEqual({ prefix: '', text: '90', suffix: '%' });
    expect(item?.note).toBeUndefined();
    expect(item?.delta).toEqual({ trend: 'up', judgement: 'good', text: '+10 pp' });
    expect(item?.deltaLabel).toBe('vs a week before');
  });

  it('says so when it had to calculate over the intervals', () => {
    const item = first([kpiFrame()], { reducer: 'mean' });
    expect(item?.value.text).toBe('75');
    expect(item?.note).toBe('Mean of the intervals');
    expect(item?.explanation?.lines).toContainEqual({ label: 'Value', text: 'Mean of the intervals' });
  });

  it('calculates over both periods when asked for a calculation', () => {
    const item = first([kpiFrame({ total })], { valueSource: 'reducer', reducer: 'max' });
    expect(item?.value.text).toBe('100');
    expect(item?.delta?.text).toBe('+60 pp');
  });

  it('shows no value, and not an older bucket, when the total has none', () => {
    const item = first([kpiFrame({ total: { value: null, previous: 0.8 } })]);
    expect(item?.value.text).toBe('–');
    expect(item?.delta).toBeUndefined();
    expect(item?.spoken).toBe('core: no value');
  });

  const doubled = { name: 'doubled', type: FieldType.number, values: [1, 2], config: {} };

  it('does not show the total for a field that a transformation has added', () => {
    const frame = kpiFrame({ total });
    const { items } = build([{ ...frame, fields: [...frame.fields, doubled] }]);
    expect(items.map(({ value, note }) => [value.text, note])).toEqual([
      ['90', undefined],
      ['2', 'Last of the intervals'],
    ]);
  });

  it.each([
    ['before', [doubled]],
    ['without', []],
  ])('gives an added field %s the KPI none of what is said of the KPI', (place, others) => {
    const meta = {
      ...{ total, target: { name: 'q1', value: 0.95 }, interval: '1m' },
      completeUntil: '2026-03-02T08:00:00Z',
    };
    const { fields, ...frame } = kpiFrame(meta);
    const [time, value, previous] = fields;
    const ours = [time, ...others, value, previous].filter((field) => field !== undefined);
    const alone = [time, doubled, previous].filter((field) => field !== undefined);
    const { items } = build([{ ...frame, fields: place === 'without' ? alone : ours }]);
    const [added, kpi] = items;
    expect(added).toMatchObject({
      ...{ title: 'doubled', target: undefined, delta: undefined, concerns: [] },
      ...{ explanation: undefined, footer: undefined, sparkline: { values: [1, 2] } },
    });
    expect(kpi?.target?.text).toBe(place === 'without' ? undefined : 'target 95%');
    expect(kpi?.concerns).toEqual(
      place === 'without' ? undefined : [expect.objectContaining({ code: 'late' })],
    );
  });

  it('judges no change of an added field by the direction of the KPI', () => {
    const frame = kpiFrame({ total });
    const items = build([{ ...frame, fields: [...frame.fields, doubled] }], {
      ...{ comparison: 'baseline', baseline: 0.5, deltaMode: 'absolute' },
    }).items;
    expect(items.map(({ delta }) => delta?.judgement)).toEqual(['good', 'neutral']);
  });

  it('gives a column that was added to a KPI table none of what is said of the KPI', () => {
    const { meta } = kpiFrame({ target: { name: 'q1', value: 0.95 } });
    const column = (name: string, role?: string) => ({
      ...{ name, type: FieldType.number, values: [1] },
      config: role === undefined ? {} : { custom: { coditectRole: role } },
    });
    const table = (...fields: DataFrame['fields']): DataFrame => ({
      length: 1,
      fields,
      ...(meta && { meta }),
    });
    const added = first([table(column('double'), column('previous', 'previous'))]);
    expect(added).toMatchObject({ target: undefined, delta: undefined, explanation: undefined });
    const kpi = first([table(column('value', 'value'), column('previous', 'previous'), column('double'))]);
    expect(kpi?.target).toBeDefined();
    expect(kpi?.delta).toBeDefined();
  });

  it('lets the option override the direction of the catalogue', () => {
    expect(first([kpiFrame({ total })], { direction: 'down' })?.delta?.judgement).toBe('bad');
    expect(first([kpiFrame({ total, direction: 'down' })])?.delta?.judgement).toBe('bad');
    expect(first([kpiFrame({ total, direction: 'down' })], { direction: 'up' })?.delta?.judgement).toBe(
      'good',
    );
  });

  it('formats the target in the unit of the value', () => {
    expect(first([kpiFrame({ total })], { target: 0.95 })?.target?.text).toBe('target 95%');
  });

  it('keeps a difference a number where a mapping gives values a name', () => {
    const mappings: FieldConfig['mappings'] = [
      { type: MappingType.ValueToText, options: { '0.1': { text: 'little' } } },
    ];
    const config = { mappings };
    const item = first([kpiFrame({ total: { value: 0.3, previous: 0.2 } }, config)], {
      deltaMode: 'absolute',
    });
    expect(item?.delta?.text).toBe('+10%');
  });

  it('gives the trend with the previous period, without it, or not at all', () => {
    expect(first([kpiFrame({ total })])?.sparkline).toEqual({ values: [0.5, 1], previous: [0.2, 0.4] });
    expect(first([kpiFrame({ total })], { showPrevious: false })?.sparkline).toEqual({ values: [0.5, 1] });
    expect(first([kpiFrame({ total })], { sparkline: 'none' })?.sparkline).toBeUndefined();
  });

  it('compares with a fixed number, the target, a field, or nothing', () => {
    const compared = (options: Partial<KpiPanelOptions>) => {
      const item = first([kpiFrame({ total })], options);
      return item?.delta && `${item.delta.text} ${item.deltaLabel}`;
    };
    expect(compared({ comparison: 'baseline', baseline: 0.6 })).toBe('+30 pp vs baseline');
    expect(compared({ comparison: 'target', target: 0.95 })).toBe('−5.0 pp vs target');
    expect(compared({ comparison: 'none' })).toBeUndefined();
    const plan = {
      name: 'plan',
      type: FieldType.number,
      values: [0.6, 0.7],
      config: { unit: 'percentunit' },
    };
    const frame = kpiFrame({ total });
    const items = build([{ ...frame, fields: [...frame.fields, plan] }], {
      comparison: 'field',
      comparisonField: 'plan',
    }).items;
    expect(items.map(({ delta, deltaLabel }) => [delta?.text, deltaLabel])).toEqual([['+20 pp', 'vs plan']]);
    expect(items[0]?.sparkline?.previous).toEqual([0.6, 0.7]);
  });

  it('tells the difference itself to who points at the change', () => {
    expect(first([kpiFrame({ total })])?.deltaDetail).toBe('+10%, from 80%');
  });

  it('leaves an arrow of the change when that is enough, and still says the rest', () => {
    const item = first([kpiFrame({ total })], { deltaMode: 'arrow' });
    expect(item).toMatchObject({ deltaText: '', delta: { trend: 'up', text: '+10 pp' } });
    expect(item?.spoken).toContain('+10 pp vs a week before');
    expect(first([kpiFrame({ total })], { deltaDecimals: 2 })?.deltaText).toBe('+10.00 pp');
  });

  it('shows the one field that was named', () => {
    const frame = kpiFrame({ total });
    const both = { ...frame, fields: [...frame.fields, doubled] };
    const titles = (valueField: string) => build([both], { valueField }).items.map(({ title }) => title);
    expect(titles('')).toEqual(['core', 'doubled']);
    expect(titles('doubled')).toEqual(['doubled']);
    expect(titles('core')).toEqual(['core']);
    expect(titles('nothing')).toEqual([]);
    expect(build([both], { valueField: 'nothing' }).problem?.expected).toEqual([
      expect.objectContaining({ name: 'nothing', isFound: false }),
    ]);
  });

  it('puts texts around the value', () => {
    expect(first([kpiFrame({ total })], { prefix: '~', suffix: ' of runs' })?.value).toEqual({
      prefix: '~',
      text: '90',
      suffix: '% of runs',
    });
  });

  it('takes the target that comes with the data', () => {
    const target = { name: 'q1', value: 0.95 };
    const item = first([kpiFrame({ total, target })]);
    expect(item?.target?.text).toBe('target 95%');
    expect(item?.explanation?.lines).toContainEqual({ label: 'Target', text: 'q1' });
    expect(first([kpiFrame({ total, interval: '1h' })])?.explanation?.lines).toContainEqual({
      ...{ label: 'Interval', text: '1h' },
    });
  });

  it('explains the number', () => {
    expect(first([kpiFrame({ total })])?.explanation).toEqual({
      title: frameMeta.title,
      definition: frameMeta.definition,
      lines: [
        { label: 'Made of', text: '9 of 10' },
        { label: 'Compared to', text: '2026-02-23 08:00 to 2026-02-23 10:00' },
        { label: 'As of', text: '2026-03-02 10:00' },
        { label: 'Complete until', text: '2026-03-02 09:59' },
        { label: 'Source', text: 'agent_runs_per_hour_v1' },
      ],
    });
    expect(first([kpiFrame({ total })], { showDefinition: false })?.explanation).toBeUndefined();
  });

  it('names formula and owner where the catalogue was at hand', () => {
    const known = kpiFrame({ total, owner: 'platform', formula: 'succeeded / finished' });
    expect(first([known])?.explanation?.lines.slice(2, 4)).toEqual([
      { label: 'Formula', text: 'succeeded / finished' },
      { label: 'Owner', text: 'platform' },
    ]);
  });

  it('says the whole item in words', () => {
    expect(first([kpiFrame({ total })], { target: 0.95 })?.spoken).toBe(
      'core: 90%; +10 pp vs a week before, better; target 95%, below target',
    );
  });

  it('makes an item of each group', () => {
    const { items } = build([
      kpiFrame({ total }, {}, 'core'),
      kpiFrame({ total: { value: 0.1 } }, {}, 'web'),
    ]);
    expect(items.map(({ title, value }) => [title, value.text])).toEqual([
      ['core', '90'],
      ['web', '10'],
    ]);
  });
});

describe('buildViewModel, with the frames of others', () => {
  const series: DataFrame = {
    length: 3,
    fields: [
      { name: 'Time', type: FieldType.time, values: [1, 2, 3], config: {} },
      { name: 'cpu', type: FieldType.number, values: [1, 2, null], config: { unit: 'short' } },
      {
        name: 'memory',
        type: FieldType.number,
        values: [4, 5, 6],
        config: { custom: { hideFrom: { viz: true } } },
      },
    ],
  };

  it('reduces each series that is not hidden, without a note and without a definition', () => {
    const { items } = build([series]);
    expect(items.map(({ title, value }) => [title, value.text])).toEqual([['cpu', '2']]);
    expect(items[0]).toMatchObject({
      note: undefined,
      explanation: undefined,
      footer: undefined,
      delta: undefined,
    });
  });

  it('makes an item of each row of a table, named after its texts', () => {
    const table: DataFrame = {
      length: 2,
      fields: [
        { name: 'team', type: FieldType.string, values: ['core', 'web'], config: {} },
        { name: 'previous', type: FieldType.number, values: [1, 4], config: {} },
        { name: 'value', type: FieldType.number, values: [2, 2], config: {} },
      ],
    };
    const { items } = build([table]);
    expect(items.map(({ title, value, delta }) => [title, value.text, delta?.text])).toEqual([
      ['core', '2', '+100 %'],
      ['web', '2', '−50 %'],
    ]);
  });

  it('counts what it cannot show', () => {
    const values = Array.from({ length: itemsMax + 5 }, (_none, index) => index);
    const table: DataFrame = {
      length: values.length,
      fields: [{ name: 'value', type: FieldType.number, values, config: {} }],
    };
    const { items, hiddenCount } = build([table]);
    expect(items).toHaveLength(itemsMax);
    expect(hiddenCount).toBe(5);
  });

  it('finds nothing in frames without numbers', () => {
    expect(build([]).items).toEqual([]);
    const texts = { length: 1, fields: [{ name: 'a', type: FieldType.string, values: ['x'], config: {} }] };
    expect(build([texts]).items).toEqual([]);
  });
});
