import { InvalidArgumentError, type Command } from 'commander';
import { scopes, type KeyRecord, type Scope } from '../platform/tenancy.js';
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

/** `keys create`, `keys list`, `keys revoke`. */
export function addKeyCommands(program: Command, opener: () => OperationsOpener, output: Output): void {
  const keys = program.command('keys').description('keys with which clients send and ask');
  keys
    .command('create')
    .description('create a key; it is shown once')
    .requiredOption('--tenant <tenant>', 'id or name of the tenant')
    .requiredOption(
      '--scope <scopes>',
      `what it may do, with commas between: ${scopes.join(', ')}`,
      parseScopes,
    )
    .option('--json', 'print JSON')
    .action(async (options: JsonOption & { tenant: string; scope: readonly Scope[] }) => {
      const created = await opener().withControl((operations) =>
        operations.createKey(options.tenant, options.scope),
      );
      const { tenant, id, key } = created;
      if (options.json === true) {
        output.print(JSON.stringify({ tenant, scopes: created.scopes, id, key }));
        return;
      }
      output.print(key);
      output.note(
        `Key ${id} of ${tenant} for ${created.scopes.join(', ')}. Keep it now: it is not shown again.`,
      );
    });
  keys
    .command('list')
    .description('list keys, without their secrets')
    .option('--tenant <tenant>', 'of this tenant only')
    .option('--json', 'print JSON')
    .action(async (options: JsonOption & { tenant?: string }) => {
      const found = await opener().withControl((operations) => operations.listKeys(options.tenant));
      output.print(options.json === true ? JSON.stringify(found) : formatKeys(found));
    });
  keys
    .command('revoke')
    .description('revoke a key; it stops within 10 seconds')
    .argument('<id>', 'its id, as `keys list` shows it')
    .option('--json', 'print JSON')
    .action(async (id: string, options: JsonOption) => {
      const revoked = await opener().withControl((operations) => operations.revokeKey(id));
      output.print(
        options.json === true ? JSON.stringify(revoked) : `Revoked key ${revoked.id} of ${revoked.tenant}.`,
      );
    });
}

function formatKeys(keys: readonly KeyRecord[]): string {
  const rows = keys.map(({ id, tenant, prefix, scopes: held, createdAt, revokedAt }) => [
    id,
    tenant,
    `cdk_${prefix}_...`,
    held.join(','),
    createdAt,
    revokedAt ?? '-',
  ]);
  return formatTable(['ID', 'TENANT', 'KEY', 'SCOPES', 'CREATED', 'REVOKED'], rows);
}

function parseScopes(text: string): readonly Scope[] {
  return text.split(',').map((word) => {
    const scope = scopes.find((known) => known === word.trim());
    if (scope !== undefined) return scope;
    throw new InvalidArgumentError(`${JSON.stringify(word)} is none of ${scopes.join(', ')}.`);
  });
}
