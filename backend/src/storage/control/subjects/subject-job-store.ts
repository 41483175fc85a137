import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../../platform/errors.js';
import {
  erasureProofSchema,
  subjectJobKinds,
  type SubjectJob,
  type SubjectJobStore,
} from '../../../platform/subjects.js';
import type { SqlDatabase } from '../../postgres/sql-executor.js';

/** Whoever does it tells twice a minute that it goes on. */
export const silentMsMax = 180_000;
const jobsMax = 1_000;

const jobRow = z.object({
  job_id: z.string(),
  tenant_id: z.string(),
  kind: z.enum(subjectJobKinds),
  state: z.enum(['running', 'done', 'failed']),
  proof: z.string().nullable(),
  failure_code: z.string().nullable(),
  failure_reason: z.string().nullable(),
  created_at: z.date(),
  ended_at: z.date().nullable(),
});
const columns = 'job_id, tenant_id, kind, state, proof, failure_code, failure_reason, created_at, ended_at';

export function createSubjectJobStore(options: {
  readonly database: SqlDatabase;
  readonly now: () => Date;
}): SubjectJobStore {
  const { database, now } = options;
  return {
    async begin(tenantId, kind) {
      const at = now();
      await database.query(
        `UPDATE control.subject_jobs SET state = 'failed', failure_code = 'interrupted', ended_at = $1,
           failure_reason = 'Whoever did it gave no sign of life any more. Ask for it again.'
         WHERE state = 'running' AND alive_at < $2`,
        [at, new Date(at.getTime() - silentMsMax)],
      );
      const [row] = await database.query(
        `INSERT INTO control.subject_jobs (job_id, tenant_id, kind, state, created_at, alive_at)
         VALUES ($1, $2, $3, 'running', $4, $4) ON CONFLICT DO NOTHING RETURNING ${columns}`,
        [`subject_${randomUUID()}`, tenantId, kind, at],
      );
      if (row !== undefined) return toJob(row);
      throw new AppError('erasure_running', 'Another erasure is under way. Ask again when it has ended.', {
        status: 409,
        retryable: true,
      });
    },
    async stayAlive(id) {
      await database.query(`UPDATE control.subject_jobs SET alive_at = $2 WHERE job_id = $1`, [id, now()]);
    },
    async end(id, end) {
      const [code, reason] = end.state === 'failed' ? [end.code, end.reason] : [null, null];
      await database.query(
        `UPDATE control.subject_jobs SET state = $2, proof = $3, failure_code = $4, failure_reason = $5, ended_at = $6
         WHERE job_id = $1`,
        [id, end.state, end.proof === null ? null : JSON.stringify(end.proof), code, reason, now()],
      );
    },
    async find(id) {
      const [row] = await database.query(`SELECT ${columns} FROM control.subject_jobs WHERE job_id = $1`, [
        id,
      ]);
      return row === undefined ? undefined : toJob(row);
    },
    async list(tenantId) {
      const rows = await database.query(
        `SELECT ${columns} FROM control.subject_jobs WHERE $1::text IS NULL OR tenant_id = $1
         ORDER BY created_at DESC, job_id LIMIT $2`,
        [tenantId ?? null, jobsMax],
      );
      return rows.map(toJob);
    },
    async forget(before) {
      const gone = await database.query(
        'DELETE FROM control.subject_jobs WHERE ended_at < $1 RETURNING job_id',
        [before],
      );
      return gone.length;
    },
  };
}

function toJob(unparsed: unknown): SubjectJob {
  const row = jobRow.parse(unparsed);
  const { failure_code: code, failure_reason: reason, proof } = row;
  return {
    id: row.job_id,
    tenant: row.tenant_id,
    kind: row.kind,
    state: row.state,
    proof: proof === null ? null : erasureProofSchema.parse(JSON.parse(proof)),
    failure: code === null ? null : { code, reason: reason ?? '' },
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at === null ? null : row.ended_at.toISOString(),
  };
}
