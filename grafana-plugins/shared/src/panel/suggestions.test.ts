import { getPanelDataSummary, PanelPlugin, type DataFrame } from '@grafana/data';
import { createSuggestionsSupplier, type SuggestionsBuilder } from './suggestions';

interface Options {
  layout: string;
}

const supplier = createSuggestionsSupplier<Options>('coditect-x-panel', (frames) =>
  frames.some(({ name }) => name === 'ours')
    ? [
        { name: 'X', description: 'As bars' },
        { name: 'X, as rows', description: 'As rows', options: { layout: 'row' } },
      ]
    : [],
);
const ours: DataFrame[] = [{ name: 'ours', length: 1, fields: [] }];
const others: DataFrame[] = [{ name: 'others', length: 1, fields: [] }];

/** As Grafana 12.3 has it: one list of all panels, and appenders that need their `this`. */
class OldBuilder implements SuggestionsBuilder<Options> {
  readonly list: unknown[] = [];
  readonly data?: { series: DataFrame[] };
  constructor(series?: DataFrame[]) {
    if (series) this.data = { series };
  }
  getListAppender(defaults: object) {
    return { append: (overrides: object) => void this.list.push({ ...defaults, ...overrides }) };
  }
}

const expected = [
  expect.objectContaining({ pluginId: 'coditect-x-panel', name: 'X', score: 100 }),
  expect.objectContaining({ name: 'X, as rows', options: { layout: 'row' } }),
];

describe('createSuggestionsSupplier', () => {
  it('suggests to a Grafana that asks a function', () => {
    const plugin = new PanelPlugin<Options>(null).setSuggestionsSupplier(supplier);
    expect(plugin.getSuggestions(getPanelDataSummary(ours))).toEqual(expected);
    expect(plugin.getSuggestions(getPanelDataSummary(others))).toEqual([]);
    expect(plugin.getSuggestions(getPanelDataSummary())).toEqual([]);
  });

  it('suggests to a Grafana that hands over a builder', () => {
    const [mine, foreign, empty] = [new OldBuilder(ours), new OldBuilder(others), new OldBuilder()];
    for (const builder of [mine, foreign, empty]) supplier.getSuggestionsForData(builder);
    expect(mine.list).toEqual(expected);
    expect([...foreign.list, ...empty.list]).toEqual([]);
  });
});
