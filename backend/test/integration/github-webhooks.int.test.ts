import { createHmac } from 'node:crypto';
import { errorBodySchema } from '@coditect/contracts';
import { AppError } from '../../src/platform/errors.js';
import { aPullRequestPayload, aPushPayload, aWorkflowRunPayload } from '../../src/testkit/github-payloads.js';
import {
  githubWebhook,
  post,
  startCollector,
  type Answer,
  type RunningCollector,
} from './collector-fixture.js';

const bytesMax = 20_000;
let collector: RunningCollector;
let endpoint: string;

beforeAll(async () => {
  // The other bodies are far smaller: a webhook must not be held to their bound.
  collector = await startCollector({
    bodyBytesMax: 1_024,
    webhookBytesMax: bytesMax,
    webhooksInFlightMax: 1,
  });
  endpoint = `${collector.address}/v1/webhooks/github/${githubWebhook.id}`;
});

beforeEach(() => {
  collector.published.length = 0;
  collector.fault = undefined;
});

afterAll(async () => {
  await collector.service.close();
});

interface Delivery {
  readonly event?: string;
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly address?: string;
}

function sign(body: string | Uint8Array, secret = githubWebhook.secret): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** As GitHub sends it: no key, a signature. */
function deliver(body: string, delivery: Delivery = {}): Promise<Answer> {
  return post(delivery.address ?? endpoint, body, {
    authorization: '',
    'x-github-event': delivery.event ?? 'pull_request',
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    'x-hub-signature-256': sign(body, delivery.secret),
    ...delivery.headers,
  });
}

function codeOf(answer: Answer): string {
  const { data } = errorBodySchema.safeParse(answer.json);
  return `${answer.status} ${data?.error.code ?? ''}`.trim();
}

const merged = JSON.stringify(aPullRequestPayload());

describe('POST /v1/webhooks/github/:webhookId takes', () => {
  it('a merged pull request, for the tenant of the webhook, and names nobody in it', async () => {
    const answer = await deliver(merged);
    expect(answer).toMatchObject({ status: 202, json: { accepted: 1, rejected: [] } });
    expect(collector.published).toMatchObject([
      {
        tenantId: 'acme',
        source: 'https://github.com/acme/shop',
        id: 'pull_request/42/merged',
        type: 'ai.coditect.workflow.change.merged.v1',
        repository: 'acme/shop',
        durationMs: 7_200_000,
        attributes: { linesAdded: '120', labels: '["bug","pricing"]' },
      },
    ]);
    expect(collector.published[0]?.userId).toMatch(/^u_[0-9a-f]{16}$/);
    expect(JSON.stringify(collector.published)).not.toMatch(/ada|grace/);
  });

  it('a form with the payload in it, signed as it was sent', async () => {
    const body = new URLSearchParams({ payload: merged }).toString();
    const answer = await deliver(body, { headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    expect(answer).toMatchObject({ status: 202, json: { accepted: 1 } });
  });

  it('the same fact under one identity, however often and in whatever delivery it comes', async () => {
    await deliver(merged);
    await deliver(merged, { headers: { 'x-github-delivery': 'another' } });
    expect(new Set(collector.published.map(({ eventId }) => eventId)).size).toBe(1);
    expect(collector.published).toHaveLength(2);
  });

  it.each([
    ['workflow_run', aWorkflowRunPayload({ conclusion: 'failure' }), 'ai.coditect.workflow.run.finished.v1'],
    [
      'push',
      aPushPayload([`Revert "X"\n\nThis reverts commit ${'c'.repeat(40)}.`]),
      'ai.coditect.workflow.change.reverted.v1',
    ],
  ])('%s', async (event, payload, type) => {
    expect((await deliver(JSON.stringify(payload), { event })).status).toBe(202);
    expect(collector.published).toMatchObject([{ type }]);
  });

  it('a ping', async () => {
    const answer = await deliver('{"zen":"Design for failure."}', { event: 'ping' });
    expect(answer).toMatchObject({ status: 200, json: { accepted: 0, ignored: 'ping' } });
  });

  it('what is of no use here, and counts it', async () => {
    const answer = await deliver('{"action":"opened"}', { event: 'issues' });
    expect(answer).toMatchObject({ status: 202, json: { accepted: 0, ignored: 'event_unused' } });
    expect(collector.published).toEqual([]);
    const counts = await collector.telemetry.registry.metrics();
    expect(counts).toContain('coditect_dropped_total{component="collector.github",reason="event_unused"} 1');
  });
});

describe('POST /v1/webhooks/github/:webhookId refuses with one answer', () => {
  it.each([
    ['a wrong signature', () => deliver(merged, { secret: 'guess' })],
    ['no signature', () => deliver(merged, { headers: { 'x-hub-signature-256': '' } })],
    [
      'the old signature alone',
      () => deliver(merged, { headers: { 'x-hub-signature-256': `sha1=${'a'.repeat(40)}` } }),
    ],
    [
      'a body that was changed',
      () => deliver(`${merged} `, { headers: { 'x-hub-signature-256': sign(merged) } }),
    ],
    ['an unknown id', () => deliver(merged, { address: `${endpoint.slice(0, -1)}b` })],
    ['an id that can be none', () => deliver(merged, { address: `${endpoint}%27` })],
    ['a key in place of a signature', () => post(endpoint, merged, { 'x-github-event': 'pull_request' })],
  ])('%s', async (_name, request) => {
    const answer = await request();
    const expected = await deliver('not even JSON', { secret: 'guess' });
    expect(codeOf(answer)).toBe('401 signature_invalid');
    expect(answer.text).toBe(expected.text);
    expect(collector.published).toEqual([]);
  });
});

describe('POST /v1/webhooks/github/:webhookId refuses', () => {
  it.each([
    ['what is not JSON', () => deliver('{"action":'), '400 body_not_json'],
    ['an empty body', () => deliver(''), '400 body_empty'],
    ['a payload of another shape', () => deliver('{"action":"closed"}'), '400 payload_invalid'],
    [
      'a delivery without its event',
      () => deliver(merged, { headers: { 'x-github-event': '' } }),
      '400 event_missing',
    ],
    [
      'a form without its payload',
      () => deliver('a=1', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      '400 payload_missing',
    ],
    [
      'another content type',
      () => deliver(merged, { headers: { 'content-type': 'text/plain' } }),
      '415 content_type_unsupported',
    ],
    [
      'an encoded body',
      () => deliver(merged, { headers: { 'content-encoding': 'gzip' } }),
      '415 encoding_unsupported',
    ],
    ['too much', () => deliver(' '.repeat(bytesMax + 1)), '413 body_too_large'],
  ])('%s', async (_name, request, expected) => {
    expect(codeOf(await request())).toBe(expected);
    expect(collector.published).toEqual([]);
  });

  it('an event that can not be kept, with its reason', async () => {
    const future = JSON.stringify(aPullRequestPayload({ merged_at: '2031-01-01T00:00:00Z' }));
    const answer = await deliver(future);
    expect(codeOf(answer)).toBe('400 time_in_future');
    expect(answer.json).toMatchObject({ accepted: 0, rejected: [{ pointer: '/time' }] });
  });

  it('to promise anything while the bus is away, and says when to come again', async () => {
    collector.fault = () => Promise.reject(new Error('the broker is gone'));
    const answer = await deliver(merged);
    expect(codeOf(answer)).toBe('503 bus_unavailable');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('to promise anything while webhooks can not be looked up', async () => {
    const answer = await deliver(merged, { address: endpoint.replaceAll('a'.repeat(22), 'b'.repeat(22)) });
    expect(codeOf(answer)).toBe('503 control_unavailable');
    expect(answer.headers.get('retry-after')).not.toBeNull();
  });

  it('more than it may hold at a time', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      collector.fault = async () => {
        resolve();
        await held;
        throw new AppError('bus_unavailable', 'Gone.', { status: 503 });
      };
    });
    const first = deliver(merged);
    await reached;
    expect(codeOf(await deliver(merged))).toBe('429 too_many_requests');
    release();
    await first;
    collector.fault = undefined;
    expect((await deliver(merged)).status).toBe(202);
  });

  it('to be read', async () => {
    const response = await fetch(endpoint);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });
});
