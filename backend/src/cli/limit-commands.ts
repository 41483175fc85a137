import { InvalidArgumentError, type Command } from 'commander';
import type { LimitOperations, LimitsAnswer } from '../admin/limit-operations.js';
import type { UsageOfTenant } from '../platform/usage-of-tenant.js';
import { limitNames, tenantLimitsSchema, type LimitName, type OwnLimits } from '../platform/tenant-limits.js';
import { formatTable, type Output } from './output.js';

/** What is given of a limit. `default` is what the configuration says. */
type Given = number | 'none' | 'default';
type LimitOptions = Partial<Record<LimitName, Given>> & { readonly tenant: string; readonly json?: boolean };

const descriptions: Readonly<Record<LimitName, string>> = {
  eventsPerSecond: 'events a second over HTTP, in each collector',
  eventsBurst: 'events at once before the rate counts',
  eventsPerDay: 'events accepted in a day of UTC',
  storedEvents: 'raw events kept at a time',
  queriesInFlight: 'questions worked on at once, in each process',
  rowsReadPerDay: 'rows that ClickHouse reads for questions in a day of UTC',
  reportMinutesPerDay: 'minutes of making reports in a day of UTC',
};

/** Gets at them for the time of one command. */
export type WithLimits = <T>(work: (operations: LimitOperations) => Promise<T>) => Promise<T>;

/** `tenants limits`: shows them, and changes those that are named. */
export function addLimitsCommand(
  tenants: Command,
  withLimits: WithLimits,
  output: Pick<Output, 'print'>,
): void {
  const command = tenants
    .command('limits')
    .description('show how much a tenant may do, and change what is named')
    .requiredOption('--tenant <tenant>', 'id or name of the tenant')
    .option('--json', 'print JSON');
  for (const name of limitNames) {
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const description = `${descriptions[name]}; "none" or "default"`;
    command.option(`${flag} <number>`, description, (text) => parseLimit(name, text));
  }
  command.action(async (options: LimitOptions) => {
    const answer = await withLimits(async (operations) => {
      const before = await operations.getLimits(options.tenant);
      const given = limitNames.filter((name) => options[name] !== undefined);
      if (given.length === 0) return before;
      return operations.putLimits(options.tenant, change(before.own, options));
    });
    if (options.json === true) output.print(JSON.stringify(answer));
    else output.print(toTable(answer));
  });
}

/** `tenants usage`. */
export function addUsageCommand(
  tenants: Command,
  withLimits: WithLimits,
  output: Pick<Output, 'print'>,
): void {
  tenants
    .command('usage')
    .description('show what a tenant has used in the last month, by day of UTC')
    .requiredOption('--tenant <tenant>', 'id or name of the tenant')
    .option('--json', 'print JSON')
    .action(async ({ json, tenant }: { tenant: string; json?: boolean }) => {
      const usage = await withLimits((operations) => operations.getUsage(tenant));
      output.print(json === true ? JSON.stringify(usage) : toUsageTable(usage));
    });
}

function toUsageTable({ days, stored }: UsageOfTenant): string {
  const kept = stored === null ? 'not counted yet' : `${stored.events} (counted ${stored.countedAt})`;
  const table = formatTable(
    ['DAY', 'EVENTS', 'ROWS READ', 'REPORT MINUTES'],
    days.map((one) => [one.day, String(one.events), String(one.rowsRead), one.reportMinutes.toFixed(1)]),
  );
  return `${table}\nStored events: ${kept}`;
}

function change(own: OwnLimits, options: LimitOptions): OwnLimits {
  const changed = new Map<string, number | null>();
  for (const name of limitNames) {
    const value = options[name] ?? own[name];
    if (value === 'none') changed.set(name, null);
    else if (value !== undefined && value !== 'default') changed.set(name, value);
  }
  return Object.fromEntries(changed);
}

function parseLimit(name: LimitName, text: string): Given {
  if (text === 'default') return text;
  const value = text === 'none' ? null : /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  const checked = tenantLimitsSchema.shape[name].safeParse(value);
  if (checked.success) return checked.data ?? 'none';
  const allowed = name === 'eventsBurst' ? 'or "default"' : '"none" or "default"';
  throw new InvalidArgumentError(`${JSON.stringify(text)} is no whole number within its bounds, ${allowed}.`);
}

function toTable({ limits, own }: LimitsAnswer): string {
  return formatTable(
    ['LIMIT', 'VALUE', 'SET', 'WHAT IT COUNTS'],
    limitNames.map((name) => [
      name,
      limits[name] === null ? 'none' : String(limits[name]),
      own[name] === undefined ? 'by configuration' : 'for this tenant',
      descriptions[name],
    ]),
  );
}
