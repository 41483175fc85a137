import { InvalidArgumentError, type Command } from 'commander';
import { minGroupSizeMax } from '../platform/min-group-size.js';
import { addLimitsCommand, addUsageCommand } from './limit-commands.js';
import type { OperationsOpener } from './operations-opener.js';
import { formatTable, type Output } from './output.js';
import { addRedactionCommands, type RedactionCommandContext } from './redaction-commands.js';

interface JsonOption {
  readonly json?: boolean;
}

/** `tenants create`, `list`, `min-group-size`, `limits`, `usage`, `redaction`. */
export function addTenantCommands(program: Command, context: RedactionCommandContext): void {
  const { opener, output } = context;
  const tenants = program.command('tenants').description('customers whose data is kept apart');
  tenants
    .command('create')
    .description('create a tenant')
    .argument('<name>', 'its name; its id is made of it')
    .option('--time-zone <zone>', 'IANA zone in which its days begin', 'UTC')
    .option('--json', 'print JSON')
    .action(async (name: string, options: JsonOption & { timeZone: string }) => {
      const tenant = await opener().withControl((operations) =>
        operations.createTenant(name, { timeZone: options.timeZone }),
      );
      const { id, timeZone } = tenant;
      if (options.json === true) output.print(JSON.stringify({ id, name: tenant.name, timeZone }));
      else output.print(`Created tenant ${id} with days of ${timeZone}.`);
    });
  tenants
    .command('list')
    .description('list all tenants')
    .option('--json', 'print JSON')
    .action(async (options: JsonOption) => {
      const found = await opener().withControl((operations) => operations.listTenants());
      if (options.json === true) output.print(JSON.stringify(found));
      else
        output.print(
          formatTable(
            ['ID', 'NAME', 'TIME ZONE'],
            found.map((one) => [one.id, one.name, one.timeZone]),
          ),
        );
    });
  addMinGroupSize(tenants, opener, output);
  addLimitsCommand(tenants, (work) => opener().withControl(work), output);
  addRedactionCommands(tenants, context);
  addUsageCommand(tenants, (work) => opener().withControl(work), output);
}

function addMinGroupSize(tenants: Command, opener: () => OperationsOpener, output: Output): void {
  tenants
    .command('min-group-size')
    .description('set of how many people a part of a tenant must be for its numbers about people to be told')
    .argument('<size>', 'fewest people; 1 tells of everybody', parseSize)
    .requiredOption('--tenant <tenant>', 'id or name of the tenant')
    .option('--json', 'print JSON')
    .action(async (size: number, options: JsonOption & { tenant: string }) => {
      const set = await opener().withControl((operations) =>
        operations.setMinGroupSize(options.tenant, size),
      );
      if (options.json === true) output.print(JSON.stringify(set));
      else output.print(`Parts of ${set.tenant} with fewer than ${set.minGroupSize} people are not told.`);
    });
}

function parseSize(text: string): number {
  const size = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (size >= 1 && size <= minGroupSizeMax) return size;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is no whole number from 1 to ${minGroupSizeMax}.`);
}
