import { parseJsonBody } from '../http/media-type.js';
import { AppError } from '../../platform/errors.js';
import type { Candidate } from '../candidate.js';
import type { CollectorLimits } from '../limits.js';
import { decodeExportRequest } from './logs-proto.js';
import { parseExportRequest, type ParsedRecord } from './parse-logs.js';
import { createRecordIds } from './record-id.js';
import { toEvent } from './to-event.js';

export type OtlpEncoding = 'json' | 'protobuf';

export interface DecodedLogs {
  readonly candidates: Candidate[];
  /** Texts that were left out as content. */
  readonly contentDropped: number;
}

/**
 * The events of an `ExportLogsServiceRequest`, still unchecked. Throws `AppError`: 400 `body_empty`, `body_not_json`,
 * `body_not_utf8`, `body_not_protobuf`, `body_not_otlp`; 413 `batch_too_large`.
 */
export function decodeLogs(
  body: Uint8Array,
  encoding: OtlpEncoding,
  limits: Pick<CollectorLimits, 'logRecordsMax' | 'depthMax'>,
): DecodedLogs {
  const request = encoding === 'json' ? parseJsonBody(body) : decodeProtobuf(body);
  const idEncoding = encoding === 'json' ? 'hex' : 'base64';
  const records = parseExportRequest(request, { idEncoding, depthMax: limits.depthMax });
  if (records === undefined) {
    throw new AppError('body_not_otlp', 'The body is no ExportLogsServiceRequest.', { status: 400 });
  }
  if (records.length > limits.logRecordsMax) {
    const limit = limits.logRecordsMax;
    throw new AppError('batch_too_large', `A request holds at most ${limit} log records.`, {
      status: 413,
      limit,
    });
  }
  return toCandidates(records);
}

function toCandidates(records: readonly ParsedRecord[]): DecodedLogs {
  const idOf = createRecordIds();
  let contentDropped = 0;
  const candidates = records.map((record, index): Candidate => {
    if (record === undefined) {
      const reason = 'A log record must be an object.';
      return { index, rejection: { code: 'record_not_object', pointer: '', reason } };
    }
    const result = toEvent(record, idOf(record));
    contentDropped += result.contentDropped;
    return { index, event: result.event };
  });
  return { candidates, contentDropped };
}

function decodeProtobuf(body: Uint8Array): unknown {
  try {
    return decodeExportRequest(body);
  } catch (cause) {
    throw new AppError('body_not_protobuf', 'The body is no ExportLogsServiceRequest.', {
      status: 400,
      cause,
    });
  }
}
