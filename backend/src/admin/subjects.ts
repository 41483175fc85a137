import { z } from 'zod';
import { AppError } from '../platform/errors.js';
import type { Logger } from '../platform/logger.js';
import { createPageCursor } from '../platform/page-cursor.js';
import {
  suppressionDigest,
  type SubjectJob,
  type SubjectJobEnd,
  type SubjectJobKind,
  type SubjectJobStore,
  type SuppressionStore,
} from '../platform/subjects.js';
import { runErasure, type ErasureOptions } from './erase-subject.js';
import type { SubjectOperations, SubjectRequest } from '../platform/subject-operations.js';
import type { NamedSubject } from './subject-operations.js';

export interface SubjectsOptions extends ErasureOptions {
  readonly jobs: SubjectJobStore;
  readonly suppressions: SuppressionStore;
  readonly getTenantId: (idOrName: string) => Promise<string>;
  readonly getUserSalt: (tenantId: string) => Promise<string>;
  readonly pseudonymOf: (text: string, salt: string) => string;
  readonly logger: Logger;
}

export interface Subjects extends SubjectOperations {
  /** Without a word to the list of suppressions, for what was brought back. Resolves when it has ended. */
  eraseKnown(subject: NamedSubject, options: { readonly waits: boolean }): Promise<SubjectJob>;
  /** Resolves when no erasure of this process is under way. */
  settle(): Promise<void>;
}

const aliveEveryMs = 30_000;

/** People of tenants, in every store that this process has open. */
export function createSubjects(options: SubjectsOptions): Subjects {
  const { jobs, suppressions } = options;
  const underWay = new Set<Promise<void>>();

  async function identify({ tenant, user }: SubjectRequest): Promise<NamedSubject> {
    const tenantId = await options.getTenantId(tenant);
    const salt = await options.getUserSalt(tenantId);
    const subject = { tenantId, userId: user, pseudonym: options.pseudonymOf(user, salt) };
    return { ...subject, digest: suppressionDigest(salt, subject) };
  }

  async function doAtOnce(
    { tenantId }: NamedSubject,
    kind: SubjectJobKind,
    work: () => Promise<void>,
  ): Promise<SubjectJob> {
    const { id } = await jobs.begin(tenantId, kind);
    await work();
    await jobs.end(id, { state: 'done', proof: null });
    return getJob(jobs, id);
  }

  return {
    async eraseSubject({ compact = false, ...request }) {
      const subject = await identify(request);
      const job = await jobs.begin(subject.tenantId, 'erase');
      const suppress = (): Promise<void> => suppressions.suppress(subject.tenantId, subject.digest, 'erased');
      const ended = erase(options, job.id, { subject, compact, suppress }).finally(() =>
        underWay.delete(ended),
      );
      underWay.add(ended);
      return job;
    },
    async eraseKnown(subject, { waits }) {
      const job = await jobs.begin(subject.tenantId, 'erase');
      const known = { subject, compact: false, suppress: () => Promise.resolve() };
      await erase(waits ? options : { ...options, doorMs: 0 }, job.id, known);
      return getJob(jobs, job.id);
    },
    async optOutSubject(request) {
      const subject = await identify(request);
      return doAtOnce(subject, 'opt-out', () =>
        suppressions.suppress(subject.tenantId, subject.digest, 'opted-out'),
      );
    },
    async optInSubject(request) {
      const subject = await identify(request);
      return doAtOnce(subject, 'opt-in', () => suppressions.lift(subject.tenantId, subject.digest));
    },
    async readSubjectRecords({ cursor, ...request }) {
      const subject = await identify(request);
      if (cursor === undefined) await doAtOnce(subject, 'export', () => Promise.resolve());
      return readPage(options, subject, cursor);
    },
    getSubjectJob: (id) => getJob(jobs, id),
    listSubjectJobs: async (tenant) =>
      jobs.list(tenant === undefined ? undefined : await options.getTenantId(tenant)),
    async settle() {
      await Promise.all(underWay);
    },
  };
}

async function getJob(jobs: SubjectJobStore, id: string): Promise<SubjectJob> {
  const job = await jobs.find(id);
  if (job !== undefined) return job;
  throw new AppError('subject_job_unknown', 'There is no such job.', { status: 404 });
}

interface Erasing {
  readonly subject: NamedSubject;
  readonly compact: boolean;
  readonly suppress: () => Promise<void>;
}

/** Never rejects: how it ended is what the job tells. */
async function erase(
  options: SubjectsOptions,
  id: string,
  { compact, subject, suppress }: Erasing,
): Promise<void> {
  const { jobs, logger } = options;
  const beat = setInterval(() => {
    jobs.stayAlive(id).catch((error: unknown) => {
      logger.warn({ err: error, job: id }, 'sign of life of an erasure not written');
    });
  }, aliveEveryMs);
  let end: SubjectJobEnd;
  try {
    await suppress();
    const { isDone, ...outcome } = await runErasure(options, subject, { compact });
    end = isDone ? { state: 'done', proof: outcome.proof } : toFailure(outcome);
  } catch (error) {
    logger.error({ err: error, job: id, tenantId: subject.tenantId }, 'erasure failed');
    const known = error instanceof AppError ? { code: error.code, why: `${error.message} ` } : undefined;
    end = {
      state: 'failed',
      code: known?.code ?? 'erasure_failed',
      reason: `${known?.why ?? ''}It did not come to its end. Ask again.`,
      proof: null,
    };
  } finally {
    clearInterval(beat);
  }
  await jobs.end(id, end).catch((error: unknown) => {
    logger.error({ err: error, job: id }, 'end of an erasure not written');
  });
}

const failureSchema = z.object({ code: z.string(), reason: z.string() });

function toFailure(outcome: Omit<Awaited<ReturnType<typeof runErasure>>, 'isDone'>): SubjectJobEnd {
  return { state: 'failed', ...failureSchema.parse(outcome), proof: outcome.proof };
}

const placeCursor = createPageCursor(z.tuple([z.string(), z.string().nullable()]));

async function readPage(
  { stores }: SubjectsOptions,
  subject: NamedSubject,
  cursor: string | undefined,
): ReturnType<SubjectOperations['readSubjectRecords']> {
  const all = Object.entries({ ...stores.events, control: stores.control });
  const [name, inner] = cursor === undefined ? [all[0]?.[0] ?? '', null] : placeCursor.read(cursor);
  const place = all.findIndex(([known]) => known === name);
  const store = all[place]?.[1];
  if (store === undefined) return { records: [], next: null };
  const { next, records } = await store.readRecords(subject, inner ?? undefined);
  const following = all[place + 1];
  const position: [string, string | null] | undefined =
    next === undefined ? following && [following[0], null] : [name, next];
  return {
    records: records.map((record) => ({ ...record, table: `${name}.${record.table}` })),
    next: position === undefined ? null : placeCursor.write(position),
  };
}
