import type { EventEnvelope } from '@coditect/contracts';
import type { DeadLetter } from '../platform/dead-letters.js';
import { compileRedaction, type RedactionRule } from '../platform/redaction.js';
import { suppressionDigest } from '../platform/subjects.js';
import { createTelemetry } from '../platform/telemetry.js';
import { createIntake } from './intake.js';
import { defaultCollectorLimits } from './limits.js';
import { pseudonymOf } from './pseudonyms.js';
import { createLetterRedaction } from './redact-letter.js';

const salt = 'pepper';
const tenant = { id: 'acme', name: 'Acme', timeZone: 'UTC' };
const nowMs = Date.parse('2026-06-15T12:00:00Z');
const rule = (field: string, action: RedactionRule['action']): RedactionRule => ({ field, action });
const hash = (text: string): string => pseudonymOf(text, salt);

async function take(
  rules: readonly RedactionRule[],
  event: Record<string, unknown>,
  suppressed: readonly string[] = [],
) {
  const envelopes: EventEnvelope[] = [];
  const telemetry = createTelemetry({ defaultMetrics: false });
  const intake = createIntake({
    bus: {
      publish(batch) {
        envelopes.push(...batch);
        return Promise.resolve({ duplicates: null });
      },
    },
    getUserSalt: () => Promise.resolve(salt),
    getRedaction: () => Promise.resolve(compileRedaction(rules)),
    listSuppressed: (tenantId) =>
      Promise.resolve(
        new Set(suppressed.map((user) => suppressionDigest(salt, { tenantId, pseudonym: hash(user) }))),
      ),
    now: () => nowMs,
    drawAcceptance: () => 1,
    limits: defaultCollectorLimits,
    telemetry,
  });
  const whole = { specversion: '1.0', id: 'e-1', source: '/ide', type: 'com.example.thing', ...event };
  const { rejected, suppressed: left } = await intake.accept(tenant, [{ index: 0, event: whole }]);
  expect(rejected).toEqual([]);
  return { envelope: envelopes[0], suppressed: left, metrics: await telemetry.registry.metrics() };
}

describe('a rule at the door', () => {
  const data = {
    userId: 'ada',
    team: 'core',
    route: '/customers/77',
    costUsd: 2,
    customer: { name: 'Hopper', address: { city: 'Bern' } },
    plan: 'gold',
  };

  it('leaves a field out, makes a pseudonym of it, or masks it', async () => {
    const rules = [rule('customer.name', 'pseudonymise'), rule('customer', 'drop'), rule('plan', 'mask')];
    const { envelope, metrics } = await take(rules, { data });
    expect(envelope?.attributes).toEqual({ 'customer.name': hash('Hopper'), plan: '***' });
    expect(metrics).toContain('reason="redacted"} 1');
  });

  it('is about fields with a column, too, and a number can only be left out', async () => {
    const rules = [rule('team', 'drop'), rule('route', 'mask'), rule('costUsd', 'pseudonymise')];
    const { envelope } = await take(rules, { data });
    expect(envelope).toMatchObject({ route: '***', userId: hash('ada') });
    expect(envelope).not.toHaveProperty('team');
    expect(envelope).not.toHaveProperty('costUsd');
  });

  it('changes what is told of an event, and not which one it is', async () => {
    const event = { subject: 'Hopper', source: '/hopper', id: 'hopper-1' };
    const { envelope: plain } = await take([], event);
    const rules = [rule('subject', 'drop'), rule('source', 'mask'), rule('id', 'pseudonymise')];
    const { envelope } = await take(rules, event);
    expect(envelope).toMatchObject({ source: '***', id: hash('hopper-1'), eventId: plain?.eventId });
    expect(envelope).not.toHaveProperty('subject');
  });

  it('finds what stands in a list, or in a text that is JSON', async () => {
    const people = [{ name: 'Hopper', age: 85, role: 'admiral' }, { name: 'Lovelace' }];
    const rules = [rule('people.name', 'pseudonymise'), rule('people.age', 'drop'), rule('*.secret', 'mask')];
    const { envelope } = await take(rules, {
      data: { people, note: JSON.stringify({ secret: 'Hopper', rest: 1 }), plain: '[not JSON' },
    });
    expect(JSON.parse(envelope?.attributes['people'] ?? '')).toEqual([
      { name: hash('Hopper'), role: 'admiral' },
      { name: hash('Lovelace') },
    ]);
    expect(envelope?.attributes['note']).toBe('{"secret":"***","rest":1}');
    expect(envelope?.attributes['plain']).toBe('[not JSON');
  });

  it('never lets somebody in of whom nothing is taken in', async () => {
    const { envelope, suppressed } = await take([rule('userId', 'drop')], { data: { userId: 'ada' } }, [
      'ada',
    ]);
    expect([envelope, suppressed]).toEqual([undefined, 1]);
    const { envelope: other } = await take([rule('userId', 'drop')], { data: { userId: 'bob' } }, ['ada']);
    expect(other).not.toHaveProperty('userId');
  });

  it('does not make a pseudonym of a pseudonym', async () => {
    const { envelope } = await take([rule('customer', 'pseudonymise')], {
      data: { customer: hash('Hopper') },
    });
    expect(envelope?.attributes['customer']).toBe(hash('Hopper'));
  });
});

it('leaves content out of lists, whatever rules there are, and hides people there', async () => {
  const calls = [{ prompt: 'the words', user: 'ada', tokens: 3 }];
  const { envelope } = await take([], { data: { calls } });
  expect(envelope?.attributes['calls']).toBe(JSON.stringify([{ user: hash('ada'), tokens: 3 }]));
});

describe('a dead letter of a producer', () => {
  async function keep(
    rules: readonly RedactionRule[],
    body: string | object,
    contentType = 'application/json',
  ): Promise<DeadLetter> {
    const redactLetter = createLetterRedaction({
      getUserSalt: () => Promise.resolve(salt),
      getRedaction: () => Promise.resolve(compileRedaction(rules)),
    });
    return redactLetter({
      messageId: 'm-1',
      origin: 'intake',
      code: 'field_missing',
      reason: 'No.',
      attempts: 1,
      events: [],
      raw: {
        tenantId: 'acme',
        contentType,
        body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      },
    });
  }
  const textOf = ({ raw }: DeadLetter): string => raw?.body.toString() ?? '';
  const event = {
    specversion: '1.0',
    id: 'hopper-1',
    source: '/ide',
    type: 'com.example.thing',
    plan: 'gold',
    data: { userId: 'ada', prompt: 'the words', customer: { name: 'Hopper' } },
  };

  it('is kept without content, with the user as it came, and as the rules say', async () => {
    const rules = [rule('customer', 'mask'), rule('id', 'drop'), rule('plan', 'drop')];
    const { plan: _plan, ...rest } = event;
    expect(JSON.parse(textOf(await keep(rules, event)))).toEqual({
      ...rest,
      id: hash('hopper-1'),
      data: { userId: 'ada', customer: { name: '***' } },
    });
    const batch: unknown = JSON.parse(textOf(await keep(rules, [event, event])));
    expect(batch).toHaveLength(2);
    expect(JSON.stringify(batch)).not.toMatch(/words|Hopper|gold/);
  });

  it('keeps its bytes where there is nothing to hide', async () => {
    const body = '{ "specversion": "1.0",  "data": { "a": 1 } }';
    expect(textOf(await keep([rule('b', 'drop')], body))).toBe(body);
    expect(textOf(await keep([], 'broken Hopper'))).toBe('broken Hopper');
  });

  it('is looked through line by line, and in base64', async () => {
    const encoded = {
      ...event,
      data: undefined,
      data_base64: Buffer.from('{"customer":"Hopper"}').toString('base64'),
    };
    const lines = [JSON.stringify(event), 'broken Hopper', JSON.stringify(encoded)].join('\n');
    const left = textOf(await keep([rule('customer', 'drop')], lines, 'application/x-ndjson'));
    expect(left.split('\n')).toHaveLength(3);
    expect(left).not.toContain('Hopper');
    expect(left).not.toContain(Buffer.from('Hopper').toString('base64').slice(0, 6));
  });

  it('loses bytes that nobody can read, where a tenant has rules', async () => {
    const letter = await keep([rule('customer', 'drop')], 'broken Hopper', 'text/plain');
    expect([textOf(letter), letter.reason]).toEqual(['', expect.stringContaining('not kept')]);
  });
});
