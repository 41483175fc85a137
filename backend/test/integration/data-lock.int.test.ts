import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireDataLock } from '../../src/platform/data-lock.js';

describe('acquireDataLock', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'coditect-lock-'));
  });
  afterEach(async () => {
    await rm(dataDir, { recursive: true, force: true });
  });

  async function leaveLock(change: Record<string, unknown>): Promise<string> {
    const lock = await acquireDataLock(dataDir);
    const path = join(dataDir, 'lock');
    const holder: unknown = JSON.parse(await readFile(path, 'utf8'));
    await lock.release();
    await writeFile(path, JSON.stringify({ ...Object(holder), token: 'left', ...change }));
    return path;
  }

  it('lets one in, refuses the second, and lets the next in after the release', async () => {
    const first = await acquireDataLock(dataDir);
    await expect(acquireDataLock(dataDir)).rejects.toMatchObject({ code: 'data_locked', retryable: true });
    await first.release();
    await first.release();
    const second = await acquireDataLock(dataDir);
    await second.release();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('lets exactly one of many in, who come at the same time upon the lock of a dead process', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const { pid } = child;
    await once(child, 'exit');
    await leaveLock({ pid });
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => acquireDataLock(dataDir)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });

  it('takes over from an earlier process whose number another one has now', async () => {
    await leaveLock({ processStart: 'another boot:1' });
    await expect(acquireDataLock(dataDir)).resolves.toBeDefined();
  });

  it('believes a process on another host as long as it touches the lock', async () => {
    const path = await leaveLock({ host: 'elsewhere' });
    await expect(acquireDataLock(dataDir)).rejects.toMatchObject({ code: 'data_locked' });
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(path, longAgo, longAgo);
    await expect(acquireDataLock(dataDir)).resolves.toBeDefined();
  });
});
