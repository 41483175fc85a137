import { defaultOptions, fromOtherPanel, migrateOptions } from './migrations';

describe('migrateOptions', () => {
  it.each([
    [undefined],
    [null],
    ['x'],
    [{}],
    [{ valueSource: 'nope', target: 'ten', showPrevious: 1, neutralBandPercent: -3 }],
  ])('makes usable options of %j', (saved) => {
    expect(migrateOptions(saved)).toEqual({ ...defaultOptions, target: undefined });
  });

  it('keeps every choice', () => {
    const saved = {
      valueSource: 'reducer',
      reducer: 'max',
      deltaMode: 'points',
      direction: 'down',
      neutralBandPercent: 2,
      target: 0.9,
      sparkline: 'line',
      showPrevious: false,
      colorMode: 'background',
      titleMode: 'never',
      showDefinition: false,
      schemaVersion: 1,
    };
    expect(migrateOptions(saved)).toEqual(saved);
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
