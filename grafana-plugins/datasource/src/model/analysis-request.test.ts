import {
  budgetQuerySchema,
  funnelQuerySchema,
  lifecycleQuerySchema,
  pathsQuerySchema,
  retentionQuerySchema,
  seatsQuerySchema,
  seatTransitionsQuerySchema,
} from '@coditect/contracts';
import { migrateQuery } from '../migrations';
import { planAnalysis, type AnalysisQuery, type PanelContext } from './analysis-request';

const context: PanelContext = {
  fromMs: Date.parse('2026-03-01T00:00:00Z'),
  toMs: Date.parse('2026-03-29T00:00:00Z'),
  dashboardTimeZone: 'browser',
  browserTimeZone: 'Europe/Berlin',
  adHocFilters: [{ key: 'team', operator: '=|', value: 'core', values: ['core', 'web'] }],
  dimensions: ['team'],
  interpolate: (text) => text,
};
const read = (saved: object): AnalysisQuery => {
  const query = migrateQuery({ refId: 'A', ...saved });
  const { kind } = query;
  if (kind === 'kpi' || kind === 'events' || kind === 'annotations' || kind === 'unreadable') {
    throw new Error(`${kind} is no analysis`);
  }
  return query;
};

describe('planAnalysis', () => {
  it.each([
    ['funnel', 'funnel', funnelQuerySchema],
    ['retention', 'retention', retentionQuerySchema],
    ['lifecycle', 'lifecycle', lifecycleQuerySchema],
    ['paths', 'paths', pathsQuerySchema],
    ['seats', 'seats', seatsQuerySchema],
    ['seatTransitions', 'seat-transitions', seatTransitionsQuerySchema],
  ] as const)('asks a new query of the kind %s in words that the service has', (kind, address, schema) => {
    const plan = planAnalysis(read({ kind }), context);
    expect(plan.kind).toBe(address);
    expect(schema.parse(JSON.parse(JSON.stringify(plan.question)))).toMatchObject({
      range: { from: '2026-03-01T00:00:00.000Z', to: '2026-03-29T00:00:00.000Z' },
      timeZone: 'Europe/Berlin',
      filters: [{ dimension: 'team', operator: 'in', value: ['core', 'web'] }],
    });
    expect(plan.unused).toEqual([]);
  });

  it.each([
    ['seats', 'agent', {}],
    ['seatTransitions', 'agent', {}],
    ['budget', 'team', { budget: { budget: 'all' } }],
  ] as const)('leaves out of %s what the service refuses to filter by', (kind, key, settings) => {
    const plan = planAnalysis(read({ kind, ...settings }), {
      ...context,
      adHocFilters: [{ key, operator: '=', value: 'x' }],
      dimensions: ['team', 'agent'],
    });
    expect(plan.question.filters).toEqual([]);
    expect(plan.unused).toEqual([
      `The dashboard filter on "${key}" is not used: this analysis has no such dimension.`,
    ]);
  });

  it('filters a budget without a name by what cost can be split by, and by nothing else', () => {
    const plan = planAnalysis(read({ kind: 'budget' }), {
      ...context,
      adHocFilters: [
        { key: 'team', operator: '=', value: 'core' },
        { key: 'route', operator: '=', value: '/v1' },
      ],
      dimensions: ['team', 'route'],
      costDimensions: ['team', 'project'],
    });
    expect(plan.question.filters).toEqual([{ dimension: 'team', operator: '=', value: 'core' }]);
    expect(plan.unused).toEqual([
      'The dashboard filter on "route" is not used: this analysis has no such dimension.',
    ]);
  });

  it("leaves the month of a budget to the tenant's own zone", () => {
    const { question } = planAnalysis(read({ kind: 'budget', budget: { budget: 'all' } }), context);
    expect(budgetQuerySchema.parse(question)).toMatchObject({ budget: 'all' });
    expect(question).not.toHaveProperty('timeZone');
  });

  it('passes on every setting', () => {
    const funnel = {
      filters: [{ dimension: 'project', operator: '=', value: 'atlas' }],
      steps: [
        { type: 'a', label: 'A', filters: [] },
        { filters: [{ dimension: 'kind', operator: '!=', value: 'x' }] },
      ],
      windowMs: 3_600_000,
      breakdown: 'team',
      limit: 3,
    };
    const { question } = planAnalysis(read({ kind: 'funnel', funnel }), { ...context, adHocFilters: [] });
    expect(question).toMatchObject(funnel);
  });

  it('says which dashboard filters it cannot use', () => {
    const adHocFilters = [{ key: 'nope', operator: '=', value: 'x' }];
    const { question, unused } = planAnalysis(read({ kind: 'lifecycle' }), { ...context, adHocFilters });
    expect(question.filters).toEqual([]);
    expect(unused).toEqual([
      'The dashboard filter on "nope" is not used: this analysis has no such dimension.',
    ]);
  });

  it('refuses an interval that a variable makes of something else', () => {
    const query = read({ kind: 'retention', retention: { interval: '$step' } });
    expect(() => planAnalysis(query, { ...context, interpolate: () => '5m' })).toThrow('"5m" is no interval');
  });
});
