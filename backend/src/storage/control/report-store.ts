import { createHash, randomUUID } from 'node:crypto';
import type { Report } from '@coditect/contracts';
import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import type { NewReport, ReportStore } from '../../platform/reports.js';
import type { SqlDatabase } from '../postgres/sql-executor.js';
import { lockToTenant } from '../postgres/tenant-role.js';
import {
  packRequest,
  readPosition,
  reportColumns,
  toManifest,
  toReport,
  toStart,
  toText,
  writePosition,
} from './report-rows.js';

export interface ReportStoreOptions {
  /** With the tables of the control store's migrations. */
  readonly database: SqlDatabase;
  readonly now: () => Date;
}

/** Reports in PostgreSQL, beside the control data. */
export function createReportStore({ database, now }: ReportStoreOptions): ReportStore {
  const of = (tenantId: string): OneTenant => lockToTenant(database, tenantId);
  async function find(tenantId: string, id: string): Promise<Report | undefined> {
    const [row] = await of(tenantId).query(
      `SELECT ${reportColumns} FROM control.reports WHERE tenant_id = $1 AND report_id = $2`,
      [tenantId, toText(id)],
    );
    return row === undefined ? undefined : toReport(row);
  }

  return {
    find,
    add: (tenantId, report) => addReport(of(tenantId), tenantId, report, now()),
    async list(tenantId, { limit, before, states }) {
      const position = before === undefined ? undefined : readPosition(before);
      const rows = await of(tenantId).query(
        `SELECT ${reportColumns} FROM control.reports
         WHERE tenant_id = $1 AND (cardinality($2::text[]) = 0 OR state = ANY ($2::text[]))
           AND ($3::timestamptz IS NULL OR (created_at, report_id) < ($3::timestamptz, $4::text))
         ORDER BY created_at DESC, report_id DESC LIMIT $5::integer`,
        [tenantId, states, position?.createdAt ?? null, position?.id ?? null, limit + 1],
      );
      const reports = rows.slice(0, limit).map(toReport);
      const last = reports.at(-1);
      return { reports, next: rows.length <= limit || last === undefined ? null : writePosition(last) };
    },
    async findManifest(tenantId, id) {
      const [row] = await of(tenantId).query(
        'SELECT manifest FROM control.reports WHERE tenant_id = $1 AND report_id = $2',
        [tenantId, toText(id)],
      );
      return row === undefined ? undefined : toManifest(row);
    },
    async cancel(tenantId, id) {
      await of(tenantId).query(
        `UPDATE control.reports SET state = 'cancelled', finished_at = $3, lease_owner = NULL, lease_until = NULL
         WHERE tenant_id = $1 AND report_id = $2 AND state IN ('queued', 'running')`,
        [tenantId, toText(id), now()],
      );
      return find(tenantId, id);
    },
    async retry(tenantId, id, attemptsMax) {
      const rows = await of(tenantId).query(
        `UPDATE control.reports SET state = 'queued', progress = 0, attempts_left = $3, queued_at = $4, due_at = $4,
           started_at = NULL, finished_at = NULL, expires_at = NULL, failure_code = NULL, failure_reason = NULL,
           file = NULL, notices = '[]', manifest = NULL
         WHERE tenant_id = $1 AND report_id = $2 AND state IN ('failed', 'cancelled', 'expired')
         RETURNING report_id`,
        [tenantId, toText(id), attemptsMax, now()],
      );
      const report = await find(tenantId, id);
      return report === undefined ? undefined : { report, isQueued: rows.length > 0 };
    },
    async remove(tenantId, id) {
      const [row] = await of(tenantId).query(
        `DELETE FROM control.reports WHERE tenant_id = $1 AND report_id = $2
         RETURNING tenant_id, report_id, attempt`,
        [tenantId, toText(id)],
      );
      return row === undefined ? undefined : toStart(row);
    },
  };
}

type OneTenant = ReturnType<typeof lockToTenant>;

async function addReport(
  database: OneTenant,
  tenantId: string,
  report: NewReport,
  at: Date,
): Promise<Report> {
  const { request, idempotencyKey = null } = report;
  const json = JSON.stringify(request);
  // Parsed requests have their keys in the order of the schema: equal ones are equal texts.
  const hash = createHash('sha256').update(json).digest('hex');
  const [row] = await database.query(
    `INSERT INTO control.reports (tenant_id, report_id, schedule_id, requested_by, idempotency_key, title, format,
       content, request, request_hash, state, attempts_left, created_at, queued_at, due_at)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued', $11::integer, $12::timestamptz, $12, $12
     WHERE (SELECT count(*) FROM control.reports WHERE tenant_id = $1 AND state = 'queued') < $13::integer
     ON CONFLICT (tenant_id, idempotency_key) DO NOTHING
     RETURNING ${reportColumns}`,
    [
      tenantId,
      `report_${randomUUID()}`,
      report.scheduleId,
      report.requestedBy,
      idempotencyKey,
      toText(request.title),
      request.format,
      request.frames === undefined ? 'queries' : 'frames',
      await packRequest(json),
      hash,
      report.attemptsMax,
      at,
      report.queuedMax,
    ],
  );
  return row === undefined
    ? findSame(database, { tenantId, idempotencyKey, hash, queuedMax: report.queuedMax })
    : toReport(row);
}

const hashRow = z.object({ request_hash: z.string() });

/** Why nothing was put in the queue: the same request is there already, or another one of the key, or it is full. */
async function findSame(
  database: OneTenant,
  asked: { tenantId: string; idempotencyKey: string | null; hash: string; queuedMax: number },
): Promise<Report> {
  const [row] = await database.query(
    `SELECT ${reportColumns}, request_hash FROM control.reports WHERE tenant_id = $1 AND idempotency_key = $2`,
    [asked.tenantId, asked.idempotencyKey],
  );
  if (row === undefined) {
    const reason = `There are ${asked.queuedMax} reports of this tenant waiting already.`;
    const limit = asked.queuedMax;
    throw new AppError('too_many_reports', reason, {
      status: 429,
      retryable: true,
      limit,
      retryAfterSeconds: 10,
    });
  }
  if (hashRow.parse(row).request_hash === asked.hash) return toReport(row);
  const reason = 'This Idempotency-Key came with another request before. Take a new one for a new report.';
  throw new AppError('idempotency_conflict', reason, { status: 409 });
}
