import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { expandProvisionedValue, type ProvisioningSources } from './template.js';

type Environment = ProvisioningSources['environment'];

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

const appSchema = z.object({
  type: z.string().min(1),
  disabled: z.boolean().default(false),
  jsonData: z.record(z.string(), z.unknown()).default({}),
});
export type ProvisionedApp = z.infer<typeof appSchema>;

const appFileSchema = z.object({ apps: z.array(appSchema).default([]) });

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

/** What is looked at of a dashboard's panels; one without such a data source is shown, whatever it holds. */
const asksSchema = z.object({
  panels: z.array(
    z
      .object({ datasource: z.object({ type: z.string() }) })
      .nullable()
      .catch(null),
  ),
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

/** What the YAML files of one folder say, with `${ENV}` and `$__file{}` already replaced. */
function readFiles<T>(dir: string, kind: string, schema: z.ZodType<T>, environment: Environment): T[] {
  const sources: ProvisioningSources = { environment, readFile: (path) => readFileSync(path, 'utf8') };
  return filesWithEnding(dir, ['.yaml', '.yml']).map((file) => {
    const parsed = schema.safeParse(expandProvisionedValue(parse(readFileSync(file, 'utf8')), sources));
    if (!parsed.success) {
      throw new Error(`${file} is not a ${kind}: ${z.prettifyError(parsed.error)}`);
    }
    return parsed.data;
  });
}

/** Of these there is no plugin here: their data sources and dashboards are Grafana's alone. */
const foreignTypes: ReadonlySet<string> = new Set(['prometheus']);

/**
 * The data sources of `provisioning/datasources/*.yaml`, but for those that only Grafana knows.
 * @throws when a file is not valid, with its name.
 */
export function loadDatasources(provisioningDir: string, environment: Environment): ProvisionedDatasource[] {
  const dir = join(provisioningDir, 'datasources');
  return readFiles(dir, 'data source file', datasourceFileSchema, environment)
    .flatMap(({ datasources }) => datasources)
    .filter(({ type }) => !foreignTypes.has(type));
}

/**
 * The apps of `provisioning/plugins/*.yaml`. An app that is in none of them stays switched off, as in Grafana.
 * @throws when a file is not valid, with its name.
 */
export function loadApps(provisioningDir: string, environment: Environment): ProvisionedApp[] {
  const dir = join(provisioningDir, 'plugins');
  return readFiles(dir, 'plugin file', appFileSchema, environment).flatMap(({ apps }) => apps);
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

/** None for a dashboard that asks a data source which is not here. */
function readDashboard(file: string, folder: string): ProvisionedDashboard[] {
  const parsed = dashboardSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) {
    throw new Error(`${file} is not a dashboard: ${z.prettifyError(parsed.error)}`);
  }
  const { uid, title, tags } = parsed.data;
  const asks = asksSchema.safeParse(parsed.data).data?.panels ?? [];
  if (asks.some((panel) => panel !== null && foreignTypes.has(panel.datasource.type))) return [];
  return [{ uid, title, tags, folder, dashboard: parsed.data }];
}

/**
 * The dashboards of every provider in `provisioning/dashboards/*.yaml`, read anew at each call so that an edited file
 * shows after a reload of the page.
 * @throws when a file is not valid, with its name.
 */
export function loadDashboards(provisioningDir: string, environment: Environment): ProvisionedDashboard[] {
  const dir = join(provisioningDir, 'dashboards');
  return readFiles(dir, 'dashboard provider', providerFileSchema, environment).flatMap(({ providers }) =>
    providers.flatMap((provider) =>
      filesWithEnding(providerDir(provisioningDir, provider.options.path), ['.json']).flatMap((json) =>
        readDashboard(json, provider.folder),
      ),
    ),
  );
}
