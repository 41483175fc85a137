import { defaultOptions, migrateOptions } from './migrations';

describe('migrateOptions', () => {
  it.each([[undefined], [null], ['x'], [[]], [{}], [{ view: 'pie', showMean: 'yes', cohortOrder: 3 }]])(
    'makes usable options of %j',
    (saved) => {
      expect(migrateOptions(saved)).toEqual(defaultOptions);
    },
  );

  it('keeps every choice', () => {
    const saved = {
      view: 'curve',
      show: 'users',
      scale: 'full',
      cohortOrder: 'newest',
      showSize: false,
      showMean: false,
      showFirstPeriod: false,
      showLegend: false,
      showDefinition: false,
      schemaVersion: 1,
    };
    expect(migrateOptions(saved)).toEqual(saved);
  });
});
