import { defaultOptions, migrateOptions } from './migrations';

describe('migrateOptions', () => {
  it.each([[undefined], [null], ['x'], [[]], [{}], [{ layout: 'round', groupsMax: 'many', showTime: 1 }]])(
    'makes usable options of %j',
    (saved) => {
      expect(migrateOptions(saved)).toEqual(defaultOptions);
    },
  );

  it('keeps every choice', () => {
    const saved = {
      layout: 'horizontal',
      measure: 'conversion',
      valueText: 'users',
      conversionFrom: 'previous',
      showDropOff: false,
      showTime: false,
      highlightWorst: false,
      colorBy: 'thresholds',
      groupOrder: 'name',
      groupsMax: 3,
      showLegend: false,
      showDefinition: false,
      schemaVersion: 1,
    };
    expect(migrateOptions(saved)).toEqual(saved);
  });

  it('keeps the number of groups within what can be drawn', () => {
    expect(migrateOptions({ groupsMax: 0 }).groupsMax).toBe(1);
    expect(migrateOptions({ groupsMax: 500 }).groupsMax).toBe(20);
    expect(migrateOptions({ groupsMax: 2.6 }).groupsMax).toBe(3);
  });
});
