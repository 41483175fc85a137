import { refuse, within, type Checked, type Rejection } from './candidate.js';
import { checkData, type EventColumns } from './check-data.js';
import { checkTime } from './event-time.js';
import { addAttribute, createAttributeSink, type AttributeSink } from './flatten-data.js';
import type { CollectorLimits } from './limits.js';
import { checkRequiredText, checkText } from './text-check.js';

/** An event that may be kept. The user is still named in it. */
export interface CheckedEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string | undefined;
  /** Epoch milliseconds, `undefined` where the producer gave none. */
  readonly occurredAt: number | undefined;
  readonly columns: EventColumns;
  readonly attributes: Record<string, string>;
}

export interface CheckContext {
  readonly limits: CollectorLimits;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

const ID = { name: 'id', charsMax: 512 };
const SOURCE = { name: 'source', charsMax: 1_024 };
const TYPE = { name: 'type', charsMax: 256 };
const SUBJECT = { name: 'subject', charsMax: 1_024 };

/** Members of the envelope that are dealt with by name; any other one is an extension attribute. */
const namedMembers: ReadonlySet<string> = new Set([
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'data',
  'data_base64',
  'datacontenttype',
]);

/**
 * Checks one CloudEvent 1.0 in structured JSON form: attributes, time, and `data` by the schema of its type.
 * Pure; never throws, whatever it is given.
 */
export function checkEvent(event: unknown, context: CheckContext): Checked<CheckedEvent> {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    return refuse('event_not_object', '', 'An event must be a JSON object.');
  }
  return checkMembers(event as Record<string, unknown>, context);
}

function checkMembers(event: Record<string, unknown>, context: CheckContext): Checked<CheckedEvent> {
  const versionFault = findVersionFault(event.specversion);
  if (versionFault !== undefined) return { ok: false, rejection: versionFault };
  const id = checkRequiredText(event.id, ID);
  if (!id.ok) return id;
  const source = checkRequiredText(event.source, SOURCE);
  if (!source.ok) return source;
  const type = checkRequiredText(event.type, TYPE);
  if (!type.ok) return type;
  const subject = checkSubject(event.subject);
  if (!subject.ok) return subject;
  const time = checkTime(event.time, {
    nowMs: context.nowMs,
    futureSkewHours: context.limits.futureSkewHours,
  });
  if (!time.ok) return time;
  const payload = readPayload(event);
  if (!payload.ok) return payload;
  const sink = createAttributeSink(context.limits);
  const data = checkData(type.value, payload.value, sink);
  if (!data.ok) return data;
  const extensionFault = addExtensions(sink, event);
  if (extensionFault !== undefined) return { ok: false, rejection: extensionFault };
  return {
    ok: true,
    value: {
      id: id.value,
      source: source.value,
      type: type.value,
      subject: subject.value,
      occurredAt: time.value,
      columns: data.value.columns,
      attributes: data.value.attributes,
    },
  };
}

function findVersionFault(value: unknown): Rejection | undefined {
  if (value === '1.0') return undefined;
  if (value === undefined || value === null) {
    return {
      code: 'specversion_missing',
      pointer: '/specversion',
      reason: 'An event needs "specversion": "1.0".',
    };
  }
  return { code: 'specversion_unsupported', pointer: '/specversion', reason: '"specversion" must be "1.0".' };
}

function checkSubject(value: unknown): Checked<string | undefined> {
  return value === undefined || value === null ? { ok: true, value: undefined } : checkText(value, SUBJECT);
}

/** `data` as it is, or `data_base64` where that holds JSON. Other bytes can't become columns and are refused. */
function readPayload(event: Record<string, unknown>): Checked<unknown> {
  const encoded = event.data_base64;
  if (encoded === undefined || encoded === null) return { ok: true, value: event.data };
  const reason = '"data_base64" must be the base64 of JSON; other bytes are not taken.';
  if (typeof encoded !== 'string' || event.data !== undefined)
    return refuse('data_invalid', '/data_base64', reason);
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
    return { ok: true, value };
  } catch {
    return refuse('data_invalid', '/data_base64', reason);
  }
}

/** Extension attributes, such as `traceparent`, are kept under their own names; a field of `data` goes first. */
function addExtensions(sink: AttributeSink, event: Record<string, unknown>): Rejection | undefined {
  for (const name in event) {
    if (namedMembers.has(name)) continue;
    const fault = addAttribute(sink, name, event[name]);
    if (fault !== undefined) return within(name, fault);
  }
  return undefined;
}
