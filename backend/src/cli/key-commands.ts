import { InvalidArgumentError, type Command } from 'commander';
import { keyLifeDaysMax, keyOverlapHoursMax } from '../admin/api.js';
import type { CreatedKey } from '../admin/operations.js';
import { scopes, type KeyRecord, type Scope } from '../platform/tenancy.js';
import type { OperationsOpener } from './operations-opener.js';
import { formatTable, type Output } from './output.js';

interface JsonOption {
  readonly json?: boolean;
}

const parseLifeDays = amountUpTo(keyLifeDaysMax, { isZeroAllowed: false });
const parseOverlapHours = amountUpTo(keyOverlapHoursMax, { isZeroAllowed: true });

type Opener = () => OperationsOpener;

/** `keys create`, `keys rotate`, `keys list`, `keys revoke`. */
export function addKeyCommands(program: Command, opener: Opener, output: Output): void {
  const keys = program.command('keys').description('keys with which clients send and ask');
  addCreate(keys, opener, output);
  addRotate(keys, opener, output);
  addList(keys, opener, output);
  addRevoke(keys, opener, output);
}

function addCreate(keys: Command, opener: Opener, output: Output): void {
  keys
    .command('create')
    .description('create a key; it is shown once')
    .requiredOption('--tenant <tenant>', 'id or name of the tenant')
    .requiredOption(
      '--scope <scopes>',
      `what it may do, with commas between: ${scopes.join(', ')}`,
      parseScopes,
    )
    .option('--life-days <days>', 'it expires after this time; never, unless it is given', parseLifeDays)
    .option('--json', 'print JSON')
    .action(async (options: JsonOption & { tenant: string; scope: readonly Scope[]; lifeDays?: number }) => {
      const { tenant, scope, lifeDays } = options;
      const created = await opener().withControl((operations) =>
        operations.createKey(tenant, scope, { lifeDays }),
      );
      printCreated(output, created, options);
    });
}

function addRotate(keys: Command, opener: Opener, output: Output): void {
  keys
    .command('rotate')
    .description('create a key that takes over from another one; it is shown once')
    .argument('<id>', 'id of the old key, as `keys list` shows it')
    .option('--overlap-hours <hours>', 'how long the old key stays good', parseOverlapHours, 24)
    .option('--json', 'print JSON')
    .action(async (id: string, options: JsonOption & { overlapHours: number }) => {
      const { overlapHours } = options;
      const created = await opener().withControl((operations) => operations.rotateKey(id, { overlapHours }));
      printCreated(output, created, options);
      if (options.json !== true) output.note(`The old key ${id} is good for ${overlapHours} hours more.`);
    });
}

function addList(keys: Command, opener: Opener, output: Output): void {
  keys
    .command('list')
    .description('list keys, without their secrets')
    .option('--tenant <tenant>', 'of this tenant only')
    .option('--json', 'print JSON')
    .action(async (options: JsonOption & { tenant?: string }) => {
      const found = await opener().withControl((operations) => operations.listKeys(options.tenant));
      output.print(options.json === true ? JSON.stringify(found) : formatKeys(found));
    });
}

function addRevoke(keys: Command, opener: Opener, output: Output): void {
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

function printCreated(output: Output, created: CreatedKey, { json }: JsonOption): void {
  const { tenant, scopes: held, id, key, expiresAt, replaces } = created;
  if (json === true) {
    const more = { ...(expiresAt !== null && { expiresAt }), ...(replaces !== null && { replaces }) };
    output.print(JSON.stringify({ tenant, scopes: held, id, key, ...more }));
    return;
  }
  output.print(key);
  const life = expiresAt === null ? '' : ` It is good until ${expiresAt}.`;
  output.note(`Key ${id} of ${tenant} for ${held.join(', ')}. Keep it now: it is not shown again.${life}`);
}

function formatKeys(keys: readonly KeyRecord[]): string {
  const rows = keys.map((key) => [
    key.id,
    key.tenant,
    `cdk_${key.prefix}_...`,
    key.scopes.join(','),
    key.createdAt,
    key.expiresAt ?? '-',
    key.lastUsedAt ?? '-',
    key.revokedAt ?? '-',
  ]);
  const headings = ['ID', 'TENANT', 'KEY', 'SCOPES', 'CREATED', 'EXPIRES', 'LAST USED', 'REVOKED'];
  return formatTable(headings, rows);
}

function parseScopes(text: string): readonly Scope[] {
  return text.split(',').map((word) => {
    const scope = scopes.find((known) => known === word.trim());
    if (scope !== undefined) return scope;
    throw new InvalidArgumentError(`${JSON.stringify(word)} is none of ${scopes.join(', ')}.`);
  });
}

function amountUpTo(max: number, { isZeroAllowed }: { isZeroAllowed: boolean }): (text: string) => number {
  return (text) => {
    const amount = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    if (amount <= max && (isZeroAllowed || amount > 0)) return amount;
    throw new InvalidArgumentError(`${JSON.stringify(text)} is no number of up to ${max}.`);
  };
}
