import {
  AppPlugin,
  DataSourcePlugin,
  PanelPlugin,
  type AppPluginMeta,
  type DataSourceApi,
  type DataSourcePluginMeta,
  type PanelPluginMeta,
} from '@grafana/data';
import { config } from '@grafana/runtime';
import { builtInPanels } from '../panels/built-in';
import { createMissingPanel } from '../panels/missing';
import { shareModules } from './shared-modules';

const panels = new Map<string, PanelPlugin>();
const loading = new Map<string, Promise<PanelPlugin>>();
let isReady = false;

async function importModule(address: string, version: string): Promise<Record<string, unknown>> {
  if (!isReady) {
    shareModules();
    isReady = true;
  }
  const module: unknown = await System.import(`/${address}?_cache=${encodeURIComponent(version)}`);
  if (typeof module !== 'object' || module === null) {
    throw new Error(`${address} is not a module.`);
  }
  return { ...module };
}

/** The panel when it is loaded already. */
export function findLoadedPanel(id: string): PanelPlugin | undefined {
  return builtInPanels.get(id) ?? panels.get(id);
}

async function loadBundle(meta: PanelPluginMeta): Promise<PanelPlugin> {
  const module = await importModule(meta.module, meta.info.version);
  const plugin = module['plugin'];
  if (!isPanelPlugin(plugin)) {
    throw new Error(`The bundle of ${meta.id} exports no panel plugin.`);
  }
  plugin.meta = meta;
  panels.set(meta.id, plugin);
  return plugin;
}

/** Loads a panel: a stand-in for Grafana's own types, a bundle for ours, a named placeholder for anything else. */
export function loadPanel(id: string): Promise<PanelPlugin> {
  const known = findLoadedPanel(id);
  if (known !== undefined) {
    return Promise.resolve(known);
  }
  const meta = config.panels[id];
  if (meta === undefined) {
    return Promise.resolve(createMissingPanel(id));
  }
  const pending = loading.get(id) ?? loadBundle(meta);
  loading.set(id, pending);
  return pending;
}

/** Loads the bundle of a data source plugin. */
export async function loadDataSourcePlugin(
  meta: DataSourcePluginMeta,
): Promise<DataSourcePlugin<DataSourceApi>> {
  const module = await importModule(meta.module, meta.info.version);
  const plugin = module['plugin'];
  if (!isDataSourcePlugin(plugin)) {
    throw new Error(`The bundle of ${meta.id} exports no data source plugin.`);
  }
  plugin.meta = meta;
  return plugin;
}

/** Loads the bundle of an app. */
export async function loadAppPlugin(meta: AppPluginMeta): Promise<AppPlugin> {
  const module = await importModule(meta.module, meta.info.version);
  const plugin = module['plugin'];
  if (!isAppPlugin(plugin)) {
    throw new Error(`The bundle of ${meta.id} exports no app plugin.`);
  }
  plugin.meta = meta;
  return plugin;
}

function isAppPlugin(value: unknown): value is AppPlugin {
  return value instanceof AppPlugin;
}

function isPanelPlugin(value: unknown): value is PanelPlugin {
  return value instanceof PanelPlugin;
}

function isDataSourcePlugin(value: unknown): value is DataSourcePlugin<DataSourceApi> {
  return value instanceof DataSourcePlugin;
}
