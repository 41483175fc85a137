import { Argument, Command, CommanderError } from 'commander';
import { ConfigError } from '../platform/config.js';
import { AppError } from '../platform/errors.js';
import { addAuditCommands } from './audit-commands.js';
import { addBackupCommands, type BackupCommandContext } from './backup-commands.js';
import { addBrandingCommand } from './branding-commands.js';
import { addTenantCommands } from './tenant-commands.js';
import { addDeadLetterCommands } from './dead-letter-commands.js';
import {
  addImportCommand,
  addMigrationCommands,
  addVerifyCommand,
  type EventCommandContext,
} from './event-commands.js';
import type { EraseAgainContext } from './erase-again-command.js';
import { addGoalCommands } from './goal-commands.js';
import { addKeyCommands } from './key-commands.js';
import { addKpiCommands, type KpiCommandContext } from './kpi-commands.js';
import { addMigrateCommand, type MigrateStores } from './migrate-command.js';
import { addRollupCommand } from './rollup-commands.js';
import { addSubjectCommands } from './subject-commands.js';
import { addUserCommands } from './user-commands.js';
import { addWebhookCommands } from './webhook-commands.js';

import { addPartitionCommands, type ChangePartitions } from './partition-commands.js';
import { addRetentionCommand, type RetentionLine } from './retention-command.js';

export interface ProgramContext
  extends EventCommandContext, KpiCommandContext, BackupCommandContext, EraseAgainContext {
  /** Runs these roles in this process; all, when none is named. Does not resolve as long as they run. */
  readonly runRoles: (names: readonly string[]) => Promise<void>;
  readonly roles: readonly string[];
  readonly changePartitions: ChangePartitions;
  readonly migrateStores: MigrateStores;
  readonly listRetention: () => readonly RetentionLine[];
  /** Does not resolve as long as it goes on. */
  readonly runDemoTraffic: () => Promise<void>;
}

/** What the process ends with: 0 done, 1 failed, 2 called in a way that makes no sense. */
export type ExitCode = 0 | 1 | 2;

/** Runs one command. Never rejects: what went wrong is one line on standard error, as JSON where `--json` was given. */
export async function runProgram(args: readonly string[], context: ProgramContext): Promise<ExitCode> {
  const isJson = args.includes('--json');
  try {
    await createProgram(context, isJson).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return endOfUsage(error, isJson, context);
    const { code, reason } = describeError(error);
    context.output.note(isJson ? JSON.stringify({ error: { code, reason } }) : `Error: ${reason}`);
    return 1;
  }
}

function createProgram(context: ProgramContext, isJson: boolean): Command {
  const { opener, output } = context;
  const program = new Command('coditect');
  program
    .description('CODITECT Analytics: tenants, keys, history')
    .exitOverride()
    .showHelpAfterError(!isJson && '(add --help for what can be given)')
    .configureOutput({
      writeOut: (text) => {
        output.print(text.trimEnd());
      },
      // As JSON the error is written once, with its code, where it is caught.
      writeErr: (text) => {
        if (!isJson) output.note(text.trimEnd());
      },
    });
  addTenantCommands(program, context);
  addBrandingCommand(program, context);
  addKpiCommands(program, context);
  addGoalCommands(program, context);
  addKeyCommands(program, opener, output);
  addUserCommands(program, (work) => opener().withControl(work), output);
  addWebhookCommands(program, opener, output);
  addImportCommand(program, context);
  addVerifyCommand(program, context);
  addMigrationCommands(program, opener, output);
  addMigrateCommand(program, context.migrateStores, output);
  addDeadLetterCommands(program, opener, output);
  addAuditCommands(program, opener, output);
  addSubjectCommands(program, context);
  addBackupCommands(program, context);
  addRollupCommand(program, opener, output);
  addPartitionCommands(program, context.changePartitions, output);
  addRetentionCommand(program, context.listRetention, output);
  program
    .command('demo-traffic')
    .description('send the traffic of the demo tenants through RABBITMQ_URL, until it is told to stop')
    .action(() => context.runDemoTraffic());
  program
    .command('run')
    .description('run these roles in this process, until it is told to stop')
    .addArgument(new Argument('[roles...]', 'which ones').choices(['all', ...context.roles]).default(['all']))
    .action((names: string[]) => context.runRoles(names));
  return program;
}

function endOfUsage(error: CommanderError, isJson: boolean, { output }: ProgramContext): ExitCode {
  if (error.exitCode === 0) return 0;
  if (isJson)
    output.note(JSON.stringify({ error: { code: 'usage', reason: error.message.replace(/^error: /, '') } }));
  return 2;
}

function describeError(error: unknown): { readonly code: string; readonly reason: string } {
  if (error instanceof AppError || error instanceof ConfigError)
    return { code: error.code, reason: error.message };
  return { code: 'internal_error', reason: error instanceof Error ? error.message : String(error) };
}
