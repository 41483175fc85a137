import type { Command } from 'commander';
import type { EraseAgainReport } from '../admin/erase-again.js';
import { AppError } from '../platform/errors.js';
import type { Output } from './output.js';
import { resolveFile } from './resolve-file.js';

export type EraseAgain = (wish: {
  /** Instead of the configured one. */
  readonly register: string | undefined;
  /** Instead of the moment of the backup that was restored. ISO-8601. */
  readonly since: string | undefined;
}) => Promise<EraseAgainReport>;

export interface EraseAgainContext {
  readonly eraseAgain: EraseAgain;
  readonly output: Output;
  readonly callersDirectory: string | undefined;
}

interface Options {
  readonly register?: string;
  readonly since?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `subjects erase-again`. */
export function addEraseAgainCommand(subjects: Command, context: EraseAgainContext): void {
  const { callersDirectory, eraseAgain, output } = context;
  subjects
    .command('erase-again')
    .description('after a restore: erase who was erased since the backup, before events are taken in again')
    .option('--register <file>', 'of erasures, if it is not ERASURE_REGISTER_FILE')
    .option(
      '--since <time>',
      'when the backup was taken, if `restore` did not put it here: 2026-03-01T02:00:00Z',
    )
    .option('--yes', 'do it; it can not be taken back')
    .option('--json', 'print JSON')
    .action(async ({ json, register, since, yes }: Options, command: Command) => {
      if (yes !== true) command.error('error: it can not be taken back: do it with --yes');
      if (since !== undefined && Number.isNaN(Date.parse(since)))
        command.error('error: --since is a time such as 2026-03-01T02:00:00Z');
      const report = await eraseAgain({
        register: register === undefined ? undefined : resolveFile(register, callersDirectory),
        since,
      });
      output.print(json === true ? JSON.stringify(report) : describe(report));
      const [failure] = report.tenants.flatMap(({ jobs }) => jobs.flatMap((job) => job.failure ?? []));
      if (failure !== undefined) throw new AppError(failure.code, failure.reason, { status: 500 });
    });
}

function describe({ entriesOfOthers, tenants }: EraseAgainReport): string {
  const lines = tenants.map(
    ({ jobs, people, tenant }) =>
      `${tenant}: ${people} people on the list, something of ${jobs.length} had come back and was erased.`,
  );
  if (entriesOfOthers > 0) lines.push(`${entriesOfOthers} entries are about tenants that are not there.`);
  return lines.length === 0 ? 'Nobody has to be erased again.' : lines.join('\n');
}
