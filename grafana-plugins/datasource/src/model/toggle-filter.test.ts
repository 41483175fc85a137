import { newQuery } from './new-query';
import { hasFilter, toggleFilter } from './toggle-filter';

const events = newQuery('events', 'A');
const options = { key: 'team', value: 'core' };
const filtersOf = (query: ReturnType<typeof toggleFilter>) =>
  query.kind === 'events' ? query.events.filters : undefined;

describe('toggleFilter', () => {
  it('adds a filter and takes it out again', () => {
    const once = toggleFilter(events, { type: 'FILTER_FOR', options });
    expect(filtersOf(once)).toEqual([{ dimension: 'team', operator: '=', value: 'core' }]);
    expect(hasFilter(once, options)).toBe(true);
    const twice = toggleFilter(once, { type: 'FILTER_FOR', options });
    expect(filtersOf(twice)).toEqual([]);
    expect(hasFilter(twice, options)).toBe(false);
  });

  it('puts the opposite filter in its place, and leaves others alone', () => {
    const other = { dimension: 'team', operator: '=~' as const, value: 'core' };
    const start = { ...events, events: { ...events.events, filters: [other] } };
    const out = toggleFilter(toggleFilter(start, { type: 'FILTER_FOR', options }), {
      type: 'FILTER_OUT',
      options,
    });
    expect(filtersOf(out)).toEqual([other, { dimension: 'team', operator: '!=', value: 'core' }]);
    expect(hasFilter(out, options)).toBe(false);
  });

  it('changes no query of another kind, and nothing without a label', () => {
    const funnel = newQuery('funnel', 'A');
    expect(toggleFilter(funnel, { type: 'FILTER_FOR', options })).toBe(funnel);
    expect(toggleFilter(events, { type: 'FILTER_FOR', options: {} })).toBe(events);
    expect(hasFilter(funnel, options)).toBe(false);
  });
});
