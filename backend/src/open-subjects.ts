import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eraseAgain, type EraseAgainReport, type EraseAgainWish } from './admin/erase-again.js';
import { recordSubjects, type NamedSubject } from './admin/subject-operations.js';
import { createSubjects } from './admin/subjects.js';
import { pseudonymOf } from './collector/pseudonyms.js';
import type { OpenBus } from './open-bus.js';
import type { Foundation, PipelineContext } from './pipeline.js';
import type { Config } from './platform/config.js';
import { createErasureRegister, noteSuppressions } from './platform/erasure-register.js';
import { AppError } from './platform/errors.js';
import type { SubjectOperations } from './platform/subject-operations.js';
import type { SubjectJob, SuppressionStore } from './platform/subjects.js';
import { followProgress } from './progress.js';
import { createLocalReportFiles } from './reporting-service/jobs/local-report-files.js';
import type { ClickHouse } from './storage/clickhouse/client.js';
import { findShards } from './storage/clickhouse/subjects/open-shards.js';
import { createClickHouseSubjects } from './storage/clickhouse/subjects/subject-store.js';
import type { Timescale } from './storage/timescale/open-timescale.js';
import { createTimescaleSubjects } from './storage/timescale/subjects/subject-store.js';

/** A collector that read its list a moment before the change has the batch in hand for this long at most. */
const inHandMs = 5_000;

/** People, as somebody else writes down who asked, and with the command line as who asked. */
export interface OpenSubjects {
  readonly subjects: SubjectOperations;
  readonly recorded: SubjectOperations;
  /** For what was restored, and recorded as well. */
  eraseAgain(wish: EraseAgainWish): Promise<EraseAgainReport>;
}

/**
 * People in every store of this process. Waits at the end for erasures that are under way, as long as there is time. Without ClickHouse or
 * TimescaleDB nobody can be erased or exported from here: something would be left.
 */
export async function openSubjects(
  context: PipelineContext,
  { audit, control, createSubjects: createControlSubjects, subjectJobs, suppressions }: Foundation,
  stores: {
    readonly clickHouse: ClickHouse | undefined;
    readonly timescale: Timescale | undefined;
    readonly open: Pick<OpenBus, 'watermark' | 'landedUntil'> | undefined;
  },
): Promise<OpenSubjects> {
  const { config, lifecycle, logger } = context;
  const { clickHouse, open, timescale } = stores;
  const streamUntil = open?.watermark ?? (await followProgress(context, control, 'stream'));
  const batchUntil = open?.landedUntil ?? (await followProgress(context, control, 'batch'));
  const files = createLocalReportFiles(join(config.platform.dataDir, 'reports'));
  const people = {
    control: createControlSubjects({ removeReportFile: (start) => files.remove(start) }),
    events: {
      ...(clickHouse !== undefined && {
        clickhouse: createClickHouseSubjects(findShards(config, clickHouse)),
      }),
      ...(timescale !== undefined && { timescale: createTimescaleSubjects(timescale.database) }),
    },
  };
  const subjects = createSubjects({
    stores: people,
    jobs: subjectJobs,
    suppressions: noteInRegister(config, suppressions),
    getTenantId: async (idOrName) => getTenantId(await control.listTenants(), idOrName),
    getUserSalt: (tenantId) => control.getUserSalt(tenantId),
    pseudonymOf,
    storedUntil: () => Math.min(streamUntil(), batchUntil()),
    doorMs: config.platform.keyCacheSeconds * 1_000 + inHandMs,
    now: Date.now,
    sleep: (ms) => sleep(ms),
    logger,
  });
  lifecycle.onClose('erasures', () => subjects.settle(), { leaveAfterMs: 'its time' });
  const hasEvery = clickHouse !== undefined && timescale !== undefined;
  const possible = hasEvery ? subjects : refuseElsewhere(subjects);
  const recorded = recordSubjects(possible, {
    trail: audit.trail,
    getId: async (idOrName) => getTenantId(await control.listTenants(), idOrName),
  });
  // All of them are waited for with the first: nobody takes events in meanwhile.
  let waits = true;
  const eraseKnown = (subject: NamedSubject): Promise<SubjectJob> => {
    const { tenantId } = subject;
    const deed = { tenantId, actor: { kind: 'commandLine' }, action: 'subject.erased' } as const;
    const work = (): Promise<SubjectJob> => subjects.eraseKnown(subject, { waits });
    const erased = audit.trail.record(deed, work, ({ id }) => id);
    waits = false;
    return erased;
  };
  return {
    subjects: possible,
    recorded,
    async eraseAgain(wish) {
      if (!hasEvery) throw createElsewhereError();
      return eraseAgain(
        {
          stores: [...Object.values(people.events), people.control],
          suppressions,
          tenantIds: (await control.listTenants()).map(({ id }) => id),
          getUserSalt: (tenantId) => control.getUserSalt(tenantId),
          pseudonymOf,
          erase: eraseKnown,
        },
        wish,
      );
    },
  };
}

/** Who is not taken in is control data, which every process has. */
function refuseElsewhere(subjects: SubjectOperations): SubjectOperations {
  const refuse = (): Promise<never> => Promise.reject(createElsewhereError());
  return { ...subjects, eraseSubject: refuse, readSubjectRecords: refuse };
}

/** What is said to be done stays known when the stores are brought back as they were before. */
function noteInRegister({ privacy }: Config, suppressions: SuppressionStore): SuppressionStore {
  const { registerFile } = privacy;
  if (registerFile === undefined) return suppressions;
  const register = createErasureRegister(registerFile);
  return noteSuppressions(suppressions, { register, now: () => new Date() });
}

function createElsewhereError(): AppError {
  const reason = 'This process has not every store: something of the person would be left out.';
  return new AppError('subjects_elsewhere', reason, { status: 503 });
}

function getTenantId(
  tenants: readonly { readonly id: string; readonly name: string }[],
  idOrName: string,
): string {
  const found = tenants.find(({ id }) => id === idOrName) ?? tenants.find(({ name }) => name === idOrName);
  if (found !== undefined) return found.id;
  throw new AppError('tenant_unknown', `There is no tenant ${JSON.stringify(idOrName.slice(0, 64))}.`, {
    status: 404,
    pointer: '/tenant',
  });
}
