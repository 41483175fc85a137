import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import type { Operations } from '../admin/operations.js';
import { defaultImportLimits, importFile, type ImportResult } from '../importers/import-file.js';
import { importFormats, type ImportFormat } from '../importers/parsed-line.js';
import { AppError } from '../platform/errors.js';
import { createImportProgress, formatCounts } from './import-progress.js';
import type { OperationsOpener } from './operations-opener.js';
import { formatTable, type Output } from './output.js';
import { resolveFile } from './resolve-file.js';

export interface EventCommandContext {
  readonly opener: () => OperationsOpener;
  readonly output: Output;
  readonly getDataDir: () => string;
  /** Where the person stands, when that is not the working directory. */
  readonly callersDirectory: string | undefined;
  /** Aborted when the person wants it to stop. */
  readonly signal: AbortSignal;
}

interface ImportCommandOptions {
  readonly tenant: string;
  readonly format: ImportFormat | 'auto';
  readonly json?: boolean;
}

const retryAttemptsMax = 8;

/** `import FILE`. */
export function addImportCommand(program: Command, context: EventCommandContext): void {
  program
    .command('import')
    .description('bring in history: CloudEvents as NDJSON, or an access log; plain or gzip')
    .argument('<file>', 'the file; an import that was interrupted goes on where it was')
    .requiredOption('--tenant <tenant>', 'id or name of the tenant')
    .addOption(
      new Option('--format <format>', 'what the file holds')
        .choices(['auto', ...importFormats])
        .default('auto'),
    )
    .option('--json', 'print the counts as JSON, on the last line')
    .action(async (file: string, options: ImportCommandOptions) => {
      const result = await context
        .opener()
        .withEvents((operations) =>
          runImport(operations, resolveFile(file, context.callersDirectory), options, context),
        );
      report(result, options.json === true, context.output);
    });
}

/** `verify`. Fails when raw events and an aggregate disagree. */
export function addVerifyCommand(program: Command, { opener, output }: EventCommandContext): void {
  program
    .command('verify')
    .description('count the events of a tenant in raw and in every aggregate')
    .requiredOption('--tenant <tenant>', 'id or name of the tenant')
    .option('--json', 'print JSON')
    .action(async (options: { tenant: string; json?: boolean }) => {
      const { counts, differences } = await opener().withEvents((operations) =>
        operations.verify(options.tenant),
      );
      const rows = Object.entries(counts).map(([name, count]) => [name, String(count)]);
      output.print(
        options.json === true
          ? JSON.stringify({ ...counts, differences })
          : formatTable(['WHERE', 'COUNT'], rows),
      );
      if (differences.length === 0) return;
      throw new AppError('counts_differ', `Raw events and aggregates differ: ${differences.join('; ')}.`, {
        status: 500,
      });
    });
}

/** `migrations list`. */
export function addMigrationCommands(program: Command, opener: () => OperationsOpener, output: Output): void {
  const migrations = program.command('migrations').description('changes of the tables of the stores');
  migrations
    .command('list')
    .description('list what was applied and what waits')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const found = await opener().withMigrations((operations) => operations.listMigrations());
      const rows = found.map(({ store, name, appliedAt, checksum }) => [
        store,
        name,
        appliedAt ?? 'waits',
        checksum.slice(0, 12),
      ]);
      output.print(
        options.json === true
          ? JSON.stringify(found)
          : formatTable(['STORE', 'MIGRATION', 'APPLIED', 'CHECKSUM'], rows),
      );
    });
}

async function runImport(
  operations: Operations,
  path: string,
  options: ImportCommandOptions,
  context: EventCommandContext,
): Promise<ImportResult> {
  const { output, signal } = context;
  const tenant = await operations.getTenant(options.tenant);
  const progress = createImportProgress(output, () => performance.now());
  try {
    return await importFile({
      path,
      tenantId: tenant.id,
      format: options.format,
      folder: join(context.getDataDir(), 'imports'),
      sink: operations,
      limits: defaultImportLimits,
      retry: { sleep, attemptsMax: retryAttemptsMax },
      signal,
      onResume: (line) => {
        output.note(`An earlier import of this file was interrupted: going on behind line ${line}.`);
      },
      onProgress: (state) => {
        progress.show(state);
      },
    });
  } finally {
    progress.end();
  }
}

function report(result: ImportResult, isJson: boolean, output: Output): void {
  for (const { line, code, pointer, reason } of result.firstRejected) {
    output.note(`line ${line}: ${code}${pointer === '' ? '' : ` at ${pointer}`}: ${reason}`);
  }
  const hidden = result.rejected - result.firstRejected.length;
  if (result.rejected > 0) {
    const rest = hidden > 0 ? `${hidden.toLocaleString('en-US')} more. ` : '';
    output.note(`${rest}All rejected lines are listed in ${result.rejectedPath}`);
  }
  const { read, accepted, duplicates, rejected } = result;
  output.print(isJson ? JSON.stringify({ read, accepted, duplicates, rejected }) : formatCounts(result));
}
