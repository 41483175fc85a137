import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { backupManifestSchema, type BackupManifest, type BackupWriter } from '../../platform/backups.js';
import { AppError } from '../../platform/errors.js';
import { copyTree, isMissing, linkParts } from './copy-files.js';
import { describeFiles } from './describe-files.js';

export const manifestName = 'manifest.json';
export const dataName = 'data';
/** What is kept of a data folder. The rest is about the process that has it. */
const keptFolders = ['control', 'timescale', 'journal'];
/** Written by whoever imports, and by reports: a file may leave while it is copied. */
const passingFolders = ['imports', 'reports'];
const clickHouseFolder = 'clickhouse';
const linkedFolder = 'backup-links';

export interface BackupOptions {
  readonly dataDir: string;
  /** Must not be there, or be empty. */
  readonly folder: string;
  readonly writer: BackupWriter;
  readonly now: () => Date;
  /**
   * Runs the work in a moment in which nothing is written and nothing is half done. Without it nobody has the data open, and the
   * caller holds its lock.
   */
  readonly holdStill?: (work: () => Promise<void>) => Promise<void>;
}

/**
 * Copies a data folder: all stores at the same moment, so that they agree, and everything accepted before it. Throws `AppError`
 * `backup_folder_not_empty`, `backup_folder_within`, `backup_nothing`, and what `holdStill` throws. What was written until then
 * has no manifest.
 */
export async function writeBackup(options: BackupOptions): Promise<BackupManifest> {
  const { dataDir, folder, holdStill = (work) => work(), now, writer } = options;
  await requireFree(dataDir, folder);
  const target = join(folder, dataName);
  const links = join(dataDir, linkedFolder);
  const takenAt = now().toISOString();
  let heldMs = 0;
  try {
    await rm(links, { recursive: true, force: true });
    await mkdir(target, { recursive: true, mode: 0o700 });
    const startedAt = performance.now();
    await holdStill(async () => {
      await linkParts(join(dataDir, clickHouseFolder), links);
      await copyKept(dataDir, target);
    });
    if (options.holdStill !== undefined) heldMs = Math.ceil(performance.now() - startedAt);
    await copyTree(links, join(target, clickHouseFolder));
  } finally {
    await rm(links, { recursive: true, force: true });
  }
  const files = await describeFiles(target);
  const manifest = backupManifestSchema.parse({
    format: 1,
    writer,
    takenAt,
    endedAt: now().toISOString(),
    heldMs,
    ...files,
  });
  await writeManifest(folder, manifest);
  return manifest;
}

async function copyKept(dataDir: string, target: string): Promise<void> {
  for (const name of [...keptFolders, ...passingFolders]) {
    const isThere = existsSync(join(dataDir, name));
    const mayVanish = passingFolders.includes(name);
    if (isThere) await copyTree(join(dataDir, name), join(target, name), { mayVanish });
  }
}

async function requireFree(dataDir: string, folder: string): Promise<void> {
  if (!existsSync(join(dataDir, clickHouseFolder)))
    throw new AppError('backup_nothing', `There is no data in ${dataDir}.`, { status: 404 });
  if (`${resolve(folder)}${sep}`.startsWith(`${resolve(dataDir)}${sep}`)) {
    const reason = `${folder} is in the data folder. A backup belongs elsewhere, best on another disk.`;
    throw new AppError('backup_folder_within', reason, { status: 400, pointer: '/folder' });
  }
  if ((await listNames(folder)).length === 0) return;
  throw new AppError('backup_folder_not_empty', `${folder} is not empty. Name a new folder.`, {
    status: 409,
    pointer: '/folder',
  });
}

/** Of nothing, where there is no such folder. */
export async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw new AppError('backup_folder_unreadable', `${folder} can't be read as a folder.`, {
      status: 400,
      pointer: '/folder',
      cause,
    });
  }
}

/** The file appears whole, once everything before it is on disk. */
async function writeManifest(folder: string, manifest: BackupManifest): Promise<void> {
  const draft = join(folder, `${manifestName}.partial`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(manifest)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(folder, manifestName));
}
