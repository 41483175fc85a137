import { setTimeout as sleep } from 'node:timers/promises';
import { createBackups, type BackupOperations } from './admin/backup-operations.js';
import { findRunningInstance } from './admin/remote-operations.js';
import type { BackupCommands } from './cli/backup-commands.js';
import type { OpenBus } from './open-bus.js';
import type { Foundation, PipelineContext } from './pipeline.js';
import { reportOf, type BackupReport } from './platform/backups.js';
import type { Config } from './platform/config.js';
import { acquireDataLock } from './platform/data-lock.js';
import { AppError } from './platform/errors.js';
import { productVersion } from './product-version.js';
import { describeWriter } from './storage/backup/describe-writer.js';
import { checkBackup, restoreBackup } from './storage/backup/restore-backup.js';
import { writeBackup } from './storage/backup/write-backup.js';
import type { Timescale } from './storage/timescale/open-timescale.js';

const pollMs = 300;
/** From the moment in which batches have to wait until every store is still. */
const stillWithinMs = 30_000;
const now = (): Date => new Date();

/**
 * Backups while everything runs: batches wait, each store shows the same moment, and all go on when the files are held. `undefined`
 * where a store is a server.
 */
export function openBackups(
  { config, lifecycle, logger }: PipelineContext,
  { holdStill: holdControl }: Pick<Foundation, 'holdStill'>,
  {
    open,
    timescale,
  }: { readonly open: Pick<OpenBus, 'hold'> | undefined; readonly timescale: Timescale | undefined },
): BackupOperations | undefined {
  const hold = open?.hold;
  const holdTimescale = timescale?.holdStill;
  if (isOnServers(config) || hold === undefined) return undefined;
  if (holdControl === undefined || holdTimescale === undefined) return undefined;
  const holdStill = (work: () => Promise<void>): Promise<void> =>
    hold(() => beginInTime((begun) => holdTimescale(() => holdControl(() => begun(work)))));
  const backups = createBackups({
    write: async (folder) =>
      writeBackup({
        dataDir: config.platform.dataDir,
        folder,
        writer: await describeWriter(productVersion),
        now,
        holdStill,
      }),
    logger,
  });
  lifecycle.onClose('backup', () => backups.settle(), { leaveAfterMs: 'its time' });
  return backups;
}

/** A rollup may have the engine for long: senders do not wait for it as well. Whoever is let in too late does nothing. */
async function beginInTime(
  hold: (begun: (work: () => Promise<void>) => Promise<void>) => Promise<void>,
): Promise<void> {
  let isLate = false;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      const reason = 'A store is busy with something long, such as rollups. Try again.';
      reject(new AppError('backup_busy', reason, { status: 503, retryable: true, retryAfterSeconds: 30 }));
    }, stillWithinMs);
  });
  const held = hold(async (work) => {
    clearTimeout(timer);
    if (!isLate) await work();
  });
  await Promise.race([held, late]).finally(() => {
    clearTimeout(timer);
  });
}

/** What the command line does: with the running instance if there is one, else with the folders themselves. */
export function createBackupCommands(readConfig: () => Config): BackupCommands {
  return {
    async backUp(folder) {
      const config = readConfig();
      if (isOnServers(config)) throw createElsewhereError();
      const { dataDir } = config.platform;
      const running = await findRunningInstance(dataDir);
      if (running !== undefined) return waitForEnd(running, folder);
      return withLock(dataDir, async () =>
        reportOf(
          folder,
          await writeBackup({ dataDir, folder, writer: await describeWriter(productVersion), now }),
        ),
      );
    },
    async restore(folder) {
      const config = readConfig();
      if (isOnServers(config)) throw createElsewhereError();
      const { dataDir } = config.platform;
      const writer = await describeWriter(productVersion);
      return withLock(dataDir, async () =>
        reportOf(folder, await restoreBackup({ folder, dataDir, writer, now })),
      );
    },
    check: async (folder) =>
      reportOf(folder, await checkBackup({ folder, writer: await describeWriter(productVersion) })),
  };
}

function isOnServers({ clickhouse, control, timescale }: Config): boolean {
  return [clickhouse.url, control.databaseUrl, timescale.url].some((url) => url !== undefined);
}

function createElsewhereError(): AppError {
  const reason =
    'The data is on servers, which have tools of their own: docs/backup.md has the commands. This command is for DATA_DIR.';
  return new AppError('backup_elsewhere', reason, { status: 409 });
}

async function withLock<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  const lock = await acquireDataLock(dataDir);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

async function waitForEnd(instance: BackupOperations, folder: string): Promise<BackupReport> {
  let run = await instance.startBackup({ folder });
  while (run.state === 'running') {
    await sleep(pollMs);
    run = await instance.getBackup();
  }
  if (run.state === 'done') return run.report;
  const { code, reason } =
    run.state === 'failed'
      ? run.failure
      : { code: 'backup_failed', reason: 'The instance was started anew meanwhile. Ask again.' };
  throw new AppError(code, reason, { status: 500 });
}
