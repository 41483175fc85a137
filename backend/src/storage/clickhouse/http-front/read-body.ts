import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { FrontError } from './front-error.js';

type Inflate = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const inflaters: Readonly<Record<string, Inflate>> = {
  gzip: promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  deflate: promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate),
  br: promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress),
};

/** The whole body, inflated. Rejects when it is larger than allowed, or breaks off: such a body is never worked on. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw createTooLarge(bytesMax);
  const chunks: Buffer[] = [];
  let length = 0;
  // Not an async iterator: to leave one early cuts the connection before the answer is on its way.
  await new Promise<void>((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > bytesMax) reject(createTooLarge(bytesMax));
      else chunks.push(chunk);
    });
    request.once('end', resolve);
    request.once('error', reject);
    request.once('close', () => {
      reject(new Error('the body broke off'));
    });
  });
  const body = Buffer.concat(chunks, length);
  return encoding === 'identity' || body.length === 0 ? body : inflateBody(body, encoding, bytesMax);
}

async function inflateBody(body: Buffer, encoding: string, bytesMax: number): Promise<Buffer> {
  const inflater = inflaters[encoding];
  if (inflater === undefined) {
    const reason = `Content-Encoding ${encoding} is not supported by npm run stores, only gzip, deflate and br`;
    throw new FrontError(48, 'NOT_IMPLEMENTED', reason, 501);
  }
  try {
    return await inflater(body, { maxOutputLength: bytesMax });
  } catch (error) {
    if (isTooLarge(error)) throw createTooLarge(bytesMax);
    throw new FrontError(354, 'ZLIB_INFLATE_FAILED', `The body is not valid ${encoding}`, 400);
  }
}

function isTooLarge(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
  );
}

function createTooLarge(bytesMax: number): FrontError {
  const reason = `The body is larger than ${bytesMax} bytes, the most that npm run stores takes in one request`;
  return new FrontError(307, 'TOO_MANY_BYTES', reason, 413);
}
