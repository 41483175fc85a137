import { metricQuerySchema, type KpiDescription, type MetricQueryInput } from '@coditect/contracts';
import { of, throwError } from 'rxjs';
import { kpi, totalAnswer } from '../model/answer.fixture';
import type { QueryFilter } from '../types';
import { planValues, readDimensionValues } from './dimension-choices';

const counter = (id: string, dimensions: string[], eventTypes?: string[]): KpiDescription => ({
  ...kpi,
  id,
  unit: 'count',
  dimensions,
  ...(eventTypes && { eventTypes }),
});
const kpis = [
  kpi,
  counter('runs', ['agent', 'team', 'workflow'], ['run.v1']),
  counter('events', ['agent', 'team', 'type'], []),
  counter('requests', ['route', 'method', 'team'], ['request.v1']),
  counter('differences', ['agent', 'team']),
];
const is = (dimension: string, value = 'x'): QueryFilter => ({ dimension, operator: '=', value });
const range = { fromMs: Date.parse('2026-03-01T10:07:00Z'), toMs: Date.parse('2026-03-01T11:00:01Z') };
const origin = { requestId: 'V', headers: {} };

describe('planValues', () => {
  it('counts by a KPI that knows the dimension and the filters, in whole quarters of an hour', () => {
    const planned = planValues({ dimension: 'agent', filters: [is('team', 'core')], range, limit: 20 }, kpis);
    expect(metricQuerySchema.parse(planned)).toMatchObject({
      metric: 'events',
      range: { from: '2026-03-01T10:00:00.000Z', to: '2026-03-01T11:15:00.000Z' },
      total: true,
      groupBy: ['agent'],
      filters: [is('team', 'core')],
      limit: 20,
    });
    expect(planValues({ dimension: 'agent', filters: [is('workflow')], range }, kpis)?.metric).toBe('runs');
  });

  it('finds what begins with the prefix, whatever it holds', () => {
    const planned = planValues({ dimension: 'agent', prefix: 'a.b(', filters: [is('team')], range }, kpis);
    expect(planned?.filters?.[1]).toEqual({
      dimension: 'agent',
      operator: '=~',
      value: String.raw`(?i)^a\.b\(`,
    });
  });

  it('leaves out the filter on the dimension itself, and what no aggregate holds beside it', () => {
    expect(planValues({ dimension: 'agent', filters: [is('agent')], range }, kpis)).toBeUndefined();
    expect(planValues({ dimension: 'route', filters: [is('team')], range }, kpis)).toBeUndefined();
    expect(
      planValues({ dimension: 'route', filters: [is('team'), is('method')], range }, kpis),
    ).toMatchObject({
      metric: 'requests',
      filters: [is('method')],
    });
    expect(planValues({ dimension: 'agent', filters: [is('language')], range }, kpis)).toBeUndefined();
    expect(planValues({ dimension: 'agent', filters: [is('team')] }, kpis)).toBeUndefined();
  });
});

describe('readDimensionValues', () => {
  const clientAnswering = (answer: ReturnType<Parameters<typeof readDimensionValues>[1]['query']>) => {
    const asked: MetricQueryInput[] = [];
    const listed: unknown[][] = [];
    const client = {
      query: (question: MetricQueryInput) => {
        asked.push(question);
        return answer;
      },
      dimensionValues: async (...args: unknown[]) => {
        listed.push(args);
        return ['listed'];
      },
    };
    return { client, asked, listed };
  };

  it('reads the list of values when nothing else is asked for', async () => {
    const { client, asked, listed } = clientAnswering(of(totalAnswer));
    const question = { dimension: 'agent', prefix: 'a', limit: 5, filters: [], range };
    expect(await readDimensionValues(question, client, kpis, origin)).toEqual(['listed']);
    expect([asked, listed]).toEqual([[], [['agent', 'a', 5]]]);
  });

  it('gives the groups of the answer, the largest first', async () => {
    const { client, listed } = clientAnswering(of(totalAnswer));
    const question = { dimension: 'team', filters: [is('agent')], range };
    expect(await readDimensionValues(question, client, kpis, origin)).toEqual(['web', 'core']);
    expect(listed).toEqual([]);
  });

  it('falls back to the list when the service refuses', async () => {
    const { client } = clientAnswering(throwError(() => ({ status: 422 })));
    const question = { dimension: 'team', filters: [is('agent')], range };
    expect(await readDimensionValues(question, client, kpis, origin)).toEqual(['listed']);
  });
});
