import { hash } from 'node:crypto';
import type { OtlpLogRecord, OtlpValue } from './otlp-types.js';

/**
 * Names records of one request. A record's own `log.record.uid` goes first; otherwise it is a hash of resource,
 * scope and record together with its occurrence number, so that equal records of one request stay apart and the
 * same request sent again gives the same names.
 */
export function createRecordIds(): (record: OtlpLogRecord) => string {
  const occurrences = new Map<string, number>();
  // The records of a group share their resource and scope: each is written down once.
  const written = new WeakMap<object, string>();
  const write = (part: OtlpLogRecord['resource'] | OtlpLogRecord['scope']): string => {
    const known = written.get(part);
    if (known !== undefined) return known;
    const text = JSON.stringify(part);
    written.set(part, text);
    return text;
  };
  return (record) => {
    const uid = record.attributes['log.record.uid'];
    if (typeof uid === 'string' && uid !== '' && uid.length <= 512) return uid;
    const digest = hash(
      'sha256',
      `${write(record.resource)}\n${write(record.scope)}\n${writeRecord(record)}`,
      'hex',
    );
    const occurrence = occurrences.get(digest) ?? 0;
    occurrences.set(digest, occurrence + 1);
    return `${digest.slice(0, 32)}-${occurrence}`;
  };
}

function writeRecord(record: OtlpLogRecord): string {
  const parts: readonly OtlpValue[] = [
    record.timeUnixNano,
    record.observedTimeUnixNano,
    record.severityNumber,
    record.severityText,
    record.eventName,
    record.body,
    record.attributes,
    record.traceId,
    record.spanId,
  ];
  return JSON.stringify(parts);
}
