import { migrateQuery } from '../migrations';
import type { AnalyticsQuery } from '../types';
import { interpolateQuery } from './interpolate-query';
import { templateOf } from './template.fixture';

const interpolate = templateOf({
  kpi: 'cost',
  team: ['core', 'web'],
  one: 'core',
  everything: ['$__all', 'a', 'b'],
  step: '1w',
  zone: 'Asia/Tokyo',
  word: 'failed',
  none: '',
  types: ['run.v1', 'tool.v1'],
});
const read = (saved: object): AnalyticsQuery => {
  const query = migrateQuery({ refId: 'A', timeZone: '$zone', ...saved });
  if (query.kind === 'unreadable') throw new Error(query.reason);
  return query;
};
const replaced = (saved: object) => interpolateQuery(read(saved), interpolate);
const saved = [{ dimension: 'team', operator: '=', value: '$team' }];
const filters = [{ dimension: 'team', operator: 'in', value: ['core', 'web'] }];

describe('interpolateQuery', () => {
  it('replaces variables in every field of a query for a KPI', () => {
    expect(
      replaced({
        metric: '$kpi',
        groupBy: ['$one', '$everything'],
        filters: saved,
        interval: '$step',
        compareTo: 'none',
        legend: 'Of $one',
        format: 'table',
        orderBy: { column: '$one', direction: 'asc' },
      }),
    ).toMatchObject({
      metric: 'cost',
      groupBy: ['core'],
      filters,
      interval: '1w',
      legend: 'Of core',
      orderBy: { column: 'core', direction: 'asc' },
      timeZone: 'Asia/Tokyo',
    });
  });

  it.each([
    [
      'funnel',
      {
        filters: saved,
        steps: [
          { type: '$types', label: 'Step $one', filters: saved },
          { type: '$everything', filters: [] },
        ],
        breakdown: '$one',
      },
      {
        filters,
        steps: [
          {
            filters: [...filters, { dimension: 'type', operator: 'in', value: ['run.v1', 'tool.v1'] }],
            label: 'Step core',
          },
          { filters: [] },
        ],
        breakdown: 'core',
      },
    ],
    [
      'retention',
      { filters: saved, interval: '$step', start: { type: '$word', filters: saved }, returning: {} },
      { filters, interval: '1w', start: { type: 'failed', filters }, returning: { filters: [] } },
    ],
    ['lifecycle', { filters: saved, interval: '$step' }, { filters, interval: '1w' }],
    [
      'paths',
      { filters: saved, by: '$one', startsWith: '$word' },
      { filters, by: 'core', startsWith: 'failed' },
    ],
    ['seats', { filters: saved, interval: '$step' }, { filters, interval: '1w' }],
    ['seatTransitions', { filters: saved }, { filters }],
    ['budget', { filters: saved, budget: '$one' }, { filters, budget: 'core' }],
    ['events', { filters: saved, search: '$word now' }, { filters, search: 'failed now' }],
    ['annotations', { kind: 'events', filters: saved, search: '$word' }, { filters, search: 'failed' }],
  ])('replaces variables in every text of the kind %s', (kind, settings, expected) => {
    expect(replaced({ kind, [kind]: settings })).toMatchObject({
      kind,
      [kind]: expected,
      timeZone: 'Asia/Tokyo',
    });
  });

  it('leaves a filter out for "All", and an optional text that a variable makes empty', () => {
    const query = replaced({
      kind: 'budget',
      budget: { filters: [{ dimension: 'team', operator: '=', value: '$everything' }], budget: '$none' },
    });
    expect(JSON.parse(JSON.stringify(query))).toMatchObject({ budget: { filters: [] } });
    expect(JSON.stringify(query)).not.toContain('"budget":"');
  });

  it.each([
    ['funnel', { breakdown: '$team' }, 'A breakdown'],
    ['paths', { by: '$team' }, 'The dimension of steps'],
    ['paths', { startsWith: '$team' }, 'The first step'],
    ['budget', { budget: 'of $team' }, 'A budget'],
    ['events', { search: 'failed ${team:csv}' }, 'A search'],
    ['annotations', { kind: 'events', search: '$team' }, 'A search'],
  ])('refuses several values where %s takes one: %j', (kind, settings, what) => {
    expect(() => replaced({ kind, [kind]: settings })).toThrow(`${what} takes one value, and $`);
    expect(() => replaced({ kind, [kind]: settings })).toThrow('has 2: core, web. Choose one of them.');
  });

  it('takes "All" for no restriction', () => {
    expect(replaced({ kind: 'events', events: { search: 'failed $everything' } })).toMatchObject({
      events: { search: 'failed' },
    });
    expect(replaced({ kind: 'annotations', annotations: { search: '$everything' } })).toMatchObject({
      annotations: { search: undefined },
    });
    expect(replaced({ kind: 'funnel', funnel: { breakdown: '$everything' } })).toMatchObject({
      funnel: { breakdown: undefined },
    });
    expect(
      replaced({
        kind: 'paths',
        timeZone: '$everything',
        paths: { by: '$everything', startsWith: '$everything' },
      }),
    ).toMatchObject({ timeZone: 'dashboard', paths: { by: 'type', startsWith: undefined } });
    expect(replaced({ kind: 'budget', budget: { budget: '$everything' } })).toMatchObject({
      budget: { budget: undefined },
    });
  });

  it('writes several values into a name, and several KPIs so that they stay several', () => {
    expect(replaced({ metric: '$team', legend: 'Of $team, $everything' })).toMatchObject({
      metric: '{core,web}',
      legend: 'Of core, web, All',
    });
    expect(replaced({ metric: '$everything' })).toMatchObject({ metric: '{a,b}' });
    expect(replaced({ kind: 'funnel', funnel: { steps: [{ label: '$team' }, {}] } })).toMatchObject({
      funnel: { steps: [{ label: 'core, web' }, {}] },
    });
  });

  it('changes nothing in what holds no variable', () => {
    const query = read({
      kind: 'funnel',
      timeZone: 'UTC',
      funnel: { steps: [{ type: 'a' }, { type: 'b' }] },
    });
    expect(interpolateQuery(query, interpolate)).toEqual(query);
  });
});
