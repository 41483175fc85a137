import { metricQuerySchema, type AnswerCell, type MetricQueryInput } from '@coditect/contracts';
import { shippedKpis } from '../kpis/kpi-registry.js';
import { buildAnswer } from './build-answer.js';
import { fixedLimits } from './limits.js';
import { planQuery } from './plan-query.js';
import { createReadingsBuilder } from './readings.js';

const nowMs = Date.parse('2026-03-03T12:00:00Z');

/** Buckets of which something was read, by their number; `before` is the period that is compared with. */
function answer(
  asked: Partial<MetricQueryInput>,
  read: Readonly<Record<number, readonly number[]>>,
  before: Readonly<Record<number, readonly number[]>> = {},
) {
  const query = metricQuerySchema.parse({
    metric: 'agent_runs',
    range: { from: '2026-03-02T00:00:00Z', to: '2026-03-06T00:00:00Z' },
    interval: '1d',
    ...asked,
  });
  const limits = { ...fixedLimits, pointsMax: 1_000, groupsMax: 10, filterValuesMax: 10 };
  const plan = planQuery({ id: 'acme', timeZone: 'UTC' }, query, { kpis: shippedKpis, nowMs, limits });
  const [current, previous] = [read, before].map((cells) => {
    const builder = createReadingsBuilder();
    for (const [bucket, terms] of Object.entries(cells)) builder.add([], Number(bucket), terms);
    return builder.build();
  });
  return buildAnswer(
    plan,
    { current: current ?? { groups: new Map(), groupsFound: 0 }, previous },
    { asOfMs: nowMs, watermarkMs: nowMs, reader: { sources: [], notices: [] } },
  );
}

function valuesOf({ rows }: { rows: readonly AnswerCell[][] }): unknown[] {
  return rows.map((row) => row.at(-1));
}

describe('a series that reaches into the future', () => {
  it('says nothing of buckets that have not begun, and zero of the others without events', () => {
    expect(valuesOf(answer({}, { 0: [7] }))).toEqual([7, 0, null, null]);
  });

  it('begins a bucket with its first instant over', () => {
    const range = { from: '2026-03-03T11:00:00Z', to: '2026-03-03T14:00:00Z' };
    expect(valuesOf(answer({ range, interval: '1h' }, {}))).toEqual([0, null, null]);
  });

  it('tells the events whose clock is ahead of ours', () => {
    expect(valuesOf(answer({}, { 0: [7], 2: [1] }))).toEqual([7, 0, 1, null]);
  });

  it('says nothing of users, whose windows reach back from what has not begun', () => {
    const users = answer({ metric: 'active_users_weekly' }, { 0: [3], 1: [4], 2: [4], 3: [2] });
    expect(valuesOf(users)).toEqual([3, 4, null, null]);
  });

  it('has neither side of a ratio', () => {
    const { rows } = answer({ metric: 'agent_success_rate' }, { 0: [1, 2] });
    expect(rows.map(([_time, ...cells]) => cells)).toEqual([
      [1, 2, 0.5],
      [0, 0, null],
      [null, null, null],
      [null, null, null],
    ]);
  });

  it('still says what was before', () => {
    const { rows } = answer({ compareTo: 'previousPeriod' }, {}, { 3: [5] });
    expect(rows.map(([_time, ...cells]) => cells)).toEqual([
      [0, 0],
      [0, 0],
      [0, null],
      [5, null],
    ]);
  });
});
