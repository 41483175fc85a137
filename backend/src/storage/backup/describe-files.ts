import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BackupFile, BackupManifest } from '../../platform/backups.js';
import { sideBySide } from './side-by-side.js';

export type DescribedFiles = Pick<BackupManifest, 'files' | 'folders' | 'links'>;

/** What is below a folder: files with their hashes, folders without anything, links. Paths have slashes everywhere. */
/** Most files are small: a stream for each would cost more than their bytes. */
const readWholeBytesMax = 262_144;

export async function describeFiles(folder: string): Promise<DescribedFiles> {
  const files: BackupFile[] = [];
  const folders: string[] = [];
  const links: { readonly path: string; readonly target: string }[] = [];

  async function visit(below: string): Promise<void> {
    const entries = await readdir(join(folder, below), { withFileTypes: true });
    if (entries.length === 0 && below !== '') folders.push(below);
    await sideBySide(entries, async (entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isSymbolicLink()) links.push({ path, target: await readlink(join(folder, path)) });
      else files.push(await describeFile(folder, path));
    });
  }

  await visit('');
  const byPath = (left: { readonly path: string }, right: { readonly path: string }): number =>
    left.path < right.path ? -1 : 1;
  return { files: files.sort(byPath), folders: folders.sort(), links: links.sort(byPath) };
}

export async function describeFile(folder: string, path: string): Promise<BackupFile> {
  const hash = createHash('sha256');
  const { size: bytes } = await stat(join(folder, path));
  if (bytes <= readWholeBytesMax) hash.update(await readFile(join(folder, path)));
  else await pipeline(createReadStream(join(folder, path)), hash);
  return { path, bytes, sha256: hash.digest('hex') };
}
