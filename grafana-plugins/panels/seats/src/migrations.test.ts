import { defaultOptions, migrateOptions } from './migrations';

describe('migrateOptions', () => {
  it.each([[undefined], [null], ['x'], [[]], [{}], [{ showBar: 'no', showTrend: 0 }]])(
    'makes usable options of %j',
    (saved) => {
      expect(migrateOptions(saved)).toEqual(defaultOptions);
    },
  );

  it('keeps every choice', () => {
    const saved = {
      showBar: false,
      showUtilisation: false,
      showCost: false,
      showTrend: false,
      showTransitions: false,
      showDefinition: false,
      schemaVersion: 1,
    };
    expect(migrateOptions(saved)).toEqual(saved);
  });
});
