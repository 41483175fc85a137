import { copyFile, constants, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backupManifestSchema, type BackupManifest, type BackupWriter } from '../../platform/backups.js';
import { AppError } from '../../platform/errors.js';
import { describeFile } from './describe-files.js';
import { sideBySide } from './side-by-side.js';
import { dataName, listNames, manifestName } from './write-backup.js';

const draftFolder = 'restoring';
/** Tells from which moment on people have to be erased again. */
export const restoredName = 'restored.json';
/** Whoever restores holds the lock, whose file lies in the folder. */
const lockFile = /^lock(\..+)?$/;

export interface RestoreOptions {
  readonly folder: string;
  /** Must not be there, or be empty but for the lock, which the caller holds. */
  readonly dataDir: string;
  /** This product. */
  readonly writer: BackupWriter;
  readonly now: () => Date;
}

/**
 * Puts a backup in the place of a data folder: every file is compared with its hash on the way, and nothing is in its place
 * before all are. Throws `AppError` `backup_unknown`, `backup_newer`, `backup_damaged` with the path, `data_folder_not_empty`.
 */
export async function restoreBackup(options: RestoreOptions): Promise<BackupManifest> {
  const { dataDir, folder, now } = options;
  const manifest = await readManifest(folder, options.writer);
  const draft = join(dataDir, draftFolder);
  await rm(draft, { recursive: true, force: true });
  const foreign = (await listNames(dataDir)).filter((name) => !lockFile.test(name));
  if (foreign.length > 0) {
    const reason = `${dataDir} is not empty: ${foreign.slice(0, 3).join(', ')}. Restore into a new folder, or move these away.`;
    throw new AppError('data_folder_not_empty', reason, { status: 409 });
  }
  await copyVerified(join(folder, dataName), draft, manifest);
  const restored = { takenAt: manifest.takenAt, restoredAt: now().toISOString() };
  await writeFile(join(dataDir, restoredName), `${JSON.stringify(restored)}\n`, { mode: 0o600 });
  for (const name of await listNames(draft)) await rename(join(draft, name), join(dataDir, name));
  await rm(draft, { recursive: true });
  return manifest;
}

/** Compares every file of a backup with its hash, where it lies. Throws as `restoreBackup` does. */
export async function checkBackup(
  options: Pick<RestoreOptions, 'folder' | 'writer'>,
): Promise<BackupManifest> {
  const manifest = await readManifest(options.folder, options.writer);
  await sideBySide(manifest.files, (file) => requireSame(join(options.folder, dataName), file));
  return manifest;
}

async function readManifest(folder: string, reader: BackupWriter): Promise<BackupManifest> {
  const path = join(folder, manifestName);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const reason = `${folder} is no backup: it has no ${manifestName}, which is written last.`;
    throw new AppError('backup_unknown', reason, { status: 404, cause });
  });
  const manifest = parseManifest(text, path);
  requireReadable(manifest.writer, reader);
  return manifest;
}

function parseManifest(text: string, path: string): BackupManifest {
  try {
    return backupManifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('backup_unknown', `${path} is not one of this product's, or of a later one.`, {
      status: 422,
      cause,
    });
  }
}

/** Newer engines open what older ones wrote, and newer code brings older tables up to date; neither goes back. */
function requireReadable(writer: BackupWriter, reader: BackupWriter): void {
  const newer = [
    ...Object.entries(writer.engines).filter(([name, version]) =>
      isNewer(version, reader.engines[name] ?? ''),
    ),
    ...Object.entries(writer.migrations).filter(([store, last]) => last > (reader.migrations[store] ?? 0)),
  ];
  const [first] = newer;
  if (first === undefined) return;
  const reason = `The backup was made by a newer version: ${first[0]} ${first[1]}. Restore it with that one.`;
  throw new AppError('backup_newer', reason, { status: 409 });
}

function isNewer(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) > 0;
}

async function copyVerified(from: string, to: string, manifest: BackupManifest): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const ready = new Set<string>();
  const ensureFolder = async (path: string): Promise<void> => {
    if (ready.has(path)) return;
    await mkdir(path, { recursive: true, mode: 0o700 });
    ready.add(path);
  };
  await sideBySide(manifest.files, async (file) => {
    const target = join(to, file.path);
    await ensureFolder(dirname(target));
    await copyFile(join(from, file.path), target, constants.COPYFILE_FICLONE).catch((cause: unknown) => {
      throw createDamagedError(file.path, cause);
    });
    await requireSame(to, file);
  });
  for (const path of manifest.folders) await ensureFolder(join(to, path));
  for (const { path, target } of manifest.links) {
    await ensureFolder(dirname(join(to, path)));
    await symlink(target, join(to, path));
  }
}

async function requireSame(folder: string, file: BackupManifest['files'][number]): Promise<void> {
  const found = await describeFile(folder, file.path).catch((cause: unknown) => {
    throw createDamagedError(file.path, cause);
  });
  if (found.sha256 !== file.sha256) throw createDamagedError(file.path);
}

function createDamagedError(path: string, cause?: unknown): AppError {
  const reason = `${path} is missing from the backup, or not as it was written. Take another one.`;
  return new AppError('backup_damaged', reason, { status: 422, ...(cause !== undefined && { cause }) });
}
