import { createReadStream } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { AppError } from '../platform/errors.js';

/** A file to import, plain or gzip. Offsets count bytes of the plain content. */
export interface ImportInput {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** The first bytes of the plain content, at most 64 KiB. */
  readonly head: Buffer;
  /** The plain content from an offset on. Throws `AppError` `import_file_damaged` when gzip breaks off. */
  read(offset: number): AsyncGenerator<Buffer>;
  /** Bytes of the file itself that were read so far: less than `sizeBytes` until the end. */
  countBytesRead(): number;
}

const headBytes = 65_536;

/** Looks at the file. Throws `AppError` `import_file_unreadable` for what is no readable file. */
export async function openImportInput(given: string): Promise<ImportInput> {
  try {
    const path = await realpath(given);
    const file = await open(path, 'r');
    try {
      return await describe(path, file);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('import_file_unreadable', `${given} can't be read: ${describeSystemError(error)}.`, {
      status: 400,
      cause: error,
    });
  }
}

async function describe(path: string, file: FileHandle): Promise<ImportInput> {
  const stats = await file.stat();
  if (!stats.isFile())
    throw new AppError('import_file_unreadable', `${path} is not a file.`, { status: 400 });
  const buffer = Buffer.alloc(Math.min(headBytes, stats.size));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  const rawHead = buffer.subarray(0, bytesRead);
  const isCompressed = rawHead[0] === 0x1f && rawHead[1] === 0x8b;
  let raw: { readonly bytesRead: number } = { bytesRead: 0 };
  let skipped = 0;
  return {
    path,
    sizeBytes: stats.size,
    modifiedMs: Math.trunc(stats.mtimeMs),
    head: isCompressed ? inflateHead(path, rawHead) : rawHead,
    countBytesRead: () => skipped + raw.bytesRead,
    async *read(offset) {
      const start = isCompressed ? 0 : offset;
      const stream = createReadStream(path, { start });
      raw = stream;
      skipped = start;
      if (isCompressed) yield* inflate(path, stream, offset);
      else yield* readBlocks(stream);
    },
  };
}

async function* readBlocks(stream: Readable): AsyncGenerator<Buffer> {
  for await (const block of stream) {
    if (Buffer.isBuffer(block)) yield block;
  }
}

/** A gzip stream can't be entered in the middle: what lies before the offset is inflated and thrown away. */
async function* inflate(path: string, stream: Readable, offset: number): AsyncGenerator<Buffer> {
  const plain = createGunzip();
  // The errors of both come out of `plain`; the callback only keeps them from being thrown.
  pipeline(stream, plain, () => undefined);
  let toSkip = offset;
  try {
    for await (const block of readBlocks(plain)) {
      if (toSkip < block.length) yield block.subarray(toSkip);
      toSkip = Math.max(0, toSkip - block.length);
    }
  } catch (cause) {
    throw createDamagedError(path, cause);
  }
}

function inflateHead(path: string, rawHead: Buffer): Buffer {
  try {
    // The head of a file is a broken-off stream: sync flush gives what is there.
    const plain = gunzipSync(rawHead, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: 256 * headBytes,
    });
    return plain.subarray(0, headBytes);
  } catch (cause) {
    throw createDamagedError(path, cause);
  }
}

function createDamagedError(path: string, cause: unknown): AppError {
  const reason = `${path} is damaged: its gzip stream breaks off or is not valid. What came before is imported.`;
  return new AppError('import_file_damaged', reason, { status: 400, cause });
}

function describeSystemError(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission denied';
  return typeof code === 'string' ? code : 'unknown reason';
}
