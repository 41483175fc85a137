import type { Command } from 'commander';
import { formatTable, type Output } from './output.js';

export interface RetentionLine {
  readonly rule: string;
  readonly kept: string;
  /** `null` where no age ends it. */
  readonly days: number | null;
  readonly tables: readonly string[];
}

/** `retention`: how long everything is kept, by the configuration of whoever asks. */
export function addRetentionCommand(
  program: Command,
  list: () => readonly RetentionLine[],
  output: Output,
): void {
  program
    .command('retention')
    .description('how long everything is kept, as it is configured here')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => {
      const lines = list();
      output.print(json === true ? JSON.stringify(lines) : describe(lines));
    });
}

function describe(lines: readonly RetentionLine[]): string {
  const rows = lines.map(({ days, kept, tables }) => [
    days === null ? '-' : String(days),
    kept,
    tables.length === 0 ? 'files' : tables.join(' '),
  ]);
  return formatTable(['DAYS', 'KEPT', 'WHERE'], rows);
}
