import {
  liveQuerySchema,
  metricAnswerSchema,
  type LiveQuery,
  type MetricAnswer,
  type MetricQuery,
} from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';
import type { Tenant } from '../../platform/tenancy.js';
import { eventually } from '../../testkit/eventually.js';
import { createLiveQuestions } from './live-questions.js';
import { moveRange } from './move-range.js';

const acme: Tenant = { id: 'acme', name: 'acme', timeZone: 'UTC' };
const other: Tenant = { ...acme, id: 'other' };
const range = { from: '2026-03-10T00:00:00.000Z', to: '2026-03-10T01:00:00.000Z' };
/** Far quicker than the contract lets anybody ask. */
const question: LiveQuery = {
  ...liveQuerySchema.parse({ query: { metric: 'events', range, total: true } }),
  everyMs: 1,
};

function answerOf(value: number, asOf: string): MetricAnswer {
  return {
    columns: [{ name: 'value', type: 'number', unit: 'count' }],
    rows: [[value]],
    meta: {
      metric: 'events',
      title: 'Events',
      unit: 'count',
      direction: 'neutral',
      definition: '',
      asOf,
      completeUntil: asOf,
      source: [`table-${asOf}`],
      timeZone: 'UTC',
      notices: [{ severity: 'info', code: 'period_incomplete', text: asOf }],
    },
  };
}

/** A store whose answer the test sets. */
function openWorld(perTenantMax = 10) {
  const state = {
    value: 1 as number | Error,
    asked: 0,
    underWay: 0,
    mostUnderWay: 0,
    aborted: 0,
    questions: 0,
  };
  const questions = createLiveQuestions({
    async ask(_tenant: Tenant, _query: MetricQuery, signal: AbortSignal) {
      state.asked += 1;
      state.underWay += 1;
      state.mostUnderWay = Math.max(state.mostUnderWay, state.underWay);
      await new Promise((resolve) => setImmediate(resolve));
      state.underWay -= 1;
      if (signal.aborted) state.aborted += 1;
      if (typeof state.value !== 'number') throw state.value;
      return answerOf(state.value, String(state.asked));
    },
    perTenantMax,
    now: () => Date.parse(range.to),
    observe: (count) => {
      state.questions = count;
    },
  });
  function listen(tenant = acme, asked = question) {
    const controller = new AbortController();
    const told: string[] = [];
    const begun = questions.listen(
      tenant,
      asked,
      {
        onAnswer: (text) => told.push(String(metricAnswerSchema.parse(JSON.parse(text)).rows[0]?.[0])),
        onRefused: (error, isFinal) => told.push(`${(error as AppError).code}${isFinal ? ' for good' : ''}`),
      },
      controller.signal,
    );
    return {
      told,
      begun,
      leave: () => {
        controller.abort();
      },
    };
  }
  const askedAgain = async (times = 3): Promise<void> => {
    const before = state.asked;
    await eventually(() => {
      expect(state.asked).toBeGreaterThan(before + times);
    });
  };
  return { state, listen, askedAgain };
}

describe('live questions', () => {
  it('tell the first answer and then those that differ, not those that were only read later', async () => {
    const world = openWorld();
    const listener = world.listen();
    await listener.begun;
    expect(listener.told).toEqual(['1']);
    await world.askedAgain();
    world.state.value = 2;
    await world.askedAgain();
    world.state.value = 1;
    await world.askedAgain();
    expect(listener.told).toEqual(['1', '2', '1']);
    listener.leave();
  });

  it('are asked once at a time, however many listen, and tell each of them', async () => {
    const world = openWorld();
    const listeners = Array.from({ length: 20 }, () => world.listen());
    await Promise.all(listeners.map(({ begun }) => begun));
    const late = world.listen();
    await late.begun;
    world.state.value = 2;
    await world.askedAgain();
    expect(world.state).toMatchObject({ mostUnderWay: 1, questions: 1 });
    expect([...listeners, late].map(({ told }) => told)).toEqual(
      Array.from({ length: 21 }, () => ['1', '2']),
    );
    for (const { leave } of [...listeners, late]) leave();
  });

  it('stop when the last listener leaves, also one that has had no answer yet', async () => {
    const world = openWorld();
    const [first, second] = [world.listen(), world.listen()];
    await first.begun;
    first.leave();
    await world.askedAgain();
    second.leave();
    expect(world.state.questions).toBe(0);
    const impatient = world.listen();
    impatient.leave();
    await impatient.begun;
    expect(impatient.told).toEqual([]);
    expect(world.state.questions).toBe(0);
    expect(world.state.aborted).toBeGreaterThan(0);
  });

  it('are apart by tenant, zone and question, and bounded by tenant', async () => {
    const world = openWorld(2);
    const listeners = [
      world.listen(),
      world.listen(other),
      world.listen({ ...acme, timeZone: 'Asia/Tokyo' }),
    ];
    await Promise.all(listeners.map(({ begun }) => begun));
    expect(world.state.questions).toBe(3);
    await expect(world.listen(acme, { ...question, range: 'growing' }).begun).rejects.toMatchObject({
      code: 'too_many_live_questions',
      status: 429,
      limit: 2,
    });
    const again = world.listen();
    await again.begun;
    for (const { leave } of [...listeners, again]) leave();
    expect(world.state.questions).toBe(0);
  });

  it('refuse from the start what is refused, and ask no more', async () => {
    const world = openWorld();
    world.state.value = new AppError('metric_unknown', 'No.', { status: 422 });
    await expect(world.listen().begun).rejects.toMatchObject({ code: 'metric_unknown' });
    expect(world.state.questions).toBe(0);
  });

  it('go on after a refusal that passes, which is told once, and tell the answer again then', async () => {
    const world = openWorld();
    const listener = world.listen();
    await listener.begun;
    world.state.value = new AppError('store_unavailable', 'Not now.', { status: 503 });
    await world.askedAgain();
    world.state.value = new AppError('too_many_queries', 'Not now.', { status: 429 });
    await world.askedAgain();
    world.state.value = 1;
    await world.askedAgain();
    expect(listener.told).toEqual(['1', 'store_unavailable', 'too_many_queries', '1']);
    listener.leave();
  });

  it('tell who comes while there is no answer the last one, and that there is none now', async () => {
    const world = openWorld();
    const listener = world.listen();
    await listener.begun;
    world.state.value = new AppError('store_unavailable', 'Not now.', { status: 503 });
    await world.askedAgain();
    const late = world.listen();
    await late.begun;
    world.state.value = 1;
    await world.askedAgain();
    listener.leave();
    late.leave();
    expect(late.told).toEqual(['1', 'store_unavailable', '1']);
  });

  it('end with a refusal that does not pass', async () => {
    const world = openWorld();
    const listener = world.listen();
    await listener.begun;
    world.state.value = new AppError('range_too_long', 'No.', { status: 422 });
    await eventually(() => {
      expect(world.state.questions).toBe(0);
    });
    expect(listener.told).toEqual(['1', 'range_too_long for good']);
    listener.leave();
  });
});

describe('the range of a live question', () => {
  const nowMs = Date.parse('2026-03-10T05:30:00Z');
  it('keeps its length and ends now', () => {
    expect(moveRange(question, nowMs).range).toEqual({
      from: '2026-03-10T04:30:00.000Z',
      to: '2026-03-10T05:30:00.000Z',
    });
  });
  it('keeps its start when it grows', () => {
    expect(moveRange({ ...question, range: 'growing' }, nowMs).range).toEqual({
      from: range.from,
      to: '2026-03-10T05:30:00.000Z',
    });
  });
});
