import { reportRequestSchema } from '@coditect/contracts';
import { createKpiRegistry } from '../../kpis/kpi-registry.js';
import { readOwnKpis } from '../../kpis/own/own-kpi-files.js';
import { fixedLimits } from '../../metric-queries/limits.js';
import { planReport } from './plan-report.js';

const text = `kpis:
  - { id: reviews, title: Reviews, definition: Reviews., unit: count, owner: us, dimensions: [team],
      measure: { kind: count, where: { in: { agent: [reviewer] } } } }
`;
const range = { from: '2026-03-10T00:00:00Z', to: '2026-03-11T00:00:00Z' };
const request = reportRequestSchema.parse({
  format: 'csv',
  title: 'Reviews',
  queries: [
    { metric: 'agent_runs', range, total: true },
    { metric: 'reviews', range, total: true },
  ],
});
const kpis = createKpiRegistry();
kpis.replaceOwn(readOwnKpis([{ name: 'acme/own.yaml', path: 'own.yaml', text }]).byTenant);
const context = {
  kpis,
  nowMs: Date.parse(range.to),
  limits: { ...fixedLimits, pointsMax: 100, groupsMax: 100, filterValuesMax: 100 },
};

describe('a report about KPIs of a tenant’s own', () => {
  it('is planned for that tenant', () => {
    const planned = planReport({ id: 'acme', timeZone: 'UTC' }, request, context);
    expect(planned.map(({ plan }) => plan.kpi.title)).toEqual(['Agent runs', 'Reviews']);
  });

  it('is refused to every other one, with the place of the question', () => {
    let refusal: unknown;
    try {
      planReport({ id: 'globex', timeZone: 'UTC' }, request, context);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: 'metric_unknown', pointer: '/queries/1/metric' });
  });
});
