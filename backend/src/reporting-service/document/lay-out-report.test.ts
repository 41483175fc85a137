import fc from 'fast-check';
import type { Section } from './report-document.js';
import { createExactSum } from './exact-sum.js';
import { hashQuestions } from './query-hash.js';
import {
  aGroupedSeries,
  aGroupedTotal,
  aPanel,
  aReport,
  aSeries,
  aTotal,
  wave,
} from './sample-report.fixture.js';

function kinds(sections: readonly Section[]): string[] {
  return sections.map(({ kind }) => kind);
}

function find<K extends Section['kind']>(
  sections: readonly Section[],
  kind: K,
): Extract<Section, { kind: K }> {
  const found = sections.find((section): section is Extract<Section, { kind: K }> => section.kind === kind);
  if (found === undefined) throw new Error(`there is no section ${kind}`);
  return found;
}

describe('layOutReport', () => {
  it('puts totals together as tiles, before everything else', () => {
    const { sections } = aReport([
      aTotal({}, 1),
      aSeries({}, [1, 2]),
      aTotal({}, 2, { previous: 1, target: 3 }),
    ]);
    expect(kinds(sections)).toEqual(['tiles', 'series', 'table']);
    expect(find(sections, 'tiles').tiles).toMatchObject([{ value: 1 }, { value: 2, previous: 1, target: 3 }]);
  });

  it('draws bars for one additive series and lines where two are compared', () => {
    expect(find(aReport([aSeries({}, [1, 2])]).sections, 'series').style).toBe('bars');
    expect(find(aReport([aSeries({}, [1, 2], [3, 4])]).sections, 'series').style).toBe('line');
    expect(find(aReport([aSeries({ unit: 'ratio' }, [0.1, 0.2])]).sections, 'series').style).toBe('line');
  });

  it('says how many series are in the table only', () => {
    const groups = Object.fromEntries(
      Array.from({ length: 11 }, (_group, index) => [`team ${index}`, [index, 1]]),
    );
    const { sections } = aReport([aGroupedSeries({}, groups)]);
    const chart = find(sections, 'series');
    expect([chart.series.length, chart.seriesLeftOut, find(sections, 'table').rows.length]).toEqual([
      8, 3, 22,
    ]);
    expect(chart.series[0]?.name).toBe('team 10');
  });

  it('ranks bars by value with what has none last, and keeps every row in the table', () => {
    const { sections } = aReport([
      aGroupedTotal({}, [
        ['a', 1],
        ['b', null],
        ['c', 5],
        ['', -2],
      ]),
    ]);
    expect(find(sections, 'bars').bars.map(({ name }) => name)).toEqual(['c', 'a', '(none)', 'b']);
    expect(find(sections, 'table').rows).toHaveLength(4);
  });

  it('draws no axes around no values, and gives the notices to the table', () => {
    const notices = [{ severity: 'info', code: 'late', text: 'Late data.' }] as const;
    const { sections } = aReport([aSeries({ notices: [...notices] }, [null, null])]);
    expect(kinds(sections)).toEqual(['table']);
    expect(sections[0]?.notices).toEqual(notices);
  });

  it('states the count and the sum of each column of numbers', () => {
    const { sections } = aReport([aSeries({ unit: 'USD' }, [0.1, 0.2, null], [1, 2, 3])]);
    expect(find(sections, 'table').controlTotals).toEqual([
      { column: 'previous', unit: 'USD', values: 3, sum: 6 },
      { column: 'value', unit: 'USD', values: 2, sum: 0.3 },
    ]);
  });

  it('marks what a panel showed, and does not define it', () => {
    const report = aReport([
      aPanel('Reads', [
        { name: 'Time', type: 'time', values: [1_793_487_600_000, 1_793_491_200_000] },
        { name: 'reads', type: 'number', unit: 'ms', values: [1, Number.NaN] },
      ]),
    ]);
    expect(report.sections.map(({ origin }) => origin)).toEqual(['panel', 'panel']);
    expect([report.definitions, report.provenance.hasPanelValues]).toEqual([[], true]);
    expect(find(report.sections, 'table').rows[1]).toEqual(['2026-11-01T00:00:00.000Z', null]);
  });

  it('speaks for the oldest reading and the earliest completeness', () => {
    const { provenance, definitions } = aReport([
      aTotal({ metric: 'a', asOf: '2026-12-01T05:10:00Z', completeUntil: '2026-11-29T00:00:00Z' }, 1),
      aTotal({ metric: 'b', asOf: '2026-12-01T05:09:00Z', completeUntil: '2026-11-30T00:00:00Z' }, 1),
      aTotal({ metric: 'b' }, 1),
    ]);
    expect(provenance).toMatchObject({ asOf: '2026-12-01T05:09:00Z', completeUntil: '2026-11-29T00:00:00Z' });
    expect(definitions).toHaveLength(2);
  });

  it('names the period compared with where it is the same for all tiles', () => {
    const october = { from: '2026-09-30T22:00:00.000Z', to: '2026-10-31T23:00:00.000Z' };
    const other = { from: '2025-09-30T22:00:00.000Z', to: '2025-10-31T23:00:00.000Z' };
    const [same] = aReport([aTotal({}, 1, { previous: 2 }), aTotal({}, 1)]).sections;
    const [mixed] = aReport([
      aTotal({}, 1, { previous: 2 }),
      aTotal({ comparedTo: other }, 1, { previous: 2 }),
    ]).sections;
    expect([same?.comparedTo, mixed?.comparedTo]).toEqual([october, undefined]);
  });

  it('hashes the same questions to the same, whatever was answered', () => {
    const [one, two, three] = [
      aSeries({}, [1]),
      aSeries({}, wave(3, 9)),
      aSeries({ metric: 'other' }, [1]),
    ].map((part) => aReport([part]).provenance.queryHash);
    expect(one).toBe(two);
    expect(one).not.toBe(three);
  });

  it('hashes a question of another definition to another one', () => {
    const [one, same, changed] = [{ revision: 'a' }, { revision: 'a' }, { revision: 'b' }].map(
      (meta) => aReport([aSeries(meta, [1])]).provenance.queryHash,
    );
    expect(one).toBe(same);
    expect(one).not.toBe(changed);
  });
});

describe('hashQuestions', () => {
  it('does not mind the order of keys', () => {
    expect(hashQuestions([{ a: 1, b: { c: 2, d: 3 } }])).toBe(hashQuestions([{ b: { d: 3, c: 2 }, a: 1 }]));
    expect(hashQuestions([{ a: [1, 2] }])).not.toBe(hashQuestions([{ a: [2, 1] }]));
  });
});

describe('createExactSum', () => {
  it('adds cents to the cent, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 }), { maxLength: 300 }), (cents) => {
        const sum = createExactSum();
        for (const cent of cents) sum.add(cent / 100);
        expect(sum.total()).toBeCloseTo(cents.reduce((a, b) => a + b, 0) / 100, 6);
      }),
    );
  });

  it('keeps the small beside the large', () => {
    const sum = createExactSum();
    for (const value of [1, 1e100, 1, -1e100]) sum.add(value);
    expect(sum.total()).toBe(2);
  });
});
