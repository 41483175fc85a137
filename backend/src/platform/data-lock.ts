import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from './errors.js';

/** The right to open the embedded engines of a data folder. One process has it at a time. */
export interface DataLock {
  /** Gives the right back. Safe to call twice. */
  release(): Promise<void>;
}

const holderSchema = z.object({
  token: z.string(),
  pid: z.int(),
  host: z.string(),
  /** Tells a process from a later one with the same number. Empty where the platform doesn't say. */
  processStart: z.string(),
  since: z.string(),
});
type Holder = z.infer<typeof holderSchema>;

/** While it is held, the file is touched this often, for those who can't see the process because it runs elsewhere. */
const heartbeatMs = 2_000;
const silenceMsMax = 20_000;

/**
 * Takes the lock of a data folder, which is made when missing. A lock whose process is gone is taken over.
 * Throws `AppError` `data_locked` when another process has it.
 */
export async function acquireDataLock(dataDir: string): Promise<DataLock> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, 'lock');
  const holder: Holder = {
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    processStart: readProcessStart(process.pid),
    since: new Date().toISOString(),
  };
  if (!(await placeLock(path, holder))) {
    await removeStaleLock(path, dataDir);
    if (!(await placeLock(path, holder))) throw createLockedError(dataDir, await readHolder(path));
  }
  return holdLock(path, holder);
}

function holdLock(path: string, holder: Holder): DataLock {
  const heartbeat = setInterval(() => {
    const now = new Date();
    // A lock that can't be touched is no reason to stop: on this host its process vouches for it.
    utimes(path, now, now).catch(() => undefined);
  }, heartbeatMs);
  heartbeat.unref();
  return {
    async release() {
      clearInterval(heartbeat);
      if ((await readHolder(path))?.token === holder.token) await rm(path, { force: true });
    },
  };
}

/** A link appears whole or not at all, so nobody reads half a lock. Answers whether the place was free. */
async function placeLock(path: string, holder: Holder): Promise<boolean> {
  const draft = `${path}.${holder.token}`;
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (linklessCodes.some((code) => hasCode(error, code))) return await writeLock(path, holder);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** What file systems without links answer, as some shared folders of containers are. */
const linklessCodes = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Second best: exclusive as well, but not whole from the first moment. A lock that can't be read counts as held while it is fresh. */
async function writeLock(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Moves the lock of a dead process out of the way. Throws when its process lives. */
async function removeStaleLock(path: string, dataDir: string): Promise<void> {
  const found = await readHolder(path);
  if (await isAlive(path, found)) throw createLockedError(dataDir, found);
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  // Between the look and the move somebody else may have taken over: then it is theirs and goes back.
  const moved = await readHolder(aside);
  if (moved?.token !== found?.token) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function isAlive(path: string, holder: Holder | undefined): Promise<boolean> {
  if (holder?.host === hostname()) return isProcessAlive(holder);
  const touched = await stat(path).catch(() => undefined);
  return touched !== undefined && Date.now() - touched.mtimeMs < silenceMsMax;
}

function isProcessAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (!hasCode(error, 'EPERM')) return false;
  }
  return readProcessStart(holder.pid) === holder.processStart;
}

/** When a process began, as the system tells it: boot and ticks since then on Linux, nothing elsewhere. */
function readProcessStart(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in brackets and may hold spaces: count from behind it.
    const ticks = fields.slice(fields.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot}:${ticks ?? ''}`;
  } catch {
    return '';
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function createLockedError(dataDir: string, holder: Holder | undefined): AppError {
  const who =
    holder === undefined
      ? 'another process'
      : `process ${holder.pid} on ${holder.host} since ${holder.since}`;
  return new AppError('data_locked', `The data in ${dataDir} is in use by ${who}.`, {
    status: 503,
    retryable: true,
  });
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
