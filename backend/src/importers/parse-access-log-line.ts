import { createHash } from 'node:crypto';
import { parseAccessLogTime, readAccessLogLine, type AccessLogFields } from './access-log-line.js';
import { rejectLine, type ParseLine, type ParsedLine } from './parsed-line.js';
import type { Line } from './split-lines.js';
import { toRoute } from './to-route.js';

/**
 * Reads lines of an access log as `request.completed` events. The same line at the same place of a file of the same
 * name is the same event: its id is a hash of source, byte offset and line. Host, referrer and agent are not kept.
 */
export function createAccessLogParser(options: {
  readonly fileName: string;
  readonly isCombined: boolean;
}): ParseLine {
  const source = `/import/access-log/${encodeURIComponent(options.fileName)}`;
  return (line) => {
    const fields = readAccessLogLine(line.bytes.toString('utf8'));
    if ('missing' in fields) return rejectLine('not_access_log', fields.missing);
    if (options.isCombined && !fields.isCombined) {
      return rejectLine(
        'not_access_log',
        'There are no "referrer" and "agent": this is not the combined format.',
      );
    }
    return toEvent(source, line, fields);
  };
}

function toEvent(
  source: string,
  line: Line & { readonly bytes: Buffer },
  fields: AccessLogFields,
): ParsedLine {
  const time = parseAccessLogTime(fields.time);
  if (time === undefined)
    return rejectLine('time_invalid', 'The time is not like 10/Oct/2000:13:55:36 -0700.');
  const [, method, target] =
    /^([A-Za-z][A-Za-z-]{0,31}) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/.exec(fields.request) ?? [];
  if (method === undefined || target === undefined) {
    return rejectLine('request_invalid', 'The request is not like GET /path HTTP/1.1.');
  }
  const statusCode = Number(fields.status);
  const route = toRoute(target);
  const event = {
    specversion: '1.0',
    id: hashLine(source, line),
    source,
    type: 'ai.coditect.api.request.completed.v1',
    time,
    subject: route,
    datacontenttype: 'application/json',
    data: {
      ...(fields.authUser !== '-' && { userId: fields.authUser }),
      method: method.toUpperCase(),
      route,
      statusCode,
      ...(fields.bytes !== '-' && { responseBytes: Number(fields.bytes) }),
    },
  };
  return { ok: true, event, bytes: JSON.stringify(event).length };
}

function hashLine(source: string, line: Line & { readonly bytes: Buffer }): string {
  const hash = createHash('sha256').update(`${source}\n${line.offset}\n`).update(line.bytes);
  return hash.digest('hex').slice(0, 32);
}
