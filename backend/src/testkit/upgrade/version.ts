import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Child } from '../faults/child-process.js';
import type { Sender } from '../faults/fleet.js';
import { createRole, type RoleSurroundings } from '../faults/wiring.js';

const run = promisify(execFile);

/** The roles of one version of the product, beside those of another one. */
export interface Version {
  readonly name: string;
  readonly collector: Child;
  readonly processors: readonly Child[];
  /** Among the processors. */
  readonly batchProcessor: Child;
  readonly all: readonly Child[];
  /** Its command line, on the same stores. */
  cli(...args: string[]): Promise<string>;
}

export interface VersionOptions {
  readonly name: string;
  readonly distFolder: string;
  readonly surroundings: RoleSurroundings;
  readonly env: Readonly<Record<string, string>>;
}

/** Two stream processors, so that partitions move within a version and between two. */
export async function createVersion({
  name,
  distFolder,
  surroundings,
  env,
}: VersionOptions): Promise<Version> {
  const own = { ...surroundings, version: { name, distFolder } };
  const collector = await createRole(own, 'collector', 1, env);
  // It takes from ClickHouse what an older one did not land.
  const batchEnv = { ...env, CLICKHOUSE_URL: surroundings.clickHouseUrl };
  const batchProcessor = await createRole(own, 'batch-processor', 1, batchEnv);
  const processors = [
    await createRole(own, 'stream-processor', 1, env),
    await createRole(own, 'stream-processor', 2, env),
    batchProcessor,
  ];
  const cliEnv = {
    ...process.env,
    ...env,
    DATABASE_URL: surroundings.databaseUrl,
    CLICKHOUSE_URL: surroundings.clickHouseUrl,
    RABBITMQ_URL: surroundings.brokerUrl('collector'),
    DATA_DIR: join(surroundings.folder, `${name}-cli`),
    LOG_LEVEL: 'warn',
  };
  return {
    name,
    collector,
    processors,
    batchProcessor,
    all: [...processors, collector],
    async cli(...args) {
      const { stdout } = await run(process.execPath, [join(distFolder, 'cli.js'), ...args], { env: cliEnv });
      return stdout;
    },
  };
}

const tenantSchema = z.object({ id: z.string() });
const keySchema = z.object({ key: z.string() });

/** By the version's own command line: nobody else may touch its tables before they are brought up to date. */
export async function createSenders(version: Version, names: readonly string[]): Promise<readonly Sender[]> {
  const senders: Sender[] = [];
  for (const name of names) {
    const tenant = await version.cli('tenants', 'create', name, '--json');
    const { id: tenantId } = tenantSchema.parse(JSON.parse(tenant));
    const made = await version.cli('keys', 'create', '--tenant', tenantId, '--scope', 'ingest', '--json');
    senders.push({ tenantId, key: keySchema.parse(JSON.parse(made)).key });
  }
  return senders;
}
