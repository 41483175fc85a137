import { z } from 'zod';
import { reportOf, type BackupManifest, type BackupRun } from '../platform/backups.js';
import { AppError } from '../platform/errors.js';
import type { Logger } from '../platform/logger.js';

/** Backups of everything that is embedded. */
export interface BackupOperations {
  /** Begins one. Throws `AppError` `backup_running` while there is one. */
  startBackup(request: { readonly folder: string }): Promise<BackupRun>;
  /** How the last one is going, or has gone, since this process began. */
  getBackup(): Promise<BackupRun>;
}

export const startBackupSchema = z.strictObject({ folder: z.string().min(1).max(4_096) });

export interface Backups extends BackupOperations {
  /** Resolves when none is under way. */
  settle(): Promise<void>;
}

/** One at a time. */
export function createBackups(options: {
  readonly write: (folder: string) => Promise<BackupManifest>;
  readonly logger: Logger;
}): Backups {
  const { logger } = options;
  let run: BackupRun = { state: 'none' };
  let running = Promise.resolve();

  async function write(folder: string): Promise<BackupRun> {
    try {
      const report = reportOf(folder, await options.write(folder));
      logger.info({ files: report.files, bytes: report.bytes, heldMs: report.heldMs }, 'backup written');
      return { state: 'done', report };
    } catch (error) {
      logger.error({ err: error }, 'backup failed');
      return { state: 'failed', failure: describe(error) };
    }
  }

  return {
    startBackup({ folder }) {
      if (run.state === 'running') {
        const reason = `A backup to ${run.folder} is under way.`;
        const error = new AppError('backup_running', reason, { status: 409, retryable: true });
        return Promise.reject(error);
      }
      run = { state: 'running', folder };
      running = write(folder).then((ended) => {
        run = ended;
      });
      return Promise.resolve(run);
    },
    getBackup: () => Promise.resolve(run),
    settle: () => running,
  };
}

function describe(error: unknown): { readonly code: string; readonly reason: string } {
  if (error instanceof AppError) return { code: error.code, reason: error.message };
  const reason = error instanceof Error ? error.message : String(error);
  return { code: 'backup_failed', reason };
}
