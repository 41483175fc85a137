import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import { AppError } from '../../platform/errors.js';
import type { CollectorLimits } from '../limits.js';

export type BodyLimits = Pick<CollectorLimits, 'bodyBytesMax' | 'inflatedBytesMax'>;

const inflaters: Readonly<Record<string, Inflater>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: (body, options) =>
    (hasZlibHeader(body) ? promisify(inflate) : promisify(inflateRaw))(body, options),
  br: promisify(brotliDecompress),
};

/**
 * The body, inflated. As sent it has at most `bodyBytesMax` bytes and inflating stops at `inflatedBytesMax`, so that
 * no request makes the process hold more. Throws `AppError`: 413 `body_too_large`, 415 `encoding_unsupported`,
 * 400 `body_truncated`, `encoding_invalid`, `body_incomplete`.
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  const inflater = findInflater(encoding);
  if (Number(request.headers['content-length']) > limits.bodyBytesMax) throw tooLarge(limits.bodyBytesMax);
  const body = await readBytes(request, limits.bodyBytesMax);
  return inflateWith(inflater, body, limits);
}

/** The same for a body that was read. Throws like `readBody`, all but `body_incomplete`. */
export async function inflateBody(
  body: Buffer,
  encoding: string | undefined,
  limits: BodyLimits,
): Promise<Buffer> {
  const inflater = findInflater(encoding);
  if (body.length > limits.bodyBytesMax) throw tooLarge(limits.bodyBytesMax);
  return inflateWith(inflater, body, limits);
}

type Inflater = (body: Buffer, options: ZlibOptions) => Promise<Buffer>;

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

async function inflateWith(
  inflater: NamedInflater | undefined,
  body: Buffer,
  limits: BodyLimits,
): Promise<Buffer> {
  if (inflater === undefined) return body;
  try {
    return await inflater.inflate(body, { maxOutputLength: limits.inflatedBytesMax });
  } catch (error) {
    throw toInflateError(error, inflater.encoding, limits);
  }
}

function readBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bytesMax) {
        chunks.push(chunk);
        return;
      }
      // The rest is let flow away unread: a socket that is cut would take the answer with it.
      request.off('data', onData);
      request.resume();
      reject(tooLarge(bytesMax));
    };
    const onBroken = () => {
      reject(new AppError('body_incomplete', 'The connection ended before the body did.', { status: 400 }));
    };
    request.on('data', onData);
    request.once('end', () => {
      resolve(Buffer.concat(chunks));
    });
    request.once('error', onBroken);
    request.once('close', onBroken);
  });
}

function toInflateError(error: unknown, encoding: string, limits: BodyLimits): AppError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(limits.inflatedBytesMax);
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
