import { annotationQuerySchema, eventSearchSchema, eventVolumeQuerySchema } from '@coditect/contracts';
import type { PanelContext } from './analysis-request';
import { planAnnotations, planEventSearch, planEventVolume } from './event-request';
import { newQuery } from './new-query';

const hourMs = 3_600_000;
const context: PanelContext = {
  fromMs: Date.parse('2026-03-01T00:00:00Z'),
  toMs: Date.parse('2026-03-02T00:00:00Z'),
  dashboardTimeZone: 'utc',
  browserTimeZone: 'Europe/Berlin',
  adHocFilters: ['user', 'attributes.branch', 'nope'].map((key) => ({ key, operator: '=', value: 'u1' })),
  dimensions: ['team'],
  interpolate: (text) => text.replace('$word', 'failed'),
};
const added = ['user', 'attributes.branch'].map((dimension) => ({ dimension, operator: '=', value: 'u1' }));
const events = newQuery('events', 'A');
const annotations = newQuery('annotations', 'A');

describe('planEventSearch', () => {
  it('asks in words that the service has, also by what only events have', () => {
    const filters = [{ dimension: 'attributes.branch', operator: '=' as const, value: 'main' }];
    const query = { ...events, events: { ...events.events, filters, search: ' $word ', limit: 50 } };
    const { question, unused } = planEventSearch(query, context);
    expect(eventSearchSchema.parse(question)).toEqual({
      range: { from: '2026-03-01T00:00:00.000Z', to: '2026-03-02T00:00:00.000Z' },
      filters: [...filters, ...added],
      search: 'failed',
      order: 'newestFirst',
      limit: 50,
    });
    expect(unused).toEqual([
      'The dashboard filter on "nope" is not used: this search of events has no such dimension.',
    ]);
  });
});

describe('planEventVolume', () => {
  it('takes steps that a panel can tell apart', () => {
    expect(eventVolumeQuerySchema.parse(planEventVolume(events, context, 5_000).question)).toMatchObject({
      interval: '15m',
      timeZone: 'UTC',
      filters: added,
    });
    expect(planEventVolume(events, context, 30).question.interval).toBe('1h');
    const short = { ...context, toMs: context.fromMs + hourMs };
    expect(planEventVolume(events, short, undefined).question.interval).toBe('1m');
  });
});

describe('planAnnotations', () => {
  it('asks in words that the service has, and says which dashboard filters it cannot use', () => {
    const query = {
      ...annotations,
      annotations: { ...annotations.annotations, kind: 'outages' as const, search: '$word' },
    };
    const { question, unused } = planAnnotations(query, context);
    expect(annotationQuerySchema.parse(question)).toMatchObject({
      kind: 'outages',
      search: 'failed',
      errorRate: 0.05,
      minutes: 5,
      limit: 200,
      timeZone: 'UTC',
      filters: added,
    });
    expect(unused).toEqual([
      'The dashboard filter on "nope" is not used: this annotation has no such dimension.',
    ]);
    expect(planAnnotations(query, { ...context, dimensions: undefined }).question.filters).toHaveLength(3);
  });

  it('leaves out of budgets the operators that the service refuses', () => {
    const query = { ...annotations, annotations: { ...annotations.annotations, kind: 'budgets' as const } };
    const adHocFilters = [
      { key: 'team', operator: '!=', value: 'core' },
      { key: 'team', operator: '=|', value: 'core', values: ['core', 'web'] },
      { key: 'level', operator: '=', value: 'error' },
    ];
    const { question, unused } = planAnnotations(query, { ...context, adHocFilters });
    expect(question.filters).toEqual([{ dimension: 'team', operator: 'in', value: ['core', 'web'] }]);
    expect(unused).toEqual([
      'The dashboard filter on "level" is not used: this annotation has no such dimension.',
      'The dashboard filter on "team" is not used: budgets know no "!=".',
    ]);
  });
});
