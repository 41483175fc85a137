import { createServer, type IncomingHttpHeaders } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';
import {
  scheduleRequestSchema,
  type Report,
  type Schedule,
  type ScheduleRequestInput,
  type ScheduleRun,
} from '@coditect/contracts';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { createLogger } from '../../src/platform/logger.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { deliverDue, type DeliveryLoopOptions } from '../../src/reporting-service/delivery/delivery-loop.js';
import { resolveHost } from '../../src/reporting-service/delivery/public-address.js';
import { noQuotas } from '../../src/platform/quotas.js';
import { createLocalReportFiles } from '../../src/reporting-service/jobs/local-report-files.js';
import { makeRuns, type MakeRunsOptions } from '../../src/reporting-service/schedules/make-runs.js';
import { findFirstRun } from '../../src/reporting-service/schedules/plan-runs.js';
import { anOutcome, type ReportStoreWorld } from './report-store-world.js';

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** Daily at six in Berlin, for yesterday. */
export function aScheduleRequest(overrides: Partial<ScheduleRequestInput> = {}) {
  return scheduleRequestSchema.parse({
    title: 'Requests',
    format: 'csv',
    cron: '0 6 * * *',
    timeZone: 'Europe/Berlin',
    period: 'yesterday',
    queries: [{ metric: 'api_requests', total: true }],
    ...overrides,
  });
}

export interface ScheduleWorld {
  readonly world: ReportStoreWorld;
  /** Everything that happened before has landed; the clock itself unless a test sets it. */
  landedMs: number | undefined;
  add(overrides?: Partial<ScheduleRequestInput>, tenantId?: string): Promise<Schedule>;
  /** One turn of a reporting service. */
  make(overrides?: Partial<MakeRunsOptions>): Promise<boolean>;
  /** Makes every report that waits, with these bytes; or fails it. */
  finishReports(content?: string | { readonly failure: string }): Promise<number>;
  deliver(overrides?: Partial<DeliveryLoopOptions>): Promise<void>;
  runsOf(schedule: Schedule, tenantId?: string): Promise<readonly ScheduleRun[]>;
  reportsOf(tenantId?: string): Promise<readonly Report[]>;
  /** Forgets all schedules and reports, and goes back to the beginning. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** A Sunday at noon in Berlin, a month before its clock changes. */
const startMs = Date.UTC(2026, 2, 1, 11);

/** Schedules on the stores of a world of reports, without timers: each turn is the test's. */
export async function openScheduleWorld(world: ReportStoreWorld): Promise<ScheduleWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'coditect-schedules-'));
  const files = createLocalReportFiles(folder);
  const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
  const { schedules, store, queue, clock } = world;
  const now = (): number => clock.ms;
  const state: ScheduleWorld = {
    world,
    landedMs: undefined,
    async add(overrides, tenantId = 'acme') {
      const request = aScheduleRequest(overrides);
      const nextRunAt = findFirstRun(request, now());
      return schedules.store.add(tenantId, { request, createdBy: 'key_test', nextRunAt, schedulesMax: 100 });
    },
    make: (overrides = {}) =>
      makeRuns({
        runs: schedules.runs,
        reports: store,
        quotas: noQuotas,
        watermark: () => state.landedMs ?? now(),
        attemptsMax: 1,
        queuedMax: 100,
        logger,
        now,
        ...overrides,
      }),
    async finishReports(content = 'a,b\r\n1,2\r\n') {
      let finished = 0;
      for (let job = await queue.claim('one', minuteMs); job; job = await queue.claim('one', minuteMs)) {
        finished += 1;
        const start = { tenantId: job.tenant.id, id: job.id, attempt: job.attempt };
        if (typeof content !== 'string') {
          await queue.fail(start, { code: 'grain_not_available', reason: content.failure });
          continue;
        }
        const draft = await files.create(start);
        await pipeline([Buffer.from(content)], draft.stream);
        await draft.keep();
        const bytes = Buffer.byteLength(content);
        const file = { ...anOutcome.file, name: 'Größe.csv', bytes };
        await queue.finish(start, { ...anOutcome, file }, new Date(now() + 7 * dayMs));
      }
      return finished;
    },
    deliver: (overrides = {}) =>
      deliverDue(
        {
          queue: schedules.deliveries,
          reports: store,
          files,
          sendMail: undefined,
          webhooks: { resolve: resolveHost, allowPrivate: true, timeoutMs: 10_000 },
          mailBytesMax: 1_000,
          pageUrl: undefined,
          concurrency: 2,
          attemptsMax: 6,
          telemetry: createTelemetry({ defaultMetrics: false }),
          logger,
          now,
          random: () => 0,
          ...overrides,
        },
        () => false,
      ),
    async runsOf(schedule, tenantId = 'acme') {
      return (await schedules.store.listRuns(tenantId, schedule.id, 500)) ?? [];
    },
    async reportsOf(tenantId = 'acme') {
      return (await store.list(tenantId, { limit: 200, before: undefined, states: [] })).reports;
    },
    async reset() {
      await world.database.runScript(
        'DELETE FROM control.schedules; DELETE FROM control.reports; DELETE FROM control.report_turns',
      );
      clock.ms = startMs;
      state.landedMs = undefined;
    },
    async close() {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return state;
}

/** Any text with this in it, for `toMatchObject`. */
export function aTextWith(part: string): unknown {
  return expect.stringContaining(part);
}

export interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly port: number;
  readonly url: string;
  readonly posts: Posted[];
  /** What is answered next, in order; 204 from then on. `undefined` answers nothing. */
  readonly answers: (number | undefined)[];
  close(): Promise<void>;
}

/** A real receiver of webhooks, on loopback. */
export async function startReceiver(): Promise<Receiver> {
  const posts: Posted[] = [];
  const answers: (number | undefined)[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      posts.push({ headers: request.headers, body: body.toString() });
      const status = answers.length === 0 ? 204 : answers.shift();
      if (status === undefined) return;
      response.writeHead(status, { location: '/elsewhere' }).end('what nobody reads');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server.address());
  return {
    port,
    url: `http://127.0.0.1:${port}/hook`,
    posts,
    answers,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface Mailbox {
  readonly port: number;
  readonly mails: { readonly to: string; readonly raw: string; readonly isEncrypted: boolean }[];
  readonly logins: string[];
  /** Addresses that are not known here. */
  readonly unknown: Set<string>;
  close(): Promise<void>;
}

/** A real mail server, on loopback, with a certificate that nobody has signed. */
export async function startMailbox(options: SMTPServerOptions = {}): Promise<Mailbox> {
  const mails: Mailbox['mails'] = [];
  const logins: string[] = [];
  const unknown = new Set<string>();
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    onAuth(auth, _session, done) {
      logins.push(`${auth.username}:${auth.password}`);
      done(null, { user: auth.username });
    },
    onRcptTo({ address }, _session, done) {
      done(unknown.has(address) ? Object.assign(new Error('No such user'), { responseCode: 550 }) : null);
    },
    onData(stream, session, done) {
      void buffer(stream).then((raw) => {
        const to = session.envelope.rcptTo.map(({ address }) => address).join(', ');
        mails.push({ to, raw: raw.toString(), isEncrypted: session.secure });
        done();
      });
    },
    ...options,
  });
  // What a client does to its connection is the business of the test.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server.server.address()),
    mails,
    logins,
    unknown,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  return address.port;
}
