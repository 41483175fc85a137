import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { AppError } from '../../platform/errors.js';
import type { BodyShare } from '../body-budget.js';
import type { CollectorLimits } from '../limits.js';

export type BodyLimits = Pick<CollectorLimits, 'bodyBytesMax' | 'inflatedBytesMax'>;

const inflaters: Readonly<Record<string, Inflater>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: (body) => (hasZlibHeader(body) ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
};

/**
 * The body, inflated. As sent it has at most `bodyBytesMax` bytes and inflating stops at `inflatedBytesMax`, so that
 * no request makes the process hold more; the share takes each part before it is kept, so that all of them together do
 * not either. Throws `AppError`: 413 `body_too_large`, 415 `encoding_unsupported`, 429 `overloaded`,
 * 400 `body_truncated`, `encoding_invalid`, `body_incomplete`.
 */
export async function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  share: BodyShare,
): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  const inflater = findInflater(encoding);
  if (Number(request.headers['content-length']) > limits.bodyBytesMax) throw tooLarge(limits.bodyBytesMax);
  const body = await readBytes(request, limits.bodyBytesMax, share);
  return inflateWith(inflater, body, { limits, share });
}

/** The same for a body that was read. Throws like `readBody`, all but `body_incomplete`. */
export async function inflateBody(
  body: Buffer,
  encoding: string | undefined,
  limits: BodyLimits,
  share: BodyShare,
): Promise<Buffer> {
  const inflater = findInflater(encoding);
  if (body.length > limits.bodyBytesMax) throw tooLarge(limits.bodyBytesMax);
  share.take(body.length);
  return inflateWith(inflater, body, { limits, share });
}

type Inflater = (body: Buffer) => Transform;

interface NamedInflater {
  readonly encoding: string;
  readonly inflate: Inflater;
}

/** `undefined` for a body that is not encoded. */
function findInflater(header: string | undefined): NamedInflater | undefined {
  const encoding = (header ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return undefined;
  const inflate = Object.hasOwn(inflaters, encoding) ? inflaters[encoding] : undefined;
  if (inflate !== undefined) return { encoding, inflate };
  const reason = 'A body may be encoded with one of gzip, deflate and br, or not at all.';
  throw new AppError('encoding_unsupported', reason, { status: 415 });
}

interface InflateBounds {
  readonly limits: BodyLimits;
  readonly share: BodyShare;
}

async function inflateWith(
  inflater: NamedInflater | undefined,
  body: Buffer,
  { limits, share }: InflateBounds,
): Promise<Buffer> {
  if (inflater === undefined) return body;
  const chunks = createChunks(limits.inflatedBytesMax, share);
  const inflating = inflater.inflate(body);
  const parts: AsyncIterable<Buffer> = inflating;
  inflating.end(body);
  try {
    for await (const part of parts) chunks.add(part);
  } catch (error) {
    throw toInflateError(error, inflater.encoding);
  }
  // What came is dropped now: the inflated body is all that is kept.
  share.giveBack(body.length);
  return chunks.join();
}

interface Chunks {
  /** Throws `body_too_large` or `overloaded`, and forgets what it has. */
  add(chunk: Buffer): void;
  join(): Buffer;
}

function createChunks(bytesMax: number, share: BodyShare): Chunks {
  let chunks: Buffer[] = [];
  let bytes = 0;
  return {
    add(chunk) {
      bytes += chunk.length;
      try {
        if (bytes > bytesMax) throw tooLarge(bytesMax);
        share.take(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        chunks = [];
        throw error;
      }
    },
    join: () => Buffer.concat(chunks),
  };
}

function readBytes(request: IncomingMessage, bytesMax: number, share: BodyShare): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks = createChunks(bytesMax, share);
    const onData = (chunk: Buffer) => {
      try {
        chunks.add(chunk);
      } catch (error) {
        // The rest is let flow away unread: a socket that is cut would take the answer with it.
        request.off('data', onData);
        request.resume();
        reject(error instanceof Error ? error : new Error('body not read', { cause: error }));
      }
    };
    const onBroken = () => {
      reject(new AppError('body_incomplete', 'The connection ended before the body did.', { status: 400 }));
    };
    request.on('data', onData);
    request.once('end', () => {
      resolve(chunks.join());
    });
    request.once('error', onBroken);
    request.once('close', onBroken);
  });
}

function toInflateError(error: unknown, encoding: string): AppError {
  if (error instanceof AppError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') {
    return new AppError('body_truncated', `The ${encoding} body ends too early.`, {
      status: 400,
      cause: error,
    });
  }
  return new AppError('encoding_invalid', `The body is no valid ${encoding}.`, { status: 400, cause: error });
}

function tooLarge(limit: number): AppError {
  return new AppError('body_too_large', `The body has more than ${limit} bytes.`, { status: 413, limit });
}

/** Some senders of `deflate` leave the zlib header out, against RFC 9110. */
function hasZlibHeader(body: Buffer): boolean {
  return body.length >= 2 && (body.readUInt8(0) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}
