import { decodeUtf8, isJson } from '../http/media-type.js';

/** A message of AMQP as far as it says what event it holds. */
export interface AmqpContent {
  readonly contentType: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Inflated. */
  readonly body: Uint8Array;
}

/** The prefix of CloudEvents' attributes among the headers; AMQP 1.0 has both, and clients of AMQP 0-9-1 took them over. */
const attributeHeader = /^cloudevents[:_]([a-z0-9]+)$/i;
/** Not attributes of an event; `datacontenttype` is the message's own content type. */
const notAttributes: ReadonlySet<string> = new Set(['data', 'data_base64', 'datacontenttype']);

/** Binary mode is told by the attributes being headers. One of them is enough to say what is missing. */
export function isBinaryMode({ contentType, headers }: AmqpContent): boolean {
  if (contentType.toLowerCase().startsWith('application/cloudevents')) return false;
  return Object.keys(headers).some((name) => attributeHeader.test(name));
}

/** The event of a message in binary mode in its structured form. What can't be read as JSON or text is base64. */
export function toStructuredEvent(content: AmqpContent): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const [header, value] of Object.entries(content.headers)) {
    const name = attributeHeader.exec(header)?.[1]?.toLowerCase();
    if (name === undefined || notAttributes.has(name)) continue;
    event[name] = toAttribute(value);
  }
  return { ...event, ...readData(content) };
}

function readData({ contentType, body }: AmqpContent): Record<string, unknown> {
  if (body.length === 0) return {};
  const mediaType = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  try {
    if (mediaType.startsWith('text/')) return { data: decodeUtf8(body) };
    if (mediaType === 'application/octet-stream' || isJson(mediaType)) {
      const data: unknown = JSON.parse(decodeUtf8(body));
      return { data };
    }
  } catch {
    // Bytes then, which the check of the event refuses with its own reason.
  }
  return { data_base64: Buffer.from(body).toString('base64') };
}

interface AmqpTimestamp {
  readonly '!': 'timestamp';
  readonly value: number;
}

/** Attributes are texts in JSON. A field table has numbers, switches, bytes and times besides. */
function toAttribute(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  if (Buffer.isBuffer(value)) return value.toString('base64');
  return isTimestamp(value) ? toTime(value.value) : value;
}

function isTimestamp(value: unknown): value is AmqpTimestamp {
  return (
    typeof value === 'object' &&
    value !== null &&
    '!' in value &&
    value['!'] === 'timestamp' &&
    'value' in value &&
    typeof value.value === 'number'
  );
}

/** Seconds since 1970. Beyond what a time can be, the number stays and is refused as a time. */
function toTime(seconds: number): string {
  const time = new Date(seconds * 1_000);
  return Number.isNaN(time.getTime()) ? String(seconds) : time.toISOString();
}
