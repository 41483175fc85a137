import type { RejectedEvent } from '@coditect/contracts';
import { toErrorBody } from '../../platform/errors.js';
import type { OtlpEncoding } from './decode-logs.js';
import { encodeExportResponse, encodeStatus, type PartialSuccess } from './logs-proto.js';

/** An HTTP answer in the encoding of its request. */
export interface OtlpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  readonly retryAfterSeconds?: number;
}

const contentTypes: Readonly<Record<OtlpEncoding, string>> = {
  json: 'application/json',
  protobuf: 'application/x-protobuf',
};

/** Codes of `google.rpc.Code` by HTTP status. */
const rpcCodes: Readonly<Record<number, number>> = {
  401: 16,
  403: 7,
  404: 5,
  413: 8,
  429: 8,
  500: 13,
  503: 14,
};
const INVALID_ARGUMENT = 3;

/** 200 with an `ExportLogsServiceResponse`, which is empty when every record was kept. */
export function answerAccepted(rejected: readonly RejectedEvent[], encoding: OtlpEncoding): OtlpAnswer {
  const partialSuccess = toPartialSuccess(rejected);
  const body =
    encoding === 'protobuf'
      ? Buffer.from(encodeExportResponse(partialSuccess))
      : Buffer.from(JSON.stringify(toJson(partialSuccess)));
  return { status: 200, contentType: contentTypes[encoding], body };
}

/** The error as a `google.rpc.Status`. OTLP senders repeat requests that were answered 429 or 503, and no other. */
export function answerRefused(
  error: unknown,
  encoding: OtlpEncoding,
): OtlpAnswer & { readonly code: string } {
  const { status, body } = toErrorBody(error);
  const { code, reason, retryAfterSeconds } = body.error;
  const rpcCode = rpcCodes[status] ?? INVALID_ARGUMENT;
  const message = `${code}: ${reason}`;
  return {
    code,
    status,
    contentType: contentTypes[encoding],
    body:
      encoding === 'protobuf'
        ? Buffer.from(encodeStatus(rpcCode, message))
        : Buffer.from(JSON.stringify({ code: rpcCode, message })),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

function toPartialSuccess(rejected: readonly RejectedEvent[]): PartialSuccess | undefined {
  const [first] = rejected;
  if (first === undefined) return undefined;
  const counts = new Map<string, number>();
  for (const { code } of rejected) counts.set(code, (counts.get(code) ?? 0) + 1);
  const summary = [...counts].map(([code, count]) => `${code} (${count})`).join(', ');
  const errorMessage = `${summary}; the first is record ${first.index}, ${first.pointer || 'as a whole'}: ${first.reason}`;
  return { rejectedLogRecords: rejected.length, errorMessage };
}

/** Protobuf's JSON writes 64-bit numbers as text. */
function toJson(partialSuccess: PartialSuccess | undefined): object {
  if (partialSuccess === undefined) return {};
  const { rejectedLogRecords, errorMessage } = partialSuccess;
  return { partialSuccess: { rejectedLogRecords: String(rejectedLogRecords), errorMessage } };
}
