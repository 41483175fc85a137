import { createHmac } from 'node:crypto';
import { AppError } from '../../src/platform/errors.js';
import { aPullRequestPayload } from '../../src/testkit/github-payloads.js';
import type { TestLimits } from '../../src/testkit/no-limits.js';
import {
  githubWebhook,
  post,
  startCollector,
  type Answer,
  type RunningCollector,
} from './collector-fixture.js';

const event = (id: string) => ({ specversion: '1.0', id, source: '/limits', type: 'com.example.thing' });
const batchOf = (name: string, count: number) =>
  JSON.stringify(Array.from({ length: count }, (_, index) => event(`${name}-${index}`)));
const logs = JSON.stringify({
  resourceLogs: [{ scopeLogs: [{ logRecords: [{ eventName: 'com.example.thing', timeUnixNano: '0' }] }] }],
});

let collector: RunningCollector;
let rateMs = 0;
let set: TestLimits['set'];

beforeAll(async () => {
  collector = await startCollector({}, () => rateMs);
  set = collector.tenantLimits.set;
});
beforeEach(() => {
  set.clear();
  // Whatever was on credit is paid back.
  rateMs += 3_600_000;
  collector.published.length = 0;
  collector.tenantLimits.limited.length = 0;
  collector.fault = undefined;
});
afterAll(() => collector.service.close());

function sendEvents(body: string, key = 'good'): Promise<Answer> {
  return post(`${collector.address}/v1/events`, body, { authorization: `Bearer ${key}` });
}

function deliver(): Promise<Answer> {
  const body = JSON.stringify(aPullRequestPayload());
  const signature = createHmac('sha256', githubWebhook.secret).update(body).digest('hex');
  return post(`${collector.address}/v1/webhooks/github/${githubWebhook.id}`, body, {
    'x-github-event': 'pull_request',
    'x-hub-signature-256': `sha256=${signature}`,
  });
}

const idsTaken = (): readonly string[] => collector.published.map(({ tenantId, id }) => `${tenantId} ${id}`);

describe('rate of a tenant', () => {
  it('refuses a request over it whole, says when to come again, and takes it then', async () => {
    set.set('acme', { eventsPerSecond: 10, eventsBurst: 20 });
    expect((await sendEvents(batchOf('first', 40))).status).toBe(202);
    const refused = await sendEvents(batchOf('second', 3));
    expect(refused.status).toBe(429);
    // 20 events on credit, and one for the request to come with.
    expect(refused.headers.get('retry-after')).toBe('3');
    expect(refused.json).toEqual({
      error: {
        code: 'rate_limited',
        reason: 'Your limit is 10 events a second (eventsPerSecond).',
        limit: 10,
        retryAfterSeconds: 3,
      },
    });
    expect(collector.published).toHaveLength(40);
    expect(collector.tenantLimits.limited).toEqual(['acme eventsPerSecond']);
    rateMs += 3_000;
    expect((await sendEvents(batchOf('second', 3))).status).toBe(202);
    expect(idsTaken().slice(40)).toEqual(['acme second-0', 'acme second-1', 'acme second-2']);
  });

  it('does not concern another tenant', async () => {
    set.set('acme', { eventsPerSecond: 1, eventsBurst: 1 });
    await sendEvents(batchOf('first', 100));
    expect((await sendEvents(batchOf('second', 1))).status).toBe(429);
    expect((await sendEvents(batchOf('theirs', 100), 'other')).status).toBe(202);
    expect(collector.published.filter(({ tenantId }) => tenantId === 'globex')).toHaveLength(100);
  });

  it('is one for every way in', async () => {
    set.set('acme', { eventsPerSecond: 1, eventsBurst: 1 });
    expect((await post(`${collector.address}/v1/logs`, logs)).status).toBe(200);
    const otlp = await post(`${collector.address}/v1/logs`, logs);
    expect(otlp.status).toBe(429);
    expect(otlp.headers.get('retry-after')).toBe('1');
    expect(otlp.json).toMatchObject({ code: 8 });
    expect(otlp.text).toContain('rate_limited');
    const github = await deliver();
    expect(github.status).toBe(429);
    expect(github.headers.get('retry-after')).toBe('1');
    expect(collector.published).toHaveLength(1);
    rateMs += 1_000;
    expect((await deliver()).status).toBe(202);
  });

  it('refuses before it reads a body, and says nothing of a webhook to who can not sign', async () => {
    set.set('acme', { eventsPerSecond: 1, eventsBurst: 1 });
    await sendEvents(batchOf('first', 5));
    expect((await sendEvents('{ no JSON')).status).toBe(429);
    const unsigned = await post(`${collector.address}/v1/webhooks/github/${githubWebhook.id}`, '{}', {
      'x-github-event': 'push',
      'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
    });
    expect(unsigned.status).toBe(401);
  });

  it('is not used up by what the bus did not take', async () => {
    set.set('acme', { eventsPerSecond: 1, eventsBurst: 5 });
    collector.fault = () => Promise.reject(new Error('gone'));
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect((await sendEvents(batchOf('again', 5))).status).toBe(503);
    collector.fault = undefined;
    expect((await sendEvents(batchOf('again', 5))).status).toBe(202);
    expect((await sendEvents(batchOf('more', 1))).status).toBe(429);
  });
});

describe('quota of a day', () => {
  it('refuses what comes when it is used up, for every way in, until the day is over', async () => {
    const { events } = collector.tenantLimits.meter.usedToday('acme');
    set.set('acme', { eventsPerDay: events + 10 });
    expect((await sendEvents(batchOf('first', 30))).status).toBe(202);
    const refused = await sendEvents(batchOf('second', 1));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('3600');
    expect(refused.json).toMatchObject({ error: { code: 'quota_exceeded', limit: events + 10 } });
    expect((await post(`${collector.address}/v1/logs`, logs)).status).toBe(429);
    expect((await deliver()).status).toBe(429);
    expect(collector.published).toHaveLength(30);
    expect(collector.tenantLimits.limited).toEqual(Array(3).fill('acme eventsPerDay'));
    expect((await sendEvents(batchOf('theirs', 1), 'other')).status).toBe(202);
  });
});

describe('room for requests', () => {
  it('is left to other tenants: nobody has more than half of it', async () => {
    const small = await startCollector({ requestsInFlightMax: 2 });
    const send = (key: string): Promise<Answer> =>
      post(`${small.address}/v1/events`, batchOf('one', 1), { authorization: `Bearer ${key}` });
    let release: (reason: AppError) => void = () => undefined;
    const entered = new Promise<void>((resolve) => {
      small.fault = () =>
        new Promise<never>((_resolve, reject) => {
          release = reject;
          resolve();
        });
    });
    const first = send('good');
    await entered;
    small.fault = undefined;
    expect((await send('good')).json).toMatchObject({ error: { code: 'too_many_requests', limit: 1 } });
    expect((await send('other')).status).toBe(202);
    release(new AppError('bus_full', 'Full.', { status: 503 }));
    expect((await first).status).toBe(503);
    await small.service.close();
  });
});
