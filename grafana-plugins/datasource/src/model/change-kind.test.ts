import { changeKind } from './change-kind';
import { newQuery } from './new-query';

const filters = [{ dimension: 'team', operator: '=' as const, value: '$team' }];

describe('changeKind', () => {
  it('keeps filters and zone, to a kind with settings of its own and back', () => {
    const events = newQuery('events', 'B');
    const query = { ...events, timeZone: 'UTC', events: { ...events.events, filters, search: 'x' } };
    const funnel = changeKind(query, 'funnel');
    expect(funnel).toMatchObject({ refId: 'B', kind: 'funnel', timeZone: 'UTC', funnel: { filters } });
    expect(funnel).not.toHaveProperty('events');
    expect(changeKind(funnel, 'kpi')).toMatchObject({ kind: 'kpi', metric: '', filters });
  });
});
