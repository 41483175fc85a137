import { join } from 'node:path';
import type { AuditLog } from '../../platform/audit.js';
import type { BrandingStore } from '../../platform/branding.js';
import type { Config } from '../../platform/config.js';
import type { DeadLetterStore } from '../../platform/dead-letters.js';
import type { GoalsStore } from '../../platform/goals.js';
import type { Logger } from '../../platform/logger.js';
import type { ReportQueue, ReportStore } from '../../platform/reports.js';
import type { DeliveryQueue, ScheduleRuns, ScheduleStore } from '../../platform/schedules.js';
import type { ControlSubjects, SubjectJobStore, SuppressionStore } from '../../platform/subjects.js';
import type { ControlStore } from '../../platform/tenancy.js';
import type { UsageStore } from '../../platform/usage.js';
import { createAuditStore } from './audit-store.js';
import { createBrandingStore } from './branding-store.js';
import { createControlStore } from './control-store.js';
import { createDeadLetterStore } from './dead-letter-store.js';
import { createGoalsStore } from './goals-store.js';
import { createHoldStill, type HoldStill } from './hold-still.js';
import { createKeyLoader, type LoadKey } from './key-loader.js';
import { readMigrations } from '../postgres/migrations.js';
import { openPgDatabase } from '../postgres/pg-database.js';
import { openPgliteDatabase } from './pglite-database.js';
import { createReportQueue } from './report-queue.js';
import { createReportStore } from './report-store.js';
import { createDeliveryQueue } from './schedule-delivery-queue.js';
import { createScheduleRuns } from './schedule-run-store.js';
import { createScheduleStore } from './schedule-store.js';
import { createSecretBox } from './secret-box.js';
import { createControlSubjects, type ControlSubjectsOptions } from './subjects/subject-store.js';
import { createSubjectJobStore } from './subjects/subject-job-store.js';
import { createSuppressionStore } from './subjects/suppression-store.js';
import { createUsageStore } from './usage-store.js';
import type { SqlDatabase } from '../postgres/sql-executor.js';

/** What lies in one PostgreSQL. Closing the control store closes all of it. */
export interface ControlStores {
  readonly control: ControlStore;
  readonly loadKey: LoadKey;
  /** Usable once the control store has run `migrate`. */
  readonly deadLetters: DeadLetterStore;
  readonly reports: { readonly store: ReportStore; readonly queue: ReportQueue };
  readonly schedules: {
    readonly store: ScheduleStore;
    readonly runs: ScheduleRuns;
    readonly deliveries: DeliveryQueue;
  };
  readonly branding: BrandingStore;
  readonly goals: GoalsStore;
  readonly suppressions: SuppressionStore;
  readonly subjectJobs: SubjectJobStore;
  /** People in what lies here. */
  readonly createSubjects: (options: Omit<ControlSubjectsOptions, 'database'>) => ControlSubjects;
  readonly audit: AuditLog;
  /** Where it is embedded. */
  readonly holdStill: HoldStill | undefined;
  readonly usage: UsageStore;
}

/**
 * Opens the control data that the configuration names: the server at `DATABASE_URL`, or PGlite in `DATA_DIR/control`,
 * for which the caller holds the data lock. The caller runs `migrate` and closes it.
 */
export async function openControlStores(
  config: Pick<Config, 'platform' | 'control' | 'deadLetters'>,
  logger: Logger,
): Promise<ControlStores> {
  const migrations = await readMigrations(join(__dirname, 'migrations'));
  const database = await openDatabase(config, logger);
  const now = (): Date => new Date();
  const { retentionDays } = config.deadLetters;
  const withSecrets = { database, now, secrets: createSecretBox(config.control.secretsKey) };
  return {
    control: createControlStore({ database, migrations, now, secretsKey: config.control.secretsKey }),
    loadKey: createKeyLoader(database, now),
    deadLetters: createDeadLetterStore({ database, retentionDays, now }),
    reports: { store: createReportStore({ database, now }), queue: createReportQueue({ database, now }) },
    schedules: {
      store: createScheduleStore(withSecrets),
      runs: createScheduleRuns({ database, now }),
      deliveries: createDeliveryQueue(withSecrets),
    },
    branding: createBrandingStore({ database, now }),
    goals: createGoalsStore({ database, now }),
    suppressions: createSuppressionStore({ database, now }),
    subjectJobs: createSubjectJobStore({ database, now }),
    createSubjects: (wish) => createControlSubjects({ ...wish, database }),
    audit: createAuditStore(database),
    holdStill: config.control.databaseUrl === undefined ? createHoldStill({ database, now }) : undefined,
    usage: createUsageStore({ database, now }),
  };
}

/** The same, for who has nothing to do with dead letters. */
export async function openControlStore(
  config: Pick<Config, 'platform' | 'control' | 'deadLetters'>,
  logger: Logger,
): Promise<ControlStore> {
  return (await openControlStores(config, logger)).control;
}

async function openDatabase(
  config: Pick<Config, 'platform' | 'control'>,
  logger: Logger,
): Promise<SqlDatabase> {
  const { databaseUrl: url, connections, queryTimeoutMs } = config.control;
  if (url !== undefined) return openPgDatabase({ name: 'control', url, connections, queryTimeoutMs, logger });
  return openPgliteDatabase(join(config.platform.dataDir, 'control'), logger);
}
