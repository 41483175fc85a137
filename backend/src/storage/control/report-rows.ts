import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import {
  noticeSchema,
  reportFileSchema,
  reportFormatSchema,
  reportManifestSchema,
  reportRequestSchema,
  reportStateSchema,
  type Report,
  type ReportManifest,
  type ReportRequest,
} from '@coditect/contracts';
import { z } from 'zod';
import { createPageCursor, epochMsSchema } from '../../platform/page-cursor.js';
import type { ReportJob, ReportStart } from '../../platform/reports.js';

/** Columns of what is told about a report: everything but the request and the manifest. */
export const reportColumns = `report_id, title, format, content, state, progress, attempt, created_at, started_at,
  finished_at, expires_at, failure_code, failure_reason, file, schedule_id, notices`;

/** JSON in a column of text. What is no JSON is an issue like any other, not an error of its own. */
export const jsonText = <T>(schema: z.ZodType<T>) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is no JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

const reportRow = z.object({
  report_id: z.string(),
  title: z.string(),
  format: reportFormatSchema,
  content: z.enum(['queries', 'frames']),
  state: reportStateSchema,
  progress: z.number(),
  attempt: z.int(),
  created_at: z.date(),
  started_at: z.date().nullable(),
  finished_at: z.date().nullable(),
  expires_at: z.date().nullable(),
  failure_code: z.string().nullable(),
  failure_reason: z.string().nullable(),
  file: jsonText(reportFileSchema).nullable(),
  schedule_id: z.string().nullable(),
  notices: jsonText(z.array(noticeSchema)),
});

export function toReport(row: unknown): Report {
  const { failure_code: code, failure_reason: reason, ...parsed } = reportRow.parse(row);
  return {
    id: parsed.report_id,
    title: parsed.title,
    format: parsed.format,
    content: parsed.content,
    state: parsed.state,
    progress: parsed.progress,
    attempt: parsed.attempt,
    createdAt: parsed.created_at.toISOString(),
    startedAt: toInstant(parsed.started_at),
    finishedAt: toInstant(parsed.finished_at),
    expiresAt: toInstant(parsed.expires_at),
    failure: code === null ? null : { code, reason: reason ?? '' },
    file: parsed.file,
    scheduleId: parsed.schedule_id,
    notices: parsed.notices,
  };
}

function toInstant(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}

const manifestRow = z.object({ manifest: jsonText(reportManifestSchema).nullable() });

export function toManifest(row: unknown): ReportManifest | null {
  return manifestRow.parse(row).manifest;
}

const jobRow = z.object({
  tenant_id: z.string(),
  name: z.string(),
  time_zone: z.string(),
  report_id: z.string(),
  attempt: z.int(),
  attempts_left: z.int(),
  schedule_id: z.string().nullable(),
  request: z.instanceof(Uint8Array),
  created_at: z.date(),
});

/** `undefined` when this version can't read what was asked for. */
export async function toJob(row: unknown): Promise<ReportJob | undefined> {
  const parsed = jobRow.parse(row);
  const request = await unpackRequest(parsed.request).catch(() => undefined);
  if (request === undefined) return undefined;
  return {
    tenant: { id: parsed.tenant_id, name: parsed.name, timeZone: parsed.time_zone },
    id: parsed.report_id,
    attempt: parsed.attempt,
    isLastAttempt: parsed.attempts_left === 0,
    scheduleId: parsed.schedule_id,
    request,
    createdAtMs: parsed.created_at.getTime(),
  };
}

const startRow = z.object({ tenant_id: z.string(), report_id: z.string(), attempt: z.int() });

export function toStart(row: unknown): ReportStart {
  const { tenant_id: tenantId, report_id: id, attempt } = startRow.parse(row);
  return { tenantId, id, attempt };
}

const zip = promisify(gzip);
const unzip = promisify(gunzip);

export async function packRequest(json: string): Promise<Buffer> {
  return zip(json);
}

async function unpackRequest(bytes: Uint8Array): Promise<ReportRequest> {
  return reportRequestSchema.parse(JSON.parse((await unzip(bytes)).toString()));
}

/** PostgreSQL keeps every text but one with this character. */
export function toText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD');
}

const positionCursor = createPageCursor(z.tuple([epochMsSchema, z.string()]), '/before');

/** Where the next page begins, as an opaque text. */
export function writePosition(report: Pick<Report, 'createdAt' | 'id'>): string {
  return positionCursor.write([Date.parse(report.createdAt), report.id]);
}

/** Throws `AppError` 400 `cursor_invalid`. */
export function readPosition(cursor: string): { readonly createdAt: Date; readonly id: string } {
  const [createdAtMs, id] = positionCursor.read(cursor);
  return { createdAt: new Date(createdAtMs), id: toText(id) };
}
