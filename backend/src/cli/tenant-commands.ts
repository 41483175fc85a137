import type { Command } from 'commander';
import type { OperationsOpener } from './operations-opener.js';
import { formatTable, type Output } from './output.js';

interface JsonOption {
  readonly json?: boolean;
}

/** `tenants create`, `tenants list`. */
export function addTenantCommands(program: Command, opener: () => OperationsOpener, output: Output): void {
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
}
