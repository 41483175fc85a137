import type { AppPlugin, AppPluginMeta } from '@grafana/data';
import { config, getBackendSrv } from '@grafana/runtime';
import { z } from 'zod';
import { checkDeclared, type RegisteredLink } from './extensions';
import { loadAppPlugin } from './plugin-loader';

const metaSchema = z.looseObject({
  id: z.string(),
  module: z.string(),
  preload: z.boolean().default(false),
  extensions: z
    .object({
      addedLinks: z
        .array(z.object({ title: z.string(), targets: z.union([z.string(), z.array(z.string())]) }))
        .default([]),
    })
    .default({ addedLinks: [] }),
});

const pageSchema = z.looseObject({
  includes: z
    .array(
      z.looseObject({
        type: z.string(),
        name: z.string(),
        path: z.string().default(''),
        addToNav: z.boolean().default(false),
      }),
    )
    .default([]),
});

/** A page of an app that has a place in the navigation. */
export interface AppNavItem {
  text: string;
  address: string;
}

const links: RegisteredLink[] = [];

/** The links of the apps that are loaded. */
export function registeredLinks(): readonly RegisteredLink[] {
  return links;
}

/** The settings of the enabled apps, as the boot data has them: whole, unlike Grafana's own excerpt. */
function enabledApps(): AppPluginMeta[] {
  const apps: Record<string, unknown> = { ...config.apps };
  return Object.values(apps).filter(isAppMeta);
}

function isAppMeta(value: unknown): value is AppPluginMeta {
  return metaSchema.safeParse(value).success;
}

/** The pages of enabled apps, in the order of plugin.json. */
export function listAppPages(): AppNavItem[] {
  return enabledApps().flatMap((meta) =>
    pageSchema
      .parse(meta)
      .includes.filter(({ type, addToNav, path }) => type === 'page' && addToNav && path !== '')
      .map(({ name, path }) => ({ text: name, address: path.replace('%PLUGIN_ID%', meta.id) })),
  );
}

const loaded = new Map<string, Promise<AppPlugin>>();

async function load(meta: AppPluginMeta): Promise<AppPlugin> {
  const plugin = await loadAppPlugin(meta);
  const { addedLinks } = metaSchema.parse(meta).extensions;
  const declared = addedLinks.map(({ title, targets }) => ({ title, targets: [targets].flat() }));
  const checked = checkDeclared(plugin.addedLinkConfigs, declared);
  if (checked.refused.length > 0) {
    throw new Error(`plugin.json of ${meta.id} does not declare: ${checked.refused.join(', ')}.`);
  }
  links.push(...checked.links.map((link) => ({ pluginId: meta.id, config: link })));
  return plugin;
}

/** Loads an app once. Rejects when it is not enabled. */
export async function getApp(id: string): Promise<{ meta: AppPluginMeta; plugin: AppPlugin }> {
  const known = enabledApps().find((meta) => meta.id === id);
  if (known === undefined) {
    throw new Error(`The app ${id} is not enabled: provisioning/plugins says which are.`);
  }
  const pending = loaded.get(id) ?? load(known);
  loaded.set(id, pending);
  const plugin = await pending;
  const settings = await getBackendSrv().get<unknown>(`/api/plugins/${encodeURIComponent(id)}/settings`);
  const meta = isAppMeta(settings) ? settings : known;
  plugin.meta = meta;
  plugin.init(meta);
  return { meta, plugin };
}

/** Loads every enabled app that wants to be there from the start. One that cannot be loaded costs only its own part. */
export async function preloadApps(onFailure: (id: string, error: unknown) => void): Promise<void> {
  const wanted = enabledApps().filter((meta) => metaSchema.parse(meta).preload);
  await Promise.all(
    wanted.map(async (meta) => {
      const pending = loaded.get(meta.id) ?? load(meta);
      loaded.set(meta.id, pending);
      await pending.catch((error: unknown) => onFailure(meta.id, error));
    }),
  );
}
