import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportRequestSchema, type ReportRequest } from '@coditect/contracts';
import type { BrandingStore } from '../../src/platform/branding.js';
import type { NewReport, ReportOutcome, ReportQueue, ReportStore } from '../../src/platform/reports.js';
import type { ControlStore } from '../../src/platform/tenancy.js';
import type { ScheduleStores } from '../../src/reporting-service/schedules/compose-schedules.js';
import { createBrandingStore } from '../../src/storage/control/branding-store.js';
import { createControlStore } from '../../src/storage/control/control-store.js';
import { openPgliteDatabase } from '../../src/storage/control/pglite-database.js';
import { createReportQueue } from '../../src/storage/control/report-queue.js';
import { createReportStore } from '../../src/storage/control/report-store.js';
import { createDeliveryQueue } from '../../src/storage/control/schedule-delivery-queue.js';
import { createScheduleRuns } from '../../src/storage/control/schedule-run-store.js';
import { createScheduleStore } from '../../src/storage/control/schedule-store.js';
import { createSecretBox } from '../../src/storage/control/secret-box.js';
import { readMigrations } from '../../src/storage/postgres/migrations.js';
import { openPgDatabase } from '../../src/storage/postgres/pg-database.js';
import type { SqlDatabase } from '../../src/storage/postgres/sql-executor.js';
import { createLogger } from '../../src/platform/logger.js';
import { startTimescaleServer } from '../../src/testkit/timescale-server.js';
import { silent } from './landing-world.js';

export interface ReportStoreWorld {
  readonly database: SqlDatabase;
  readonly control: ControlStore;
  readonly store: ReportStore;
  readonly queue: ReportQueue;
  readonly schedules: ScheduleStores;
  readonly branding: BrandingStore;
  /** What the store takes for now. Moves by a millisecond with every look. */
  readonly clock: { ms: number };
  close(): Promise<void>;
}

/** Reports of the tenants `acme`, `globex` and `initech`, on an embedded PostgreSQL, and a clock that the test moves. */
export async function openReportStoreWorld(): Promise<ReportStoreWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'coditect-reports-'));
  const database = await openPgliteDatabase(folder, silent);
  return openWorld(database, () => rm(folder, { recursive: true, force: true }));
}

/** The same on a server, where statements run at the same time. */
export async function openReportStoreServerWorld(): Promise<ReportStoreWorld> {
  const server = await startTimescaleServer();
  const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
  const url = await server.createDatabase();
  const database = openPgDatabase({ name: 'control', url, connections: 8, queryTimeoutMs: 30_000, logger });
  return openWorld(database, () => server.close());
}

async function openWorld(database: SqlDatabase, remove: () => Promise<void>): Promise<ReportStoreWorld> {
  const clock = { ms: Date.UTC(2026, 2, 1) };
  const now = (): Date => {
    clock.ms += 1;
    return new Date(clock.ms);
  };
  const migrations = await readMigrations(join(__dirname, '../../src/storage/control/migrations'));
  const control = createControlStore({ database, migrations, now });
  await control.migrate();
  for (const name of ['acme', 'globex', 'initech']) await control.createTenant(name, { timeZone: 'UTC' });
  const withSecrets = { database, now, secrets: createSecretBox('a key of the tests, long enough') };
  return {
    database,
    control,
    clock,
    store: createReportStore({ database, now }),
    queue: createReportQueue({ database, now }),
    schedules: {
      store: createScheduleStore(withSecrets),
      runs: createScheduleRuns({ database, now }),
      deliveries: createDeliveryQueue(withSecrets),
    },
    branding: createBrandingStore({ database, now }),
    async close() {
      await control.close();
      await remove();
    },
  };
}

const range = { from: '2026-02-01T00:00:00Z', to: '2026-02-02T00:00:00Z' };

export function aRequest(title = 'Requests'): ReportRequest {
  return reportRequestSchema.parse({
    title,
    format: 'csv',
    queries: [{ metric: 'api_requests', range, total: true }],
  });
}

export function aReport(overrides: Partial<NewReport> = {}): NewReport {
  return {
    request: aRequest(),
    idempotencyKey: undefined,
    scheduleId: null,
    requestedBy: 'key_test',
    attemptsMax: 3,
    queuedMax: 1_000,
    ...overrides,
  };
}

export const anOutcome: ReportOutcome = {
  file: { name: 'requests.csv', contentType: 'text/csv', bytes: 10, rows: 1, sha256: 'aa' },
  notices: [],
  manifest: {
    id: 'report',
    title: 'Requests',
    tenant: 'acme',
    generatedAt: '2026-03-01T00:00:00.000Z',
    timeZone: 'UTC',
    tables: [],
  },
};
