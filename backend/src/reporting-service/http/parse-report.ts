import { reportRequestSchema, reportStateSchema, type ReportRequest } from '@coditect/contracts';
import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import { bodyTooLarge, parseJsonBody, parseParameters } from '../../platform/http-requests.js';
import type { ReportPage } from '../../platform/reports.js';

/** Reads the request for a report. Throws 413 `body_too_large` also where only values of a panel may be that large. */
export function parseReportRequest(body: Buffer, queriesBytesMax: number): ReportRequest {
  const request = parseJsonBody(reportRequestSchema, body);
  if (request.queries !== undefined && body.length > queriesBytesMax) throw bodyTooLarge(queriesBytesMax);
  return request;
}

const pageMax = 200;

const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(pageMax).default(50),
  before: z.string().max(500).optional(),
  state: z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((text) => text.split(',')))
    .pipe(z.array(reportStateSchema))
    .default([]),
});

/** Reads `limit`, `before` and `state`. Throws 400 `parameter_invalid`. */
export function parsePage(query: unknown): ReportPage {
  const { limit, before, state } = parseParameters(pageSchema, query);
  return { limit, before, states: state };
}

/** Throws 400 `idempotency_key_invalid`. */
export function parseIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  const reason = 'An Idempotency-Key has 1 to 255 visible ASCII characters.';
  throw new AppError('idempotency_key_invalid', reason, { status: 400 });
}

/**
 * RFC 6266: a plain name for those who read no other, and the true one beside it. Decomposed, a wide sign has become one that
 * leads into a folder.
 */
export function contentDisposition(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll(/[^\x20-\x7e]+/g, '_')
    .replaceAll(/["\\%;/:*?<>|]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*!]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
