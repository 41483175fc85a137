import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import { holdEngineStill } from '../postgres/hold-still.js';
import type { SqlDatabase } from '../postgres/sql-executor.js';
import { silentMsMax } from './subjects/subject-job-store.js';

/** Runs the work while nothing is written to control data. */
export type HoldStill = (work: () => Promise<void>) => Promise<void>;

const runningRow = z.object({ job_id: z.string() });

/**
 * Erasures rewrite tables of every store, and note down here that they begin: while one is under way it throws `AppError`
 * `erasure_running`, and none begins meanwhile.
 */
export function createHoldStill(options: {
  readonly database: SqlDatabase;
  readonly now: () => Date;
}): HoldStill {
  return (work) =>
    holdEngineStill(options.database, async (executor) => {
      const [running] = await executor.query(
        `SELECT job_id FROM control.subject_jobs WHERE kind = 'erase' AND state = 'running' AND alive_at >= $1`,
        [new Date(options.now().getTime() - silentMsMax)],
      );
      if (running !== undefined) throw createRunningError(runningRow.parse(running).job_id);
      await work();
    });
}

function createRunningError(job: string): AppError {
  return new AppError('erasure_running', `Somebody is being erased (${job}). Try again when it has ended.`, {
    status: 409,
    retryable: true,
  });
}
