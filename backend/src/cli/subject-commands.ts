import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { SubjectOperations } from '../platform/subject-operations.js';
import { AppError } from '../platform/errors.js';
import type { SubjectJob } from '../platform/subjects.js';
import { addEraseAgainCommand, type EraseAgainContext } from './erase-again-command.js';
import type { OperationsOpener } from './operations-opener.js';
import { formatTable, type Output } from './output.js';
import { resolveFile } from './resolve-file.js';

interface SubjectOptions {
  readonly tenant: string;
  readonly user: string;
  readonly json?: boolean;
}

export interface SubjectCommandContext extends EraseAgainContext {
  readonly opener: () => OperationsOpener;
  readonly output: Output;
  readonly callersDirectory: string | undefined;
}

const pollMs = 500;

/** `subjects erase`, `erase-again`, `export`, `opt-out`, `opt-in`, `jobs`. */
export function addSubjectCommands(program: Command, context: SubjectCommandContext): void {
  const subjects = program.command('subjects').description('people about whom a tenant keeps data');
  addSubject(
    subjects,
    'erase',
    'take nothing more of a person in, and take them out of everything that is kept',
  )
    .option(
      '--compact',
      'write tables anew afterwards, so that freed space on disk holds nothing; locks them',
    )
    .option('--yes', 'do it; it can not be taken back')
    .action(async (options: SubjectOptions & { compact?: boolean; yes?: boolean }, command: Command) => {
      if (options.yes !== true) command.error('error: it can not be taken back: do it with --yes');
      const { compact, tenant, user } = options;
      const job = await context
        .opener()
        .withSubjects(async (operations) =>
          waitForEnd(operations, await operations.eraseSubject({ tenant, user, compact })),
        );
      report(context, options, job);
    });
  addSubject(subjects, 'export', 'write everything that is kept of a person to a file, a JSON object a line')
    .requiredOption('--out <file>', 'the file; it must not be there yet')
    .action((options: SubjectOptions & { out: string }) => exportRecords(context, options));
  addSubject(subjects, 'opt-out', 'take nothing more of a person in').action(
    async (options: SubjectOptions) => {
      const { tenant, user } = options;
      const job = await context
        .opener()
        .withSubjects((operations) => operations.optOutSubject({ tenant, user }));
      report(context, options, job);
    },
  );
  addSubject(subjects, 'opt-in', 'take a person in again').action(async (options: SubjectOptions) => {
    const { tenant, user } = options;
    const job = await context
      .opener()
      .withSubjects((operations) => operations.optInSubject({ tenant, user }));
    report(context, options, job);
  });
  addJobs(subjects, context);
  addEraseAgainCommand(subjects, context);
}

function addSubject(subjects: Command, name: string, description: string): Command {
  return subjects
    .command(name)
    .description(description)
    .requiredOption('--tenant <tenant>', 'id or name of the tenant')
    .requiredOption('--user <id>', 'as producers send it, such as an e-mail address')
    .option('--json', 'print JSON');
}

function addJobs(subjects: Command, { opener, output }: SubjectCommandContext): void {
  subjects
    .command('jobs')
    .description('what was done about people, with the proof of each erasure in JSON; nobody is named')
    .option('--tenant <tenant>', 'of this tenant only')
    .option('--json', 'print JSON')
    .action(async ({ json, tenant }: { tenant?: string; json?: boolean }) => {
      const jobs = await opener().withSubjects((operations) => operations.listSubjectJobs(tenant));
      const rows = jobs.map(({ createdAt, endedAt, id, kind, state, tenant: of }) => [
        id,
        of,
        kind,
        state,
        createdAt,
        endedAt ?? '-',
      ]);
      output.print(
        json === true
          ? JSON.stringify(jobs)
          : formatTable(['ID', 'TENANT', 'KIND', 'STATE', 'BEGUN', 'ENDED'], rows),
      );
    });
}

async function exportRecords(
  { callersDirectory, opener, output }: SubjectCommandContext,
  { json, out, tenant, user }: SubjectOptions & { readonly out: string },
): Promise<void> {
  const path = resolveFile(out, callersDirectory);
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw new AppError('file_unwritable', `The file ${path} can not be made.`, { status: 400, cause });
  });
  let records = 0;
  try {
    await opener().withSubjects(async (operations) => {
      let cursor: string | undefined;
      do {
        const page = await operations.readSubjectRecords({ tenant, user, cursor });
        const lines = page.records.map((record) => `${JSON.stringify(record)}\n`);
        await file.write(lines.join(''));
        records += page.records.length;
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
    });
  } finally {
    await file.close();
  }
  output.print(
    json === true ? JSON.stringify({ file: path, records }) : `Wrote ${records} records to ${path}.`,
  );
}

async function waitForEnd(
  operations: Pick<SubjectOperations, 'getSubjectJob'>,
  begun: SubjectJob,
): Promise<SubjectJob> {
  let job = begun;
  while (job.state === 'running') {
    await sleep(pollMs);
    job = await operations.getSubjectJob(begun.id);
  }
  return job;
}

/** Throws `AppError` with the job's own code when it failed. */
function report({ output }: SubjectCommandContext, { json }: SubjectOptions, job: SubjectJob): void {
  if (json === true) output.print(JSON.stringify(job));
  else output.print(`${job.kind} of ${job.tenant}: ${job.state}, job ${job.id}.`);
  if (job.failure !== null) throw new AppError(job.failure.code, job.failure.reason, { status: 500 });
}
