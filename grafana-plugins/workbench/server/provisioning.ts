import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { expandProvisionedValue, type ProvisioningSources } from './template.js';

const datasourceSchema = z.object({
  uid: z.string().min(1),
  name: z.string().min(1),
  type: z.string().min(1),
  url: z.string().default(''),
  isDefault: z.boolean().default(false),
  jsonData: z.record(z.string(), z.unknown()).default({}),
  secureJsonData: z.record(z.string(), z.string()).default({}),
});
export type ProvisionedDatasource = z.infer<typeof datasourceSchema>;

const datasourceFileSchema = z.object({ datasources: z.array(datasourceSchema).default([]) });

const providerFileSchema = z.object({
  providers: z.array(
    z.object({
      name: z.string(),
      folder: z.string().default(''),
      options: z.object({ path: z.string() }),
    }),
  ),
});

const dashboardSchema = z.looseObject({
  uid: z.string().min(1),
  title: z.string().min(1),
  tags: z.array(z.string()).default([]),
});

export interface ProvisionedDashboard {
  uid: string;
  title: string;
  folder: string;
  tags: string[];
  /** The dashboard's JSON as it is in the file. */
  dashboard: Record<string, unknown>;
}

function filesWithEnding(dir: string, endings: string[]): string[] {
  if (!existsSync(dir)) {
    return [];
  }
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .sort()
    .map((name) => join(dir, name));
}

/**
 * The data sources of `provisioning/datasources/*.yaml`, with `${ENV}` and `$__file{}` already replaced.
 * @throws when a file is not valid, with its name.
 */
export function loadDatasources(
  provisioningDir: string,
  environment: ProvisioningSources['environment'],
): ProvisionedDatasource[] {
  const sources: ProvisioningSources = { environment, readFile: (path) => readFileSync(path, 'utf8') };
  return filesWithEnding(join(provisioningDir, 'datasources'), ['.yaml', '.yml']).flatMap((file) => {
    const parsed = datasourceFileSchema.safeParse(
      expandProvisionedValue(parse(readFileSync(file, 'utf8')), sources),
    );
    if (!parsed.success) {
      throw new Error(`${file} is not a data source file: ${z.prettifyError(parsed.error)}`);
    }
    return parsed.data.datasources;
  });
}

/**
 * In a container the provider's path is absolute and names Grafana's own folder. Here the same files lie beside the
 * provider's file, so a path that does not exist is looked for there by its last parts.
 */
function providerDir(provisioningDir: string, path: string): string {
  const direct = isAbsolute(path) ? path : resolve(provisioningDir, path);
  if (existsSync(direct) && statSync(direct).isDirectory()) {
    return direct;
  }
  const marker = path.lastIndexOf('/dashboards');
  const tail = marker < 0 ? '' : relative('/', path.slice(marker));
  return join(provisioningDir, tail === '' ? 'dashboards' : tail);
}

function readDashboard(file: string, folder: string): ProvisionedDashboard {
  const parsed = dashboardSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) {
    throw new Error(`${file} is not a dashboard: ${z.prettifyError(parsed.error)}`);
  }
  const { uid, title, tags } = parsed.data;
  return { uid, title, tags, folder, dashboard: parsed.data };
}

/**
 * The dashboards of every provider in `provisioning/dashboards/*.yaml`, read anew at each call so that an edited file
 * shows after a reload of the page.
 * @throws when a file is not valid, with its name.
 */
export function loadDashboards(
  provisioningDir: string,
  environment: ProvisioningSources['environment'],
): ProvisionedDashboard[] {
  const sources: ProvisioningSources = { environment, readFile: (path) => readFileSync(path, 'utf8') };
  const providerFiles = filesWithEnding(join(provisioningDir, 'dashboards'), ['.yaml', '.yml']);
  return providerFiles.flatMap((file) => {
    const parsed = providerFileSchema.safeParse(
      expandProvisionedValue(parse(readFileSync(file, 'utf8')), sources),
    );
    if (!parsed.success) {
      throw new Error(`${file} is not a dashboard provider: ${z.prettifyError(parsed.error)}`);
    }
    return parsed.data.providers.flatMap((provider) =>
      filesWithEnding(providerDir(provisioningDir, provider.options.path), ['.json']).map((json) =>
        readDashboard(json, provider.folder),
      ),
    );
  });
}
