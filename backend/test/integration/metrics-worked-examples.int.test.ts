import type { EventEnvelope } from '@coditect/contracts';
import { kpiCatalogue } from '../../src/kpis/catalogue.js';
import { isToldByStates, type Kpi, type Measure } from '../../src/kpis/kpi.js';
import { writeDayChecks } from '../../src/storage/clickhouse/day-checks.js';
import { createEventWriter } from '../../src/storage/clickhouse/event-writer.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

// A day of a small team, and the numbers computed by hand.

const day = (date: number, hour = 12, minute = 0): number => Date.UTC(2026, 2, date, hour, minute);
const run = 'ai.coditect.agent.run.finished.v1';
const call = 'ai.coditect.agent.tool.called.v1';
const model = 'ai.coditect.agent.model.called.v1';
const prompt = 'ai.coditect.agent.prompt.submitted.v1';
const seat = 'ai.coditect.licence.seat';
const request = 'ai.coditect.api.request.completed.v1';

function times(count: number, build: (index: number) => EventEnvelope): EventEnvelope[] {
  return Array.from({ length: count }, (_unused, index) => build(index));
}

const events: EventEnvelope[] = [
  // Six runs succeeded, two failed, one timed out, one was cancelled. Durations 1 s to 10 s. One dollar and a half.
  ...times(6, (i) =>
    anEvent({
      type: run,
      status: 'succeeded',
      durationMs: 1_000 * (i + 1),
      costUsd: 0.25,
      occurredAt: day(10, 9, i),
    }),
  ),
  ...times(2, (i) =>
    anEvent({ type: run, status: 'failed', durationMs: 7_000 + 1_000 * i, occurredAt: day(10, 9, 30) }),
  ),
  anEvent({ type: run, status: 'timed_out', durationMs: 9_000, occurredAt: day(10, 10) }),
  anEvent({ type: run, status: 'cancelled', durationMs: 10_000, occurredAt: day(10, 10) }),
  // Three model calls: 100 in, 10 out, 4 of reasoning, 1000 from cache, 50 into cache; half a dollar together.
  ...times(3, () =>
    anEvent({
      type: model,
      tokensInput: 100,
      tokensOutput: 10,
      tokensReasoning: 4,
      tokensCacheRead: 1_000,
      tokensCacheCreation: 50,
      costUsd: 0.5 / 3,
    }),
  ),
  // Of eight tool calls one failed and one timed out.
  ...times(6, () => anEvent({ type: call, tool: 'grep', status: 'succeeded' })),
  anEvent({ type: call, tool: 'grep', status: 'failed' }),
  anEvent({ type: call, tool: 'grep', status: 'timed_out' }),
  // Five suggestions shown, two accepted.
  ...times(5, () => anEvent({ type: 'ai.coditect.ide.suggestion.shown.v1' })),
  ...times(2, () => anEvent({ type: 'ai.coditect.ide.suggestion.accepted.v1' })),
  // Twenty requests of 10 to 200 ms: one 500, one 503, two 404, the rest 200.
  ...times(20, (i) =>
    anEvent({
      type: request,
      route: '/v1/things',
      method: 'GET',
      statusCode: [500, 503, 404, 404][i] ?? 200,
      durationMs: 10 * (i + 1),
      responseBytes: 100,
    }),
  ),
  // Of three changes one names an agent; one that does not is taken back.
  ...times(3, (i) =>
    anEvent({ type: 'ai.coditect.workflow.change.merged.v1', ...(i === 0 && { agent: 'writer' }) }),
  ),
  anEvent({ type: 'ai.coditect.workflow.change.reverted.v1' }),
  // Four workflow runs of 1 to 4 minutes: two succeeded, one failed, one was cancelled.
  ...times(4, (i) =>
    anEvent({
      type: 'ai.coditect.workflow.run.finished.v1',
      status: ['succeeded', 'succeeded', 'failed', 'cancelled'][i] ?? '',
      durationMs: 60_000 * (i + 1),
    }),
  ),
  // Two sessions, three commands, four prompts; five looks at agents, two installed, one uninstalled.
  ...times(2, () => anEvent({ type: 'ai.coditect.ide.session.started.v1' })),
  ...times(3, () => anEvent({ type: 'ai.coditect.ide.command.executed.v1' })),
  ...times(3, () => anEvent({ type: prompt })),
  anEvent({ type: prompt, userId: 'ada' }),
  ...times(5, () => anEvent({ type: 'ai.coditect.marketplace.agent.viewed.v1' })),
  ...times(2, () => anEvent({ type: 'ai.coditect.marketplace.agent.installed.v1' })),
  anEvent({ type: 'ai.coditect.marketplace.agent.uninstalled.v1' }),
  // People: ada and bob on the 10th, cy on the 5th (within 7 days), dan on 11 February (28 days with the 10th), eve on
  // 10 February (a day too early).
  anEvent({ userId: 'ada', occurredAt: day(10, 1) }),
  anEvent({ userId: 'ada', occurredAt: day(10, 23, 59) }),
  anEvent({ userId: 'bob', occurredAt: day(10, 2) }),
  anEvent({ userId: 'cy', occurredAt: day(5) }),
  anEvent({ userId: 'dan', occurredAt: Date.UTC(2026, 1, 11, 1) }),
  anEvent({ userId: 'eve', occurredAt: Date.UTC(2026, 1, 10, 23) }),
  // On the 9th ada was there for the first time, and cy again. Four weeks after that of the 9th and 10th only ada is.
  anEvent({ userId: 'ada', occurredAt: day(9) }),
  anEvent({ userId: 'cy', occurredAt: day(9) }),
  anEvent({ userId: 'ada', occurredAt: Date.UTC(2026, 3, 7) }),
  // Bob's first run fails; the first one that succeeds has finished 51 hours after he was first seen.
  anEvent({ type: run, status: 'failed', userId: 'bob', occurredAt: day(12, 3) }),
  anEvent({ type: run, status: 'succeeded', userId: 'bob', occurredAt: day(12, 5) }),
  // Of five seats one is ada's, one eve's and two are cy's.
  anEvent({ type: `${seat}.purchased.v1`, attributes: { quantity: '5' }, occurredAt: Date.UTC(2026, 0, 1) }),
  ...['ada', 'eve', 'cy', 'cy'].map((user, index) =>
    anEvent({
      type: `${seat}.assigned.v1`,
      subject: `s${index}`,
      attributes: { 'assignee.userId': user },
      occurredAt: Date.UTC(2026, 0, 1),
    }),
  ),
];

interface Example {
  readonly value: number;
  readonly parts?: readonly [number, number];
  /** Sketches are within half a percent. */
  readonly tolerance?: number;
}

const examples: Readonly<Record<string, Example>> = {
  active_users_daily: { value: 2 },
  active_users_weekly: { value: 3 },
  active_users_monthly: { value: 4 },
  active_users: { value: 2 },
  stickiness: { value: 2 / 4, parts: [2, 4] },
  // Of ada, bob, cy and dan only ada has asked an agent for anything.
  agent_adoption: { value: 1 / 4, parts: [1, 4] },
  // Bob is new on the 10th, ada was there the day before, and cy, who was, does not come.
  new_users: { value: 1 },
  returning_users: { value: 1 },
  resurrected_users: { value: 0 },
  dormant_users: { value: 1 },
  // Ada and bob are new in the week of the 9th, and ada is there in that of 6 April.
  week_4_retention: { value: 1 / 2, parts: [1, 2] },
  // Bob is the new one of the 10th.
  activation_rate: { value: 1, parts: [1, 1] },
  time_to_first_value: { value: 51 * 3_600_000 },
  // Ada and bob are there on the one day, and of the day before cy is missing.
  usage_depth_none: { value: 1 / 3, parts: [1, 3] },
  usage_depth_light: { value: 0, parts: [0, 3] },
  usage_depth_moderate: { value: 0, parts: [0, 3] },
  usage_depth_heavy: { value: 2 / 3, parts: [2, 3] },
  seats_purchased: { value: 5 },
  seats_assigned: { value: 4 },
  seats_active: { value: 3 },
  seats_idle: { value: 1 },
  seat_utilisation: { value: 3 / 4, parts: [3, 4] },
  adoption_rate: { value: 2 / 3, parts: [2, 3] },
  // An idle seat and one that nobody has, of 30 dollars each.
  idle_seat_cost: { value: 60 },
  sessions: { value: 2 },
  // Those of people on the 10th are commands, too.
  commands: { value: 6 },
  prompts: { value: 4 },
  agent_runs: { value: 10 },
  agent_success_rate: { value: 6 / 9, parts: [6, 9] },
  agent_cancel_rate: { value: 1 / 10, parts: [1, 10] },
  tool_calls: { value: 8 },
  // Ten runs of 1000, 2000, ...: the nearest rank of the median is the fifth, of p95 ceil(0.95 * 10) = the tenth.
  agent_duration_p50: { value: 5_000, tolerance: 0.005 },
  agent_duration_p95: { value: 10_000, tolerance: 0.005 },
  tool_error_rate: { value: 2 / 8, parts: [2, 8] },
  suggestions_shown: { value: 5 },
  suggestions_accepted: { value: 2 },
  suggestion_acceptance_rate: { value: 2 / 5, parts: [2, 5] },
  tokens: { value: 3 * 1_164 },
  tokens_input: { value: 300 },
  tokens_output: { value: 30 },
  tokens_reasoning: { value: 12 },
  tokens_cache_read: { value: 3_000 },
  tokens_cache_creation: { value: 150 },
  cache_hit_rate: { value: 3_000 / 3_450, parts: [3_000, 3_450] },
  // 6 * 0.25 + 3 * 0.166666667, as cost is kept with nine decimals.
  cost: { value: 2.000000001 },
  cost_per_successful_run: { value: 2.000000001 / 6, parts: [2.000000001, 6] },
  cost_per_active_user: { value: 2.000000001 / 2, parts: [2.000000001, 2] },
  api_requests: { value: 20 },
  api_error_rate: { value: 2 / 20, parts: [2, 20] },
  // Twenty requests of 10, 20, ...: the nearest rank is ceil(0.95 * 20), the nineteenth.
  api_latency_p95: { value: 190, tolerance: 0.005 },
  api_latency_p50: { value: 100, tolerance: 0.005 },
  api_latency_p99: { value: 200, tolerance: 0.005 },
  api_availability: { value: 18 / 20, parts: [18, 20] },
  response_bytes: { value: 2_000 },
  workflow_runs: { value: 4 },
  workflow_success_rate: { value: 2 / 3, parts: [2, 3] },
  workflow_duration_p50: { value: 120_000, tolerance: 0.005 },
  workflow_duration_p95: { value: 240_000, tolerance: 0.005 },
  merged_changes: { value: 3 },
  ai_assisted_change_share: { value: 1 / 3, parts: [1, 3] },
  change_revert_rate: { value: 1 / 3, parts: [1, 3] },
  ai_change_revert_rate: { value: 0, parts: [0, 1] },
  throughput_per_active_user: { value: 3 / 2, parts: [3, 2] },
  marketplace_views: { value: 5 },
  marketplace_installs: { value: 2 },
  marketplace_uninstalls: { value: 1 },
  marketplace_install_rate: { value: 2 / 5, parts: [2, 5] },
  // 10 runs, 3 model calls, 8 tool calls, 7 suggestions, 20 requests, 4 of changes, 4 of workflows, 2 sessions, 3
  // commands, 4 prompts, 8 of the marketplace, 3 of people on the 10th.
  events: { value: 76 },
  // The comparison of the day: 54 here, 50 in the rollups, 5 of them late.
  reconciliation_difference: { value: 4 },
  completeness: { value: 50 / 54, parts: [50, 54] },
  lateness: { value: 5 / 50, parts: [5, 50] },
  // Four of the runs were sent twice.
  duplicate_events: { value: 4 },
  duplicate_rate: { value: 4 / 80, parts: [4, 80] },
};

const range = { from: '2026-03-10T00:00:00Z', to: '2026-03-11T00:00:00Z' };

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({
    goals: async () => ({ targets: [], budgets: [], seatPrices: [{ name: 'list', monthlyUsd: 30 }] }),
  });
  await world.store(events);
  for (const tenant of ['acme', 'other']) {
    await sendAgain(tenant, events.slice(0, 4));
    await writeDayChecks(world.clickHouse, tenant, {
      fromMs: Date.parse(range.from),
      checkedAtMs: day(11),
      checks: [{ type: run, streamEvents: 54, batchEvents: 50, lateEvents: 5 }],
    });
  }
  // Another tenant with the same things, to be seen nowhere.
  await world.store(
    events.map((event, index) =>
      anEvent({
        ...event,
        tenantId: 'other',
        eventId: `${event.eventId.slice(0, 34)}${String((index % 90) + 10)}`,
      }),
    ),
  );
});
afterAll(async () => {
  await world.close();
});

async function sendAgain(tenantId: string, again: readonly EventEnvelope[]): Promise<void> {
  const writer = createEventWriter(world.clickHouse);
  const rows = again.map((event) => writer.formatDuplicate({ ...event, tenantId, acceptance: 1 }));
  await writer.insertDuplicates(Buffer.from(rows.join('\n')));
}

describe('worked examples', () => {
  it('has one for every KPI of the catalogue', () => {
    expect(Object.keys(examples).sort()).toEqual(kpiCatalogue.map((kpi) => kpi.id).sort());
  });

  it.each(Object.entries(examples))('computes %s of a day as by hand', async (metric, example) => {
    const answer = await world.ask({ metric, range, total: true });
    const [row = []] = answer.rows;
    const value = row.at(-1);
    expect(answer.rows).toHaveLength(1);
    if (typeof value !== 'number') throw new Error(`no number: ${String(value)}`);
    const tolerance = (example.tolerance ?? 1e-12) * example.value;
    expect(Math.abs(value - example.value)).toBeLessThanOrEqual(tolerance);
    if (example.parts !== undefined) expect(row.slice(0, 2)).toEqual(example.parts);
  });

  // A week of throughput has other people in it: its buckets are those of metrics-equals-raw.
  const ofDays = Object.entries(examples).filter(
    ([metric]) => !['1w', '1M'].includes(kpiOf(metric)?.smallestInterval ?? ''),
  );
  it.each(ofDays)('puts %s in the bucket of its day, and nothing in the next', async (metric, example) => {
    const answer = await world.ask({
      metric,
      range: { ...range, to: '2026-03-12T00:00:00Z' },
      interval: '1d',
    });
    const [first = [], second = []] = answer.rows;
    expect(answer.rows.map((row) => row[0])).toEqual([
      '2026-03-10T00:00:00.000Z',
      '2026-03-11T00:00:00.000Z',
    ]);
    expect(Math.abs(Number(first.at(-1)) - example.value)).toBeLessThanOrEqual(
      (example.tolerance ?? 1e-12) * example.value,
    );
    if (isTrailing(kpiOf(metric)?.measure)) return;
    expect(second.at(-1)).toBe(hasNoValue(kpiOf(metric)?.measure) ? null : 0);
  });
});

function kpiOf(metric: string): Kpi | undefined {
  return kpiCatalogue.find(({ id }) => id === metric);
}

/** The people and the seats of the days before are still there. */
function isTrailing(measure: Measure | undefined): boolean {
  if (measure !== undefined && isToldByStates(measure)) return true;
  if (measure?.kind === 'ratio' && measure.of === 'users') return measure.numerator.days !== 1;
  return measure?.kind === 'distinctUsers' && typeof measure.days === 'number' && measure.days > 1;
}

/** Where nothing happened. The users that stickiness is divided by are still there. */
function hasNoValue(measure: Measure | undefined): boolean {
  return measure?.kind === 'quantile' || (measure?.kind === 'ratio' && measure.of !== 'users');
}
