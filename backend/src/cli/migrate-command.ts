import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import type { MigrationEntry } from '../admin/operations.js';
import { scopes, type Scope } from '../platform/tenancy.js';
import type { Output } from './output.js';

/** A key that somebody else has made, with the file from which it was read. */
export interface KeyFile {
  readonly scopes: readonly Scope[];
  readonly path: string;
  readonly key: string;
}

export interface MigrationWish {
  /** Created if it is not there. Keys are its keys. */
  readonly tenant: string | undefined;
  readonly timeZone: string;
  readonly keys: readonly KeyFile[];
  /** Goes on where stream processors run beside a migration that is not safe beside them. */
  readonly besideProcessors: boolean;
}

export interface MigrationReport {
  readonly migrations: readonly MigrationEntry[];
  readonly keys: readonly {
    readonly tenant: string;
    readonly scopes: readonly Scope[];
    readonly id: string;
    readonly outcome: 'loaded' | 'kept' | 'changed';
    readonly replaced: string | undefined;
  }[];
}

export type MigrateStores = (wish: MigrationWish) => Promise<MigrationReport>;

interface MigrateOptions {
  readonly tenant?: string;
  readonly timeZone: string;
  readonly keyFile: readonly (readonly [readonly Scope[], string])[];
  readonly besideProcessors?: boolean;
  readonly json?: boolean;
}

/** `migrate`: the one-shot before the roles start. */
export function addMigrateCommand(program: Command, migrate: MigrateStores, output: Output): void {
  program
    .command('migrate')
    .description('bring the tables of all stores up to date, and load keys of a secret store')
    .option('--tenant <name>', 'a tenant that must be there')
    .option('--time-zone <zone>', 'IANA zone in which its days begin, if it is created now', 'UTC')
    .option(
      '--key-file <scopes=file>',
      'a key of this tenant, such as read,report=/run/secrets/grafana_key; can be repeated',
      collectKeyFile,
      [],
    )
    .option(
      '--beside-processors',
      'go on while stream processors run, though a migration would miscount beside them',
    )
    .option('--json', 'print JSON')
    .action(async (options: MigrateOptions, command: Command) => {
      if (options.tenant === undefined && options.keyFile.length > 0)
        command.error('error: --key-file needs --tenant');
      const report = await migrate({
        tenant: options.tenant,
        timeZone: options.timeZone,
        besideProcessors: options.besideProcessors === true,
        keys: options.keyFile.map(([held, path]) => ({
          scopes: held,
          path,
          key: readFileSync(path, 'utf8').trim(),
        })),
      });
      output.print(options.json === true ? JSON.stringify(report) : describe(report));
    });
}

function collectKeyFile(text: string, before: MigrateOptions['keyFile']): MigrateOptions['keyFile'] {
  const cut = text.indexOf('=');
  const wanted = text.slice(0, Math.max(0, cut)).split(',');
  const known = scopes.filter((scope) => wanted.includes(scope));
  const path = text.slice(cut + 1);
  if (known.length === wanted.length && path !== '') return [...before, [known, path]];
  throw new InvalidArgumentError(
    `It is SCOPES=FILE, with scopes of ${scopes.join(', ')} and commas between.`,
  );
}

function describe({ keys, migrations }: MigrationReport): string {
  const stores = [...new Set(migrations.map(({ store }) => store))];
  const lines = stores.map((store) => {
    const last = migrations.filter((migration) => migration.store === store).at(-1);
    return `${store} is at ${last?.name ?? 'its beginning'}`;
  });
  const told = keys.map(
    ({ id, outcome, replaced, scopes: held, tenant }) =>
      `key ${id} of ${tenant} for ${held.join(',')}: ${outcome}` +
      (replaced === undefined ? '' : `; ${replaced} ends in an hour`),
  );
  return [...lines, ...told].join('\n');
}
