import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { BackupReport } from '../platform/backups.js';
import type { Output } from './output.js';

/** What is done with backups of `DATA_DIR`, whether an instance runs on it or not. */
export interface BackupCommands {
  backUp(folder: string): Promise<BackupReport>;
  restore(folder: string): Promise<BackupReport>;
  /** Reads all of it and writes nothing. */
  check(folder: string): Promise<BackupReport>;
}

export interface BackupCommandContext {
  readonly backups: BackupCommands;
  readonly output: Output;
  readonly callersDirectory: string | undefined;
}

/** `backup`, `restore`. */
export function addBackupCommands(program: Command, context: BackupCommandContext): void {
  const { backups, callersDirectory = '', output } = context;
  const add = (name: string, description: string, folder: string): Command =>
    program
      .command(name)
      .description(description)
      .argument('<folder>', folder)
      .option('--json', 'print JSON');
  const print = (report: BackupReport, done: string, isJson: boolean | undefined): void => {
    output.print(isJson === true ? JSON.stringify(report) : `${done} ${describe(report)}`);
  };
  add(
    'backup',
    'write everything of DATA_DIR to a folder, while the product runs or not',
    'a new one, on another disk',
  ).action(async (folder: string, { json }: { json?: boolean }) => {
    const target = resolve(callersDirectory, folder);
    print(await backups.backUp(target), `Wrote ${target}:`, json);
  });
  add('restore', 'put a backup into DATA_DIR, which must be empty', 'of the backup')
    .option('--check', 'compare its files with their hashes and restore nothing')
    .action(async (folder: string, { check, json }: { check?: boolean; json?: boolean }) => {
      const source = resolve(callersDirectory, folder);
      if (check === true) {
        print(await backups.check(source), `${source} is whole:`, json);
        return;
      }
      print(await backups.restore(source), `Restored ${source}:`, json);
    });
}

function describe({ bytes, files, heldMs, takenAt }: BackupReport): string {
  const held = heldMs === 0 ? '' : `, events waited for ${heldMs} ms`;
  return `${files} files, ${(bytes / 1_048_576).toFixed(1)} MiB, as of ${takenAt}${held}.`;
}
