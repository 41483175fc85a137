import { pino } from 'pino';
import type { IntakeMessage } from '../../messaging/rabbitmq/intake-consumer.js';
import type { DeadLetter } from '../../platform/dead-letters.js';
import { AppError } from '../../platform/errors.js';
import { noRedaction } from '../../platform/redaction.js';
import { createTestLimits } from '../../testkit/no-limits.js';
import { createTelemetry } from '../../platform/telemetry.js';
import { createIntake } from '../intake.js';
import { createBodyBudget } from '../body-budget.js';
import { defaultCollectorLimits } from '../limits.js';
import { createLetterRedaction } from '../redact-letter.js';
import { createIntakeReplay, createMessageTaker } from './take-message.js';

const acme = { id: 'acme', name: 'Acme', timeZone: 'UTC' };
const good = { specversion: '1.0', id: 'e-1', source: '/ide', type: 'com.example.thing' };
const bad = {
  ...good,
  id: 'e-2',
  type: 'ai.coditect.agent.run.finished.v1',
  data: { status: 'failed', durationMs: -1 },
};

function setUp() {
  const published: string[] = [];
  const letters: DeadLetter[] = [];
  const faults: { bus?: Error; letters?: Error; tenants?: Error } = {};
  const tenantLimits = createTestLimits();
  const telemetry = createTelemetry({ defaultMetrics: false });
  const intake = createIntake({
    bus: {
      publish(batch) {
        if (faults.bus !== undefined) return Promise.reject(faults.bus);
        published.push(...batch.map(({ tenantId, id }) => `${tenantId} ${id}`));
        return Promise.resolve({ duplicates: null });
      },
    },
    getUserSalt: () => Promise.resolve('pepper'),
    drawAcceptance: () => 1,
    now: () => Date.parse('2026-06-15T12:00:00Z'),
    limits: defaultCollectorLimits,
    telemetry,
  });
  const options = {
    intake,
    findTenant: (id: string) =>
      faults.tenants === undefined
        ? Promise.resolve(id === 'acme' ? acme : undefined)
        : Promise.reject(faults.tenants),
    deadLetters: {
      add(letter: DeadLetter) {
        if (faults.letters !== undefined) return Promise.reject(faults.letters);
        letters.push(letter);
        return Promise.resolve();
      },
    },
    redactLetter: createLetterRedaction({
      getUserSalt: () => Promise.resolve('pepper'),
      getRedaction: () => Promise.resolve(noRedaction),
    }),
    quotas: tenantLimits.quotas,
    limits: defaultCollectorLimits,
    bodies: createBodyBudget(defaultCollectorLimits),
    logger: pino({ level: 'silent' }),
    telemetry,
  };
  const taker = createMessageTaker(options);
  return { ...taker, replay: createIntakeReplay(options), published, letters, faults, tenantLimits };
}

function aMessage(body: unknown, changes: Partial<IntakeMessage> = {}): IntakeMessage {
  return {
    userId: 'ingest-acme',
    messageId: undefined,
    contentType: 'application/json',
    contentEncoding: undefined,
    headers: {},
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    attempt: 1,
    ...changes,
  };
}

describe('createMessageTaker', () => {
  it('stores the events for the tenant of the user', async () => {
    const { take, published, letters } = setUp();
    await take(aMessage([good, { ...good, id: 'e-3' }]));
    expect(published).toEqual(['acme e-1', 'acme e-3']);
    expect(letters).toEqual([]);
  });

  it('stores the good neighbours of a bad event, and keeps the message with the reason', async () => {
    const { take, published, letters } = setUp();
    await take(aMessage([good, bad]));
    expect(published).toEqual(['acme e-1']);
    expect(letters).toMatchObject([
      {
        origin: 'intake',
        code: 'number_negative',
        events: [],
        raw: { tenantId: 'acme', contentType: 'application/json' },
      },
    ]);
    expect(letters[0]?.reason).toMatch(
      /^1 of 2 refused; the others are stored\. event 1 at \/data\/durationMs: /,
    );
    expect(JSON.parse(String(letters[0]?.raw?.body))).toEqual([good, bad]);
  });

  it('names the first few of many, and does not speak of others where there are none', async () => {
    const { take, letters } = setUp();
    await take(aMessage(Array.from({ length: 7 }, () => bad)));
    expect(letters[0]?.reason).toMatch(/^7 of 7 refused\. event 0 .* And 2 more\.$/);
  });

  it.each([
    ['no user', undefined, 'user_missing'],
    ['another user', 'guest', 'user_missing'],
    ['nobody', 'ingest-', 'tenant_unknown'],
    ['a tenant that there is not', 'ingest-ghost', 'tenant_unknown'],
  ])('keeps what was published by %s, and gives it to no tenant', async (_name, userId, code) => {
    const { take, published, letters } = setUp();
    await take(aMessage(good, { userId }));
    expect(published).toEqual([]);
    expect(letters).toMatchObject([{ code, raw: { tenantId: undefined } }]);
  });

  it('keeps what is over a quota, to be taken in later, and holds nobody else up', async () => {
    const { letters, published, replay, take, tenantLimits } = setUp();
    tenantLimits.set.set('acme', { eventsPerDay: 1 });
    tenantLimits.meter.note('acme', { events: 1 });
    await take(aMessage([good]));
    expect(published).toEqual([]);
    expect(letters).toMatchObject([{ code: 'quota_exceeded', raw: { tenantId: 'acme' } }]);
    const [letter] = letters;
    if (letter !== undefined) await replay(letter);
    expect(published).toEqual(['acme e-1']);
  });

  it('keeps what can not be read with the reason, as the tenant’s', async () => {
    const { take, letters } = setUp();
    await take(aMessage('{"id":'));
    expect(letters).toMatchObject([{ code: 'body_not_json', raw: { tenantId: 'acme' } }]);
  });

  it('keeps a binary event in the form that stands without its headers', async () => {
    const { take, replay, letters, published } = setUp();
    await take(
      aMessage({ status: 'lost' }, { headers: { 'cloudEvents:id': 'e-9', 'cloudEvents:source': '/ide' } }),
    );
    expect(JSON.parse(String(letters[0]?.raw?.body))).toEqual({
      id: 'e-9',
      source: '/ide',
      data: { status: 'lost' },
    });
    expect(published).toEqual([]);
    await expect(replay(letters[0] ?? fail())).rejects.toMatchObject({
      code: 'specversion_missing',
      retryable: false,
    });
  });

  it.each([
    ['the bus', { bus: new AppError('bus_unavailable', 'Away.', { status: 503, retryable: true }) }],
    ['the bus, unforeseen', { bus: new Error('away') }],
    ['the tenants', { tenants: new Error('away') }],
    ['the dead letters', { letters: new Error('away') }],
  ])('asks to be called again while %s is away, and then is done', async (_name, fault) => {
    const { take, published, letters, faults } = setUp();
    Object.assign(faults, fault);
    await expect(take(aMessage([good, bad]))).rejects.toMatchObject({ retryable: true });
    expect(letters).toEqual([]);
    for (const name of ['bus', 'tenants', 'letters'] as const) delete faults[name];
    await take(aMessage([good, bad]));
    expect(published).toContain('acme e-1');
    expect(letters).toHaveLength(1);
  });

  it('makes one letter of one message however often it comes, and two of two producers with the same name for it', async () => {
    const { take, letters } = setUp();
    for (const userId of ['ingest-acme', 'ingest-acme', 'ingest-ghost'])
      await take(aMessage(bad, { userId, messageId: '1' }));
    const [first, again, other] = letters.map(({ messageId }) => messageId);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('keeps what the broker gave up on so that it can be taken in later', async () => {
    const { putAside, replay, letters, published } = setUp();
    await putAside(aMessage(good, { attempt: 21 }));
    expect(letters).toMatchObject([{ code: 'delivery_limit', attempts: 21, raw: { tenantId: 'acme' } }]);
    await replay(letters[0] ?? fail());
    expect(published).toEqual(['acme e-1']);
  });
});

function fail(): never {
  throw new Error('there is no letter');
}
