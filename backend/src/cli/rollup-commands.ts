import { InvalidArgumentError, type Command } from 'commander';
import type { RollupReport } from '../platform/rollup-requests.js';
import type { OperationsOpener } from './operations-opener.js';
import type { Output } from './output.js';

const dayMs = 86_400_000;
/** Days of one request: it answers in time, and one sees how far it is. */
const stepDays = 7;

interface RollupOptions {
  readonly tenant?: string;
  readonly from: number;
  readonly to: number;
  readonly json?: boolean;
}

/** `rollup --from D --to D`. */
export function addRollupCommand(program: Command, opener: () => OperationsOpener, output: Output): void {
  program
    .command('rollup')
    .description('make the rollups of days anew, from the events that have landed')
    .option('--tenant <tenant>', 'id or name; all tenants without it')
    .requiredOption('--from <day>', 'first local day, such as 2026-03-01', parseDay)
    .requiredOption('--to <day>', 'the day after the last one', parseDay)
    .option('--json', 'print JSON')
    .action(async ({ tenant, from, to, json }: RollupOptions) => {
      if (to <= from) throw new InvalidArgumentError('--to is the day after the last one.');
      const report = await opener().withRollups(async (operations) => {
        const reports: RollupReport[] = [];
        for (let day = from; day < to; day += stepDays) {
          const step = { from: toDate(day), to: toDate(Math.min(day + stepDays, to)) };
          reports.push(await operations.rollUp({ ...step, ...(tenant !== undefined && { tenant }) }));
          if (json !== true && output.isTerminal) output.draw(`\rRolled up until ${step.to}`);
        }
        return join(reports);
      });
      if (json !== true && output.isTerminal) output.draw('\r\u001B[K');
      output.print(json === true ? JSON.stringify(report) : describe(report));
    });
}

function parseDay(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(ms) || toDate(ms / dayMs) !== text)
    throw new InvalidArgumentError('It is a date such as 2026-03-01.');
  return ms / dayMs;
}

function toDate(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

function join(reports: readonly RollupReport[]): RollupReport {
  const tenants = new Map<string, RollupReport['tenants'][number]>();
  for (const found of reports.flatMap((report) => report.tenants)) {
    const known = tenants.get(found.tenant);
    tenants.set(found.tenant, {
      tenant: found.tenant,
      days: found.days + (known?.days ?? 0),
      dropped: [...(known?.dropped ?? []), ...found.dropped],
      isBusy: found.isBusy || known?.isBusy === true,
    });
  }
  return { tenants: [...tenants.values()] };
}

function describe({ tenants }: RollupReport): string {
  return tenants
    .map(({ tenant, days, dropped, isBusy }) => {
      const left =
        dropped.length === 0 ? '' : ` Left alone, as their events have left landing: ${dropped.join(', ')}.`;
      const busy = isBusy ? ' Not all: another process had this tenant in hand. Run it again.' : '';
      return `${tenant}: ${days} days rolled up.${left}${busy}`;
    })
    .join('\n');
}
