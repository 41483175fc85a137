import { eventEnvelopeSchema, type EventEnvelope } from '@coditect/contracts';
import { AppError } from '../platform/errors.js';
import { suppressionDigest } from '../platform/subjects.js';
import { createTelemetry } from '../platform/telemetry.js';
import type { Candidate } from './candidate.js';
import { createIntake } from './intake.js';
import { defaultCollectorLimits } from './limits.js';
import { pseudonymOf } from './pseudonyms.js';

const nowMs = Date.parse('2026-06-15T12:00:00Z');
const tenant = { id: 'acme', name: 'Acme', timeZone: 'UTC' };
const salt = 'pepper';

function setUp(
  publish?: (batch: readonly EventEnvelope[]) => Promise<{ duplicates: number | null }>,
  suppressed: readonly string[] = [],
) {
  const batches: (readonly EventEnvelope[])[] = [];
  const telemetry = createTelemetry({ defaultMetrics: false });
  let drawn = 0;
  const intake = createIntake({
    bus: {
      publish:
        publish ??
        ((batch) => {
          batches.push(batch);
          return Promise.resolve({ duplicates: 0 });
        }),
    },
    getUserSalt: () => Promise.resolve(salt),
    listSuppressed: (tenantId) =>
      Promise.resolve(
        new Set(
          suppressed.map((user) => suppressionDigest(salt, { tenantId, pseudonym: pseudonymOf(user, salt) })),
        ),
      ),
    now: () => nowMs,
    drawAcceptance: () => (drawn += 1),
    limits: defaultCollectorLimits,
    telemetry,
  });
  return { intake, batches, telemetry };
}

function aCandidate(index: number, changes: Record<string, unknown> = {}): Candidate {
  const event = {
    specversion: '1.0',
    id: `e-${index}`,
    source: '/ide',
    type: 'com.example.thing',
    ...changes,
  };
  return { index, event };
}

async function envelopeOf(changes: Record<string, unknown>): Promise<EventEnvelope> {
  const { intake, batches } = setUp();
  await intake.accept(tenant, [aCandidate(0, changes)]);
  const [envelope] = batches.flat();
  if (envelope === undefined) throw new Error('refused');
  return eventEnvelopeSchema.parse(envelope);
}

describe('createIntake', () => {
  it('publishes the good ones and refuses the bad ones by index', async () => {
    const { intake, batches } = setUp();
    const lineFault = { code: 'line_not_json', pointer: '', reason: 'The line is not JSON.' };
    const result = await intake.accept(tenant, [
      aCandidate(0),
      aCandidate(1, { id: '' }),
      { index: 2, rejection: lineFault },
      aCandidate(3),
    ]);
    expect(result.accepted).toBe(2);
    expect(result.rejected.map(({ index, code }) => [index, code])).toEqual([
      [1, 'id_invalid'],
      [2, 'line_not_json'],
    ]);
    expect(batches.map((batch) => batch.map(({ id }) => id))).toEqual([['e-0', 'e-3']]);
  });

  it('takes nothing in of people who were erased or opted out, and no name of theirs', async () => {
    const { intake, batches, telemetry } = setUp(undefined, ['ada@acme.example']);
    const result = await intake.accept(tenant, [
      aCandidate(0, { data: { userId: 'ada@acme.example' } }),
      aCandidate(1, {
        subject: 'seat of ada@acme.example',
        data: {
          userId: 'bob@acme.example',
          reviewer: 'ada@acme.example',
          'commit.author': 'bob@acme.example',
        },
      }),
    ]);
    expect(result).toMatchObject({ accepted: 1, suppressed: 1, rejected: [] });
    const [envelope] = batches.flat();
    const bob = pseudonymOf('bob@acme.example', salt);
    expect(envelope).toMatchObject({ id: 'e-1', userId: bob, subject: 'seat of erased' });
    expect(envelope?.attributes).toMatchObject({ reviewer: 'erased', 'commit.author': bob });
    expect(await telemetry.dropped.get()).toMatchObject({
      values: [{ labels: { component: 'collector', reason: 'suppressed' }, value: 1 }],
    });
  });

  it('stamps the tenant of the key, whatever the event says', async () => {
    const envelope = await envelopeOf({ tenantId: 'other', data: { tenantId: 'other' } });
    expect(envelope.tenantId).toBe('acme');
  });

  it('takes the time of arrival for an event without a time', async () => {
    expect(await envelopeOf({})).toMatchObject({ occurredAt: nowMs, receivedAt: nowMs });
    const time = '2020-02-02T02:02:02Z';
    expect(await envelopeOf({ time })).toMatchObject({ occurredAt: Date.parse(time), receivedAt: nowMs });
  });

  it('lets nobody who is named in an event through', async () => {
    const envelope = await envelopeOf({
      id: 'run of ada@example.com',
      source: 'mailto:ada@example.com',
      subject: 'ada@example.com',
      data: {
        userId: 'ada',
        team: 'ada@example.com',
        user: { email: 'ada@example.com', name: 'Ada Lovelace' },
        note: 'ask ada@example.com',
        perUser: { 'ada@example.com': 3 },
        list: ['ada@example.com'],
      },
    });
    expect(JSON.stringify(envelope)).not.toMatch(/ada@|Lovelace|"ada"/);
    const pseudonym = pseudonymOf('ada@example.com', salt);
    expect(envelope).toMatchObject({
      userId: pseudonymOf('ada', salt),
      subject: pseudonym,
      source: `mailto:${pseudonym}`,
      attributes: { 'user.email': pseudonym, note: `ask ${pseudonym}` },
    });
  });

  it('hides a user id that is a number', async () => {
    const envelope = await envelopeOf({ data: { userId: 12_345 } });
    expect(envelope.attributes.userId).toBe(pseudonymOf('12345', salt));
  });

  it('leaves content out and counts it', async () => {
    const { intake, batches, telemetry } = setUp();
    await intake.accept(tenant, [aCandidate(0, { data: { prompt: 'secret', prompt_length: 6 } })]);
    expect(batches.flat()[0]?.attributes).toEqual({ prompt_length: '6' });
    expect(await telemetry.registry.metrics()).toContain(
      'coditect_dropped_total{component="collector.attributes",reason="content"} 1',
    );
  });

  it('gives an event the same identity each time it is sent, whatever else it says', async () => {
    const first = await envelopeOf({ time: '2026-01-01T00:00:00Z', data: { a: 1 } });
    const second = await envelopeOf({ time: '2026-02-01T00:00:00Z' });
    expect(second.eventId).toBe(first.eventId);
    expect((await envelopeOf({ source: '/other' })).eventId).not.toBe(first.eventId);
  });

  it('accepts an event that is twice in a request twice, and leaves counting once to the store', async () => {
    const { intake, batches } = setUp();
    const result = await intake.accept(tenant, [aCandidate(0), { ...aCandidate(0), index: 1 }]);
    expect(result.accepted).toBe(2);
    expect(new Set(batches.flat().map(({ eventId }) => eventId)).size).toBe(1);
  });

  it('tells what is taken in several times from what is carried several times', async () => {
    const { intake, batches } = setUp();
    await intake.accept(tenant, [aCandidate(0), aCandidate(1), { ...aCandidate(0), index: 2 }]);
    await intake.accept(tenant, [aCandidate(0)]);
    const [first, other, repeated, again] = batches.flat().map(({ acceptance }) => acceptance);
    expect(other).toBe(first);
    expect(new Set([first, repeated, again]).size).toBe(3);
  });

  it('hands on how many events were stored before', async () => {
    const { intake } = setUp(() => Promise.resolve({ duplicates: 1 }));
    expect(await intake.accept(tenant, [aCandidate(0)])).toMatchObject({ accepted: 1, duplicates: 1 });
  });

  it('publishes nothing when nothing is good', async () => {
    const { intake, batches } = setUp();
    expect(await intake.accept(tenant, [aCandidate(0, { type: null })])).toMatchObject({
      accepted: 0,
      duplicates: 0,
    });
    expect(batches).toEqual([]);
  });

  it('promises nothing when the bus fails', async () => {
    const { intake } = setUp(() => Promise.reject(new Error('disk is full')));
    await expect(intake.accept(tenant, [aCandidate(0)])).rejects.toMatchObject({
      code: 'bus_unavailable',
      status: 503,
      retryable: true,
      retryAfterSeconds: 2,
    });
  });

  it('passes on the refusal of a full bus', async () => {
    const full = new AppError('bus_full', 'Full.', { status: 503, retryAfterSeconds: 7 });
    const { intake } = setUp(() => Promise.reject(full));
    await expect(intake.accept(tenant, [aCandidate(0)])).rejects.toBe(full);
  });

  it('counts what came, what went on, and why the rest did not', async () => {
    const { intake, telemetry } = setUp();
    await intake.accept(tenant, [aCandidate(0), aCandidate(1, { id: '' }), aCandidate(2, { id: '' })]);
    const metrics = await telemetry.registry.metrics();
    expect(metrics).toContain('coditect_received_total{component="collector"} 3');
    expect(metrics).toContain('coditect_sent_total{component="collector"} 1');
    expect(metrics).toContain('coditect_dropped_total{component="collector",reason="id_invalid"} 2');
  });
});
