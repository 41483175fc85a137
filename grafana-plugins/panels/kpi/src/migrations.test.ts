import { defaultOptions, fromOtherPanel, migrateOptions } from './migrations';

describe('migrateOptions', () => {
  it.each([
    [undefined],
    [null],
    ['x'],
    [{}],
    [{ valueSource: 'nope', target: 'ten', showPrevious: 1, neutralBandPercent: -3 }],
  ])('makes usable options of %j', (saved) => {
    expect(migrateOptions(saved)).toEqual({ ...defaultOptions, target: undefined, baseline: undefined });
  });

  it('keeps every choice', () => {
    const saved = {
      valueSource: 'reducer',
      valueField: 'cpu',
      reducer: 'max',
      prefix: '~',
      suffix: ' runs',
      comparison: 'baseline',
      baseline: 0.8,
      comparisonField: 'plan',
      targetSource: 'field',
      targetField: 'goal',
      pace: 'range',
      smallSample: 30,
      smallSampleMode: 'hide',
      showQuality: false,
      layout: 'compact',
      deltaMode: 'points',
      deltaDecimals: 2,
      direction: 'down',
      neutralBandPercent: 2,
      target: 0.9,
      sparkline: 'line',
      showPrevious: false,
      colorMode: 'background',
      titleMode: 'never',
      showDefinition: false,
      schemaVersion: 2,
    };
    expect(migrateOptions(saved)).toEqual(saved);
  });

  it('reads options of version 1 as they were meant', () => {
    const saved = {
      valueSource: 'auto',
      reducer: 'lastNotNull',
      deltaMode: 'auto',
      direction: 'auto',
      neutralBandPercent: 1,
      target: 0.9,
      sparkline: 'area',
      showPrevious: true,
      colorMode: 'value',
      titleMode: 'auto',
      showDefinition: true,
      schemaVersion: 1,
    };
    expect(migrateOptions(saved)).toEqual({
      ...defaultOptions,
      neutralBandPercent: 1,
      target: 0.9,
      baseline: undefined,
      schemaVersion: 2,
    });
  });
});

describe('fromOtherPanel', () => {
  it("takes over what a stat panel's options mean here", () => {
    const stat = { reduceOptions: { calcs: ['mean'] }, graphMode: 'none', colorMode: 'background' };
    expect(fromOtherPanel('stat', stat)).toEqual({
      reducer: 'mean',
      sparkline: 'none',
      colorMode: 'background',
    });
  });

  it('takes nothing that it does not understand', () => {
    expect(fromOtherPanel('timeseries', { legend: {}, graphMode: 'none' })).toEqual({});
    expect(fromOtherPanel('stat', undefined)).toEqual({});
  });
});
