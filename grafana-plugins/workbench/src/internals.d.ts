/** The part of Grafana's packages that lies behind their exports map; see vite.config.mjs. */
declare module 'virtual:grafana-internals' {
  import type {
    DataSourceInstanceSettings,
    DataSourcePluginMeta,
    DataSourceApi,
    DataSourcePlugin,
  } from '@grafana/data';
  import type { PanelDataErrorViewProps, PluginPageProps } from '@grafana/runtime';
  import type { ComponentType, ReactElement } from 'react';
  import type { Observable } from 'rxjs';

  type ResourceLoader = (language: string) => Promise<Record<string, unknown>>;

  export function initializeI18n(options: {
    language?: string;
    ns?: string[];
  }): Promise<{ language: string | undefined }>;
  export function loadNamespacedResources(
    namespace: string,
    language: string,
    loaders?: ResourceLoader[],
  ): Promise<unknown>;
  export function setPanelDataErrorView(view: ComponentType<PanelDataErrorViewProps>): void;
  export function setPanelRenderer(renderer: ComponentType<never>): void;
  export function setPluginPage(page: (props: PluginPageProps) => ReactElement): void;
  export function setGetObservablePluginLinks(get: () => Observable<never[]>): void;
  export function setGetObservablePluginComponents(get: () => Observable<never[]>): void;
  export function initDataSourceInstanceSettings(
    settings: Record<string, DataSourceInstanceSettings>,
    defaultName: string,
  ): void;
  export function setDataSourcePluginImporter(
    load: (meta: DataSourcePluginMeta) => Promise<DataSourcePlugin<DataSourceApi>>,
  ): void;
}

/** Workers of the code editor; see vite.config.mjs. */
declare module 'virtual:monaco-workers' {
  export const EditorWorker: new () => Worker;
  export const JsonWorker: new () => Worker;
}

/** Grafana's icons by their path, and the store in which its `Icon` looks for them; see vite.config.mjs. */
declare module 'virtual:bundled-icons' {
  export const icons: Readonly<Record<string, string>>;
  export const cacheStore:
    { set(url: string, icon: { content: string; status: 'loaded' }): void } | undefined;
}
