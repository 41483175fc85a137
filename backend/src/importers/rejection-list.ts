import { constants } from 'node:fs';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RejectedLine } from './cut-chunks.js';

/** The list of all rejected lines, as NDJSON: line number, code, pointer, reason. Never what the line says. */
export interface RejectionList {
  readonly path: string;
  /** Resolves with the length of the file afterwards, in bytes. */
  append(rejected: readonly RejectedLine[]): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens the list at the length it had when the state was saved: what was written after that comes again. The file is
 * made at the first rejection; that of an earlier import goes.
 */
export async function openRejectionList(path: string, keepBytes: number): Promise<RejectionList> {
  let bytes = keepBytes;
  let file: FileHandle | undefined;
  if (keepBytes === 0) await rm(path, { force: true });

  return {
    path,
    async append(rejected) {
      if (rejected.length === 0) return bytes;
      if (file === undefined) {
        await mkdir(dirname(path), { recursive: true });
        file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
        await file.truncate(keepBytes);
      }
      const text = Buffer.from(rejected.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await file.write(text, 0, text.length, bytes);
      bytes += text.length;
      return bytes;
    },
    async close() {
      await file?.close();
    },
  };
}
