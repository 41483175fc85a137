import type { AnalyticsQuery, KpiQuery, OtherKind } from '../types';
import { dimensionsOf, explainDimension, explainKindFilters } from './kind-dimensions';
import { newQuery } from './new-query';

const dimensions = ['agent', 'project', 'team'];
const filter = (dimension: string, operator = '=') => ({ dimension, operator, value: 'x' });
const inKind = (kind: OtherKind, name: string) => explainDimension(newQuery(kind, 'A'), name, dimensions);

function budgetMarks(): Exclude<AnalyticsQuery, KpiQuery> {
  const query = newQuery('annotations', 'A');
  return { ...query, annotations: { ...query.annotations, kind: 'budgets' } };
}

describe('explainDimension', () => {
  it('says which dimensions there are where one is not known', () => {
    const reason = 'There is no dimension "colour" here. Choose one of agent, project, team.';
    for (const kind of ['funnel', 'retention', 'lifecycle', 'paths', 'budget'] as const) {
      expect(inKind(kind, 'colour')).toBe(reason);
    }
    expect(inKind('events', 'colour')).toContain('"attributes." with a name');
  });

  it('tells dimensions of single events from those of analyses', () => {
    expect(inKind('events', 'session')).toBeUndefined();
    expect(inKind('annotations', 'attributes.branch')).toBeUndefined();
    expect(inKind('paths', 'session')).toBe(
      'Only searches and marks of single events know "session". Choose one of agent, project, team.',
    );
    expect(explainDimension(budgetMarks(), 'level', dimensions)).toContain('"level"');
  });

  it('knows seats by team and project, with or without a catalogue', () => {
    expect(inKind('seats', 'agent')).toBe('Seats are known by team and project only. Choose one of them.');
    expect(explainDimension(newQuery('seatTransitions', 'A'), 'agent', [])).toContain('Seats are known by');
    expect(dimensionsOf(newQuery('seats', 'A'), dimensions)).toEqual(['team', 'project']);
  });

  it('says nothing of variables, of nothing, and without a catalogue', () => {
    expect([inKind('paths', '$by'), inKind('paths', '')]).toEqual([undefined, undefined]);
    expect(explainDimension(newQuery('events', 'A'), 'colour', [])).toBeUndefined();
  });
});

describe('explainKindFilters', () => {
  it('explains filters that a kind does not take, each at its row', () => {
    expect(explainKindFilters(newQuery('seats', 'A'), [filter('team'), filter('model')], dimensions)).toEqual(
      {
        1: 'Seats are known by team and project only. Choose one of them, or remove the filter.',
      },
    );
    expect(
      explainKindFilters(budgetMarks(), [filter('team', 'in'), filter('team', '!=')], dimensions),
    ).toEqual({
      1: 'Budgets know no "!=". Choose "=" or "in".',
    });
  });
});
