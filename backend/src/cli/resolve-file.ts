import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../platform/errors.js';

/**
 * A script of the package manager runs elsewhere than where the person stands. A file that is in neither place is
 * reported where the person looked for it.
 */
export function resolveFile(file: string, callersDirectory: string | undefined): string {
  const here = resolve(file);
  if (callersDirectory === undefined) return here;
  const there = resolve(callersDirectory, file);
  return existsSync(here) && !existsSync(there) ? here : there;
}

/** Throws `AppError` `file_unreadable`. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('file_unreadable', `The file ${path} can not be read.`, { status: 400, cause });
  }
}
