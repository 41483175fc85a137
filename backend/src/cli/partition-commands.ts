import { InvalidArgumentError, type Command } from 'commander';
import type { Output } from './output.js';

export interface PartitionChangeReport {
  readonly from: number | undefined;
  readonly to: number;
  readonly dryRun: boolean;
  readonly queues: readonly { readonly name: string }[];
}

export type ChangePartitions = (change: {
  readonly to: number;
  readonly dryRun: boolean;
}) => Promise<PartitionChangeReport>;

/** `partitions set N`. */
export function addPartitionCommands(program: Command, change: ChangePartitions, output: Output): void {
  program
    .command('partitions')
    .description('parts that events are spread over on the broker')
    .command('set')
    .description('change their number, while every role is stopped and the queues are empty')
    .argument('<count>', 'how many', parseCount)
    .option('--yes', 'do it; without it, only look whether it can be done')
    .option('--json', 'print JSON')
    .action(async (count: number, options: { yes?: boolean; json?: boolean }) => {
      const report = await change({ to: count, dryRun: options.yes !== true });
      output.print(options.json === true ? JSON.stringify(report) : describe(report));
    });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 64) return count;
  throw new InvalidArgumentError('It is a whole number from 1 to 64.');
}

function describe({ from, to, dryRun, queues }: PartitionChangeReport): string {
  const before = from === undefined ? 'not set' : String(from);
  if (dryRun)
    return `Partitions: ${before} now. ${queues.length} empty queues would go. Add --yes to set ${to}.`;
  return `Partitions: ${before} before, ${to} now. Start every role with BUS_PARTITIONS=${to}.`;
}
