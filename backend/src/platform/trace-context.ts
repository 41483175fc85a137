import { randomBytes } from 'node:crypto';

/** Where in a trace something runs, as W3C Trace Context carries it from process to process. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
}

const pattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const lengthMax = 200;

/** What a `traceparent` says; `undefined` for whatever is not one, since anybody may send anything. */
export function parseTraceparent(header: unknown): TraceContext | undefined {
  if (typeof header !== 'string' || header.length > lengthMax) return undefined;
  const [, traceId, spanId, flags = '00'] = pattern.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/** The beginning of a trace that nobody records: its id still ties log lines together. */
export function beginTrace(): TraceContext {
  const id = randomBytes(24).toString('hex');
  return { traceId: id.slice(0, 32), spanId: id.slice(32), isSampled: false };
}
