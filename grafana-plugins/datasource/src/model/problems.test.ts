import { defaultQuery } from '../migrations';
import type { KpiQuery } from '../types';
import { kpi } from './answer.fixture';
import { explainFilters, explainProblems, explainRegex, explainSearch } from './problems';

const query: KpiQuery = { ...defaultQuery, refId: 'A', metric: kpi.id };

describe('explainProblems', () => {
  it('finds nothing wrong with a good query', () => {
    const good: KpiQuery = {
      ...query,
      groupBy: ['team'],
      interval: '1h',
      filters: [{ dimension: 'agent', operator: 'in', value: ['x'] }],
    };
    expect(explainProblems(good, [kpi])).toEqual({ filters: {} });
  });

  it('explains what the KPI does not have, where it was chosen', () => {
    const bad: KpiQuery = {
      ...query,
      groupBy: ['team', 'route'],
      interval: '1m',
      filters: [
        { dimension: 'agent', operator: '=', value: 'x' },
        { dimension: 'route', operator: '=', value: '/' },
        { dimension: '', operator: '=', value: '' },
        { dimension: 'team', operator: 'in', value: [] },
      ],
    };
    expect(explainProblems(bad, [kpi])).toEqual({
      groupBy: 'Agent success rate cannot be split by route. Choose one of agent, team.',
      interval: 'Agent success rate has no value per 1 minute; its smallest interval is 15 minutes.',
      filters: {
        1: 'Agent success rate cannot be filtered by route. Choose one of agent, team, or remove the filter.',
        2: 'Choose a dimension; until then the filter is not used.',
        3: 'Choose at least one value; until then the filter is not used.',
      },
    });
  });

  it('names a KPI that the catalogue does not have', () => {
    expect(explainProblems({ ...query, metric: 'nope' }, [kpi]).metric).toBe(
      'The catalogue has no KPI "nope". Choose one of its KPIs.',
    );
    expect(explainProblems({ ...query, metric: `{${kpi.id},nope}` }, [kpi]).metric).toContain(
      'no KPI "nope".',
    );
  });

  it('leaves variables alone, and says nothing without a catalogue', () => {
    expect(explainProblems({ ...query, metric: '$kpi', groupBy: ['${by}'] }, [kpi])).toEqual({ filters: {} });
    expect(explainProblems({ ...query, metric: 'nope' }, undefined)).toEqual({ filters: {} });
  });
});

it('explains filters of queries that are of no KPI', () => {
  const filters = [
    { dimension: 'anything', operator: '=', value: 'x' },
    { dimension: '', operator: '=', value: 'x' },
    { dimension: 'team', operator: '=', value: [] },
    { dimension: 'team', operator: '=~', value: '' },
    { dimension: 'team', operator: '=', value: '' },
    { dimension: 'team', operator: '<>', value: 'x' },
  ];
  expect(explainFilters(filters)).toEqual({
    1: 'Choose a dimension; until then the filter is not used.',
    2: 'Choose a value; until then the filter is not used.',
    3: 'Choose a value; until then the filter is not used.',
    5: 'There is no operator "<>". There are =, !=, in, not in, =~, !~.',
  });
});

it('explains an expression that is none', () => {
  expect(explainRegex('(')).toContain('no regular expression');
  // As the variable reads it: between slashes too, and with escapes that only a stricter dialect refuses.
  expect(explainRegex(String.raw`team\-(.*)`)).toBeUndefined();
  expect(explainRegex('/team/ii')).toContain('no regular expression');
  expect([undefined, '', 'a(b)', '$team('].map((text) => explainRegex(text))).toEqual(
    Array(4).fill(undefined),
  );
});

it('explains a search that is too long', () => {
  expect(explainSearch('x'.repeat(513))).toBe(
    'A search has at most 512 characters, and this one has 513. Shorten it.',
  );
  // What the variable holds is not known here.
  const fine = [undefined, 'x'.repeat(512), `$team ${'x'.repeat(600)}`];
  expect(fine.map((text) => explainSearch(text))).toEqual([undefined, undefined, undefined]);
});
