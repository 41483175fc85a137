import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { EraseAgain } from './cli/erase-again-command.js';
import { openEverySubject } from './open-operations.js';
import type { Config } from './platform/config.js';
import { createErasureRegister } from './platform/erasure-register.js';
import { AppError } from './platform/errors.js';
import { createLifecycle } from './platform/lifecycle.js';
import type { Logger } from './platform/logger.js';
import { restoredName } from './storage/backup/restore-backup.js';

const restoredSchema = z.object({ takenAt: z.iso.datetime() });

/**
 * Applies to restored stores what was done about people since the backup. Embedded, nothing else may run:
 * the door has to be shut until it is done.
 */
export function createEraseAgain(surroundings: () => { config: Config; logger: Logger }): EraseAgain {
  return async ({ register, since }) => {
    const { config, logger } = surroundings();
    const path = register ?? config.privacy.registerFile;
    const entries = path === undefined ? [] : await createErasureRegister(path).read();
    if (register !== undefined && entries.length === 0)
      throw new AppError('register_unreadable', `There is nothing in ${register}.`, { status: 404 });
    const lifecycle = createLifecycle({ logger, closeTimeoutMs: config.platform.closeTimeoutMs });
    try {
      const subjects = await openEverySubject({ config, logger, lifecycle });
      return await subjects.eraseAgain({
        entries,
        since: since ?? (await readRestored(config.platform.dataDir)),
      });
    } finally {
      await lifecycle.close();
    }
  };
}

/** When the backup was taken that `restore` put there. */
async function readRestored(dataDir: string): Promise<string | undefined> {
  const text = await readFile(join(dataDir, restoredName), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : restoredSchema.parse(JSON.parse(text)).takenAt;
}
