/** The frames of PostgreSQL's protocol, version 3: a letter, a length, a body. */

export interface Frame {
  readonly type: string;
  /** With letter and length. */
  readonly bytes: Buffer;
}

const headBytes = 5;

export interface FrameReader {
  /** The frames that are whole by now. Throws `RangeError` when one says that it is longer than allowed. */
  push(chunk: Buffer): readonly Frame[];
  /** What has come and is not whole yet. */
  readonly rest: Buffer;
}

export function createFrameReader(frameBytesMax: number): FrameReader {
  const chunks: Buffer[] = [];
  let length = 0;
  let wanted = headBytes;

  function join(): Buffer {
    const joined = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks, length);
    chunks.splice(0, chunks.length, joined);
    return joined;
  }

  return {
    push(chunk) {
      chunks.push(chunk);
      length += chunk.length;
      // A long message comes in many pieces: they are joined once.
      if (length < wanted) return [];
      const buffer = join();
      const frames: Frame[] = [];
      let start = 0;
      wanted = headBytes;
      while (buffer.length - start >= headBytes) {
        const bytes = 1 + buffer.readUInt32BE(start + 1);
        if (bytes < headBytes || bytes > frameBytesMax) throw new RangeError(`a message of ${bytes} bytes`);
        if (buffer.length - start < bytes) {
          wanted = bytes;
          break;
        }
        frames.push(createFrame(buffer, start, bytes));
        start += bytes;
      }
      chunks.splice(0, chunks.length, buffer.subarray(start));
      length = buffer.length - start;
      return frames;
    },
    get rest() {
      return join();
    },
  };
}

function createFrame(buffer: Buffer, start: number, length: number): Frame {
  return { type: buffer.toString('latin1', start, start + 1), bytes: buffer.subarray(start, start + length) };
}

/** The frames of a whole answer of the engine. */
export function splitFrames(answer: Buffer): readonly Frame[] {
  const frames: Frame[] = [];
  for (let start = 0; start + headBytes <= answer.length;) {
    const length = 1 + answer.readUInt32BE(start + 1);
    frames.push(createFrame(answer, start, length));
    start += length;
  }
  return frames;
}

function encodeFrame(type: string, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 4);
  const head = Buffer.alloc(headBytes);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, ...parts]);
}

/** Text as the protocol ends it. */
function encodeText(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

function encodeNumber(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** One text after the other, from the body of a frame. */
export function readTexts(frame: Frame, count: number, offset = 0): readonly string[] {
  const texts: string[] = [];
  let start = headBytes + offset;
  while (texts.length < count) {
    const end = frame.bytes.indexOf(0, start);
    if (end < 0) return texts;
    texts.push(frame.bytes.toString('utf8', start, end));
    start = end + 1;
  }
  return texts;
}

/** Puts other texts in the place of the first ones of a body. */
export function replaceTexts(frame: Frame, texts: readonly string[], offset = 0): Buffer {
  let end = headBytes + offset;
  for (const [index] of texts.entries()) {
    const found = frame.bytes.indexOf(0, end);
    if (found < 0) throw new RangeError(`text ${index + 1} of a message has no end`);
    end = found + 1;
  }
  const kept = frame.bytes.subarray(headBytes, headBytes + offset);
  return encodeFrame(frame.type, kept, ...texts.map(encodeText), frame.bytes.subarray(end));
}

export const query = (sql: string): Buffer => encodeFrame('Q', encodeText(sql));
export const sync = encodeFrame('S');
export const closeStatement = (name: string): Buffer => encodeFrame('C', Buffer.from('S'), encodeText(name));
export const parameterStatus = (name: string, value: string): Buffer =>
  encodeFrame('S', encodeText(name), encodeText(value));
export const readyForQuery = (status: string): Buffer => encodeFrame('Z', Buffer.from(status));
export const authenticationOk = encodeFrame('R', encodeNumber(0));
export const passwordRequest = encodeFrame('R', encodeNumber(3));
export const backendKey = (id: number): Buffer => encodeFrame('K', encodeNumber(id), encodeNumber(0));

export type Severity = 'ERROR' | 'FATAL';

export function encodeError(severity: Severity, sqlState: string, message: string): Buffer {
  const fields = [`S${severity}`, `V${severity}`, `C${sqlState}`, `M${message}`];
  return encodeFrame('E', ...fields.map(encodeText), Buffer.from([0]));
}

/** The state of the transaction after an answer: `I` none, `T` open, `E` failed. */
export function findStatus(frames: readonly Frame[]): string | undefined {
  const last = frames.findLast((frame) => frame.type === 'Z');
  return last?.bytes.toString('latin1', headBytes, headBytes + 1);
}

/** What the engine says that it did, such as `SET` or `INSERT 0 1`. */
export function findTag(frames: readonly Frame[]): string | undefined {
  const last = frames.findLast((frame) => frame.type === 'C');
  return last === undefined ? undefined : readTexts(last, 1)[0];
}
