import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { sideBySide } from './side-by-side.js';

/** A folder of the ClickHouse engine that never changes once it has its name, such as `202611_1_4_1`. It may vanish. */
const partFolder = /^[^_]+_\d+_\d+_\d+(?:_\d+)?$/;
/** Made anew at each start, or work that has no name yet. */
const passing = /^(?:status|postmaster\.pid|(?:delete_)?tmp_.*|.*\.partial)$/;

type TakeFile = (source: string, target: string) => Promise<void>;

/** Where the file system can, both share their blocks until one is changed. */
const copy: TakeFile = (source, target) => copyFile(source, target, constants.COPYFILE_FICLONE);

const copyWhatIsThere: TakeFile = async (source, target) => {
  await copy(source, target).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
};

/** Copies a tree that nobody writes to; with `mayVanish`, one from which files may be removed. */
export async function copyTree(
  from: string,
  to: string,
  { mayVanish = false }: { readonly mayVanish?: boolean } = {},
): Promise<void> {
  await walk(from, to, { takeFile: mayVanish ? copyWhatIsThere : copy, takePart: copyTree });
}

/**
 * Takes hold of the files of the ClickHouse engine as they are now, while it merges on: parts get a second name, so that it
 * takes a moment however large they are, and what is written in place is copied. Nothing may be inserted meanwhile. Both
 * folders are on one file system.
 */
export async function linkParts(from: string, to: string): Promise<void> {
  await walk(from, to, { takeFile: copy, takePart: linkPart });
}

/** A part that is being removed is renamed first: another one has its rows. */
async function linkPart(from: string, to: string): Promise<void> {
  try {
    await walk(from, to, { takeFile: link, takePart: linkPart });
    await lstat(from);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await rm(to, { recursive: true, force: true });
  }
}

async function walk(
  from: string,
  to: string,
  { takeFile, takePart }: { readonly takeFile: TakeFile; readonly takePart: TakeFile },
): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const entries = await readdir(from, { withFileTypes: true });
  await sideBySide(entries, async (entry) => {
    if (passing.test(entry.name)) return;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (entry.isFile()) await takeFile(source, target);
    else if (partFolder.test(entry.name)) await takePart(source, target);
    else if (entry.isDirectory()) await walk(source, target, { takeFile, takePart });
  });
}

export function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
