import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { orgRoles } from './config.js';
import type { PluginRoute } from './proxy-route.js';
import type { ProvisionedApp } from './provisioning.js';

const routeSchema = z.object({
  path: z.string(),
  url: z.string().default(''),
  method: z.string().optional(),
  reqRole: z.enum(orgRoles).optional(),
  headers: z.array(z.object({ name: z.string(), content: z.string() })).default([]),
});

const pluginJsonSchema = z.looseObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  type: z.enum(['datasource', 'panel', 'app']),
  name: z.string(),
  routes: z.array(routeSchema).default([]),
  info: z.looseObject({
    version: z.string().default(''),
    logos: z.object({ small: z.string(), large: z.string() }).default({ small: '', large: '' }),
  }),
});

export interface InstalledPlugin {
  id: string;
  type: 'datasource' | 'panel' | 'app';
  name: string;
  dir: string;
  routes: PluginRoute[];
  /** Apps are off until provisioning switches them on; other plugins are always on. */
  isEnabled: boolean;
  /** What the browser is told: plugin.json with its module's address, without the routes. */
  meta: Record<string, unknown>;
}

function subfolders(dir: string): string[] {
  if (!existsSync(dir)) {
    return [];
  }
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(dir, entry.name));
}

function readPlugin(dir: string, apps: readonly ProvisionedApp[]): InstalledPlugin {
  const { routes, info, ...rest } = pluginJsonSchema.parse(
    JSON.parse(readFileSync(join(dir, 'plugin.json'), 'utf8')),
  );
  const baseUrl = `public/plugins/${rest.id}`;
  const app = apps.find(({ type, disabled }) => type === rest.id && !disabled);
  const isEnabled = rest.type !== 'app' || app !== undefined;
  const logo = (path: string): string => (path === '' ? '' : `${baseUrl}/${path}`);
  return {
    id: rest.id,
    type: rest.type,
    name: rest.name,
    dir,
    routes,
    isEnabled,
    meta: {
      ...rest,
      ...(app !== undefined && { jsonData: app.jsonData, pinned: true }),
      baseUrl,
      module: `${baseUrl}/module.js`,
      enabled: isEnabled,
      signature: 'unsigned',
      hasUpdate: false,
      info: { ...info, logos: { small: logo(info.logos.small), large: logo(info.logos.large) } },
    },
  };
}

/**
 * The production bundles found under the plugins' folder: `datasource/dist`, `app/dist` and `panels/<name>/dist`.
 * A plugin that has not been built yet is left out.
 * @throws when a built plugin.json is not valid.
 */
export function findPlugins(pluginsDir: string, apps: readonly ProvisionedApp[] = []): InstalledPlugin[] {
  const candidates = [
    join(pluginsDir, 'datasource'),
    join(pluginsDir, 'app'),
    ...subfolders(join(pluginsDir, 'panels')),
  ];
  return candidates
    .map((dir) => join(dir, 'dist'))
    .filter((dir) => existsSync(join(dir, 'plugin.json')) && existsSync(join(dir, 'module.js')))
    .map((dir) => readPlugin(dir, apps));
}
