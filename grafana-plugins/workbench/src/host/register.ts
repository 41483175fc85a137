import {
  EventBusSrv,
  locationUtil,
  setTimeZoneResolver,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  type DataSourceInstanceSettings,
  type GrafanaConfig,
  type TransformerRegistryItem,
} from '@grafana/data';
import {
  config,
  FakeEchoSrv,
  locationService,
  setAppEvents,
  setBackendSrv,
  setChromeHeaderHeightHook,
  setCurrentUser,
  setDataSourceSrv,
  setEchoSrv,
  setLocationSrv,
  setPluginComponentHook,
  setPluginComponentsHook,
  setPluginFunctionsHook,
  setPluginImportUtils,
  setPluginLinksHook,
  setReturnToPreviousHook,
  setRunRequest,
  setTemplateSrv,
} from '@grafana/runtime';
import { loadResources } from '@grafana/scenes';
import { of } from 'rxjs';
import {
  initDataSourceInstanceSettings,
  initializeI18n,
  loadNamespacedResources,
  setDataSourcePluginImporter,
  setGetObservablePluginComponents,
  setGetObservablePluginLinks,
  setPanelDataErrorView,
  setPluginPage,
} from 'virtual:grafana-internals';
import { cacheStore, icons } from 'virtual:bundled-icons';
import { EditorWorker, JsonWorker } from 'virtual:monaco-workers';
import { PluginPageFrame } from '../pages/PluginPageFrame';
import { NoDataView } from '../panels/no-data';
import { createBackendSrv } from './backend-srv';
import { createDataSourceSrv } from './data-source-srv';
import { standardFieldConfigItems } from './field-config';
import { findLoadedPanel, loadDataSourcePlugin, loadPanel } from './plugin-loader';
import { runRequest } from './run-request';
import { standardEditors } from './standard-editors';
import { createTemplateSrv } from './template-srv';

interface FrontendSettings {
  datasources: Record<string, DataSourceInstanceSettings>;
}

function registerTransformers(): void {
  const isLazy = Number.parseInt(__GRAFANA_VERSION__, 10) >= 13;
  standardTransformersRegistry.setInit(() =>
    // An old name of a transformation is listed beside the new one, with the same id.
    [
      ...new Map(
        Object.values(standardTransformers).map((transformer) => [transformer.id, transformer]),
      ).values(),
    ].map((transformer) => {
      // Until Grafana 12 an item holds the transformer itself, from 13 on a function that gives a promise of it.
      const transformation: unknown = isLazy ? () => Promise.resolve(transformer) : transformer;
      const item: unknown = {
        id: transformer.id,
        name: transformer.name,
        editor: () => null,
        transformation,
      };
      return item as TransformerRegistryItem;
    }),
  );
}

function registerExtensionHooks(): void {
  setPluginLinksHook(() => ({ links: [], isLoading: false }));
  setPluginComponentHook(() => ({ component: null, isLoading: false }));
  setPluginComponentsHook(() => ({ components: [], isLoading: false }));
  setPluginFunctionsHook(() => ({ functions: [], isLoading: false }));
  setReturnToPreviousHook(() => () => undefined);
  setChromeHeaderHeightHook(() => 0);
  setGetObservablePluginLinks(() => of([]));
  setGetObservablePluginComponents(() => of([]));
}

/** With the packages of Grafana 12 there is no store before the first icon is drawn: they are fetched. */
function registerIcons(): void {
  if (cacheStore === undefined) return;
  for (const [path, content] of Object.entries(icons)) {
    cacheStore.set(`${window.__grafana_public_path__ ?? ''}build/img/icons/${path}`, {
      content,
      status: 'loaded',
    });
  }
}

/** The code editor asks for a worker by the language of what is edited. */
function registerWorkers(): void {
  window.MonacoEnvironment = {
    getWorker: (_module, label) => (label === 'json' ? new JsonWorker() : new EditorWorker()),
  };
}

/**
 * Gives Grafana's packages the services that Grafana itself would give them. Must be done before the first panel or
 * plugin is loaded.
 */
export async function registerServices(): Promise<void> {
  await initializeI18n({ language: 'en-US', ns: ['grafana'] });
  await loadNamespacedResources('grafana', 'en-US', [loadResources]);
  setTimeZoneResolver(() => 'browser');

  standardEditorsRegistry.setInit(() => standardEditors);
  standardFieldConfigEditorRegistry.setInit(() => standardFieldConfigItems);
  registerTransformers();
  registerWorkers();
  registerIcons();

  const backendSrv = createBackendSrv();
  const templateSrv = createTemplateSrv();
  setBackendSrv(backendSrv);
  setTemplateSrv(templateSrv);
  setAppEvents(new EventBusSrv());
  setEchoSrv(new FakeEchoSrv());
  setCurrentUser(config.bootData.user);
  setLocationSrv({ update: (update) => locationService.partial(update.query ?? {}, update.replace) });
  const grafanaConfig: unknown = config;
  locationUtil.initialize({
    // Grafana's packages type the same settings twice, a little differently.
    config: grafanaConfig as GrafanaConfig,
    getTimeRangeForUrl: () => ({ from: 'now-7d', to: 'now' }),
    getVariablesUrlParams: () => ({}),
  });
  setRunRequest(runRequest);
  setPluginImportUtils({ importPanelPlugin: loadPanel, getPanelPluginFromCache: findLoadedPanel });
  setDataSourceSrv(
    createDataSourceSrv({
      templateSrv,
      initial: config.datasources,
      defaultName: config.defaultDatasource,
      fetchSettings: async () =>
        (await backendSrv.get<FrontendSettings>('/api/frontend/settings')).datasources,
    }),
  );
  initDataSourceInstanceSettings(config.datasources, config.defaultDatasource);
  setDataSourcePluginImporter(loadDataSourcePlugin);
  setPanelDataErrorView(NoDataView);
  setPluginPage(PluginPageFrame);
  registerExtensionHooks();
}
