import type { DataSourceApi, DataSourceInstanceSettings, DataSourceRef, ScopedVars } from '@grafana/data';
import type { DataSourceSrv, GetDataSourceListFilters, TemplateSrv } from '@grafana/runtime';
import { loadDataSourcePlugin } from './plugin-loader';

type Reference = DataSourceRef | string | null | undefined;

export interface DataSourceSrvOptions {
  templateSrv: TemplateSrv;
  /** Asks the server for the data sources as they are now. */
  fetchSettings: () => Promise<Record<string, DataSourceInstanceSettings>>;
  initial: Record<string, DataSourceInstanceSettings>;
  defaultName: string;
}

async function createInstance(settings: DataSourceInstanceSettings): Promise<DataSourceApi> {
  const plugin = await loadDataSourcePlugin(settings.meta);
  const instance: DataSourceApi = new plugin.DataSourceClass(settings);
  instance.components = plugin.components;
  // Only classes that do not extend DataSourceApi lack these.
  return Object.assign(instance, {
    meta: settings.meta,
    uid: settings.uid,
    name: settings.name,
    type: settings.type,
  });
}

function isWanted(settings: DataSourceInstanceSettings, filters: GetDataSourceListFilters): boolean {
  const types = filters.type === undefined ? [] : [filters.type].flat();
  const isOfType = types.length === 0 || types.includes(settings.type);
  const isOfPlugin = filters.pluginId === undefined || filters.pluginId === settings.meta.id;
  const isMetrics = filters.metrics !== true || settings.meta.metrics === true;
  return isOfType && isOfPlugin && isMetrics && (filters.filter === undefined || filters.filter(settings));
}

/** Data sources by uid, by name, by reference or through a `$variable`; an empty reference is the default one. */
export function createDataSourceSrv(options: DataSourceSrvOptions): DataSourceSrv {
  let all = Object.values(options.initial);
  const instances = new Map<string, Promise<DataSourceApi>>();

  const find = (reference: Reference, scopedVars?: ScopedVars): DataSourceInstanceSettings | undefined => {
    const raw = typeof reference === 'string' ? reference : (reference?.uid ?? '');
    const wanted = options.templateSrv.replace(raw, scopedVars);
    if (wanted === '' || wanted === 'default') {
      const type = typeof reference === 'object' ? reference?.type : undefined;
      const candidates = type === undefined ? all : all.filter((settings) => settings.type === type);
      return candidates.find((settings) => settings.name === options.defaultName) ?? candidates[0];
    }
    return (
      all.find((settings) => settings.uid === wanted) ?? all.find((settings) => settings.name === wanted)
    );
  };

  return {
    get: async (reference, scopedVars) => {
      const settings = find(reference, scopedVars);
      if (settings === undefined) {
        const name = typeof reference === 'string' ? reference : (reference?.uid ?? 'default');
        throw new Error(`Datasource ${name} was not found`);
      }
      const instance = instances.get(settings.uid) ?? createInstance(settings);
      instances.set(settings.uid, instance);
      return instance;
    },
    getInstanceSettings: find,
    getList: (filters = {}) => all.filter((settings) => isWanted(settings, filters)),
    reload: async () => {
      all = Object.values(await options.fetchSettings());
      instances.clear();
    },
    registerRuntimeDataSource: () => undefined,
  };
}
