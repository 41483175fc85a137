import type { Tenant } from '../platform/tenancy.js';
import { createCachedQuestions, type Question } from './cached-questions.js';
import { createQuerySlots } from './query-slots.js';
import { createQuestionRunner } from './question-runner.js';
import { createSharedFlights } from './shared-flights.js';

const hourMs = 3_600_000;
const tenantOf = (id: string, timeZone = 'UTC'): Tenant => ({ id, name: id, timeZone });
const acme = tenantOf('acme');

function openQuestions(bytesMax = 1_000_000) {
  let nowMs = 100 * hourMs;
  let runs = 0;
  const outcomes: string[] = [];
  const ask = createCachedQuestions({
    work: createQuestionRunner({
      slots: createQuerySlots({ runningMax: 2, waitingMax: 10, retryAfterSeconds: 1 }),
      flights: createSharedFlights(),
      queryTimeoutMs: 10_000,
    }),
    bytesMax,
    watermark: () => nowMs,
    now: () => nowMs,
    observe: (outcome) => outcomes.push(outcome),
  });
  return {
    outcomes,
    pass: (ms: number) => {
      nowMs += ms;
    },
    async ask(
      tenant: Tenant,
      question: unknown,
      { tookMs = 0, ...more }: Partial<Question> & { tookMs?: number } = {},
    ) {
      const untilMs = nowMs;
      const signal = new AbortController().signal;
      const reply = await ask(tenant, { question, untilMs, ...more }, signal, () => async () => {
        runs += 1;
        nowMs += tookMs;
        return { of: tenant.id, run: runs };
      });
      return { ...(JSON.parse(reply.body.toString()) as object), ageMs: reply.ageMs };
    },
    refuse: (question: unknown) =>
      ask(acme, { question, untilMs: nowMs }, new AbortController().signal, () => {
        runs += 1;
        throw new Error(`refused ${runs}`);
      }),
  };
}

describe('questions whose answers are kept', () => {
  it('gives a moving answer for less than a second and says its age', async () => {
    const world = openQuestions();
    expect(await world.ask(acme, 'q')).toEqual({ of: 'acme', run: 1, ageMs: 0 });
    world.pass(999);
    expect(await world.ask(acme, 'q', { untilMs: 100 * hourMs })).toEqual({ of: 'acme', run: 1, ageMs: 999 });
    world.pass(1);
    expect(await world.ask(acme, 'q')).toMatchObject({ run: 2 });
    expect(world.outcomes).toEqual(['miss', 'hit', 'miss']);
  });

  it('gives an answer about what ended an hour before the watermark for a minute', async () => {
    const world = openQuestions();
    const settled = { untilMs: 99 * hourMs };
    const moving = { untilMs: 99 * hourMs + 1 };
    await world.ask(acme, 'settled', settled);
    await world.ask(acme, 'moving', moving);
    world.pass(59_999);
    expect(await world.ask(acme, 'settled', settled)).toMatchObject({ run: 1 });
    expect(await world.ask(acme, 'moving', moving)).toMatchObject({ run: 3 });
    world.pass(1);
    expect(await world.ask(acme, 'settled', settled)).toMatchObject({ run: 4 });
  });

  it('gives a moving answer of periods for ten times as long as it took, within one and thirty seconds', async () => {
    const world = openQuestions();
    const askAt = (question: string, tookMs: number) =>
      world.ask(acme, question, { untilMs: 200 * hourMs, isOfPeriods: true, tookMs });
    for (const [tookMs, lifetimeMs] of [
      [10, 1_000],
      [400, 4_000],
      [9_000, 30_000],
    ] as const) {
      const question = `took ${tookMs}`;
      const { ageMs: _ageMs, ...first } = await askAt(question, tookMs);
      world.pass(lifetimeMs - tookMs - 1);
      expect(await askAt(question, tookMs)).toEqual({ ...first, ageMs: lifetimeMs - 1 });
      world.pass(1);
      expect(await askAt(question, tookMs)).not.toMatchObject(first);
    }
  });

  it('never gives a tenant the answer of another, nor that of another time zone', async () => {
    const world = openQuestions();
    await world.ask(acme, 'q');
    // A name that would meet the key of another, were the parts only joined.
    for (const id of ['other', 'acme","UTC', 'acme,UTC']) {
      expect(await world.ask(tenantOf(id), 'q')).toMatchObject({ of: id });
    }
    expect(await world.ask(tenantOf('acme', 'Asia/Tokyo'), 'q')).not.toMatchObject({ run: 1 });
    expect(world.outcomes).not.toContain('hit');
  });

  it('asks anew for who wants it fresh, and keeps that answer for the others', async () => {
    const world = openQuestions();
    await world.ask(acme, 'q');
    expect(await world.ask(acme, 'q', { isFresh: true })).toMatchObject({ run: 2 });
    expect(await world.ask(acme, 'q')).toMatchObject({ run: 2 });
    expect(world.outcomes).toEqual(['miss', 'bypassed', 'hit']);
  });

  it('does not let who wants it fresh join a read that has begun before', async () => {
    const world = openQuestions();
    const [begun, fresh] = await Promise.all([world.ask(acme, 'q'), world.ask(acme, 'q', { isFresh: true })]);
    expect(fresh).not.toEqual(begun);
  });

  it('keeps no refusal', async () => {
    const world = openQuestions();
    await expect(world.refuse('q')).rejects.toThrow('refused 1');
    await expect(world.refuse('q')).rejects.toThrow('refused 2');
    expect(await world.ask(acme, 'q')).toMatchObject({ run: 3 });
  });

  it('asks the store every time when the cache is switched off', async () => {
    const world = openQuestions(0);
    await world.ask(acme, 'q');
    expect(await world.ask(acme, 'q')).toMatchObject({ run: 2 });
  });
});
