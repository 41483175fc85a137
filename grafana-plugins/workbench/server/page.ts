import type { WorkbenchConfig } from './config.js';
import { describeInstance, type DatasourceStore } from './datasource-store.js';
import type { InstalledPlugin } from './plugins.js';

export interface PageFacts {
  config: WorkbenchConfig;
  plugins: InstalledPlugin[];
  datasources: DatasourceStore;
  /** Version of the Grafana packages inside the built page. */
  grafanaVersion: string;
}

/** The settings that the page starts from, in the shape of Grafana's boot data; secrets are no part of it. */
export function describeFrontendSettings(facts: PageFacts): Record<string, unknown> {
  const pluginById = new Map(facts.plugins.map((plugin) => [plugin.id, plugin]));
  const datasources = facts.datasources.list().flatMap((datasource, index) => {
    const plugin = pluginById.get(datasource.type);
    return plugin === undefined
      ? []
      : [[datasource.name, describeInstance(datasource, index + 1, plugin)] as const];
  });
  const ofType = (type: string): Record<string, unknown> =>
    Object.fromEntries(
      facts.plugins
        .filter((plugin) => plugin.type === type && plugin.isEnabled)
        .map((plugin) => [plugin.id, plugin.meta]),
    );
  const defaultDatasource = facts.datasources.list().find((datasource) => datasource.isDefault);
  return {
    datasources: Object.fromEntries(datasources),
    defaultDatasource: defaultDatasource?.name ?? '',
    panels: ofType('panel'),
    apps: ofType('app'),
    featureToggles: {},
    buildInfo: { version: facts.grafanaVersion, commit: '', env: 'production', edition: 'Open Source' },
    appSubUrl: '',
    appUrl: '/',
    namespace: 'default',
    disableSanitizeHtml: false,
  };
}

/**
 * The script that must run before any module: Grafana's packages read `window.grafanaBootData` when they are imported.
 * The theme is the address's `theme`, else the last one that was chosen, else dark.
 */
export function bootScript(facts: PageFacts): string {
  const boot = {
    settings: describeFrontendSettings(facts),
    user: {
      id: 1,
      login: 'workbench',
      name: 'Workbench',
      orgId: 1,
      orgRole: facts.config.orgRole,
      isSignedIn: true,
      timezone: '',
      weekStart: '',
      locale: 'en-US',
      language: 'en-US',
      isGrafanaAdmin: facts.config.orgRole === 'Admin',
      permissions: {},
    },
    navTree: [],
    assets: { light: '', dark: '' },
  };
  const json = JSON.stringify(boot).replaceAll('<', String.raw`\u003c`);
  return `(function () {
  var theme = new URLSearchParams(location.search).get('theme');
  try {
    if (theme === 'light' || theme === 'dark') localStorage.setItem('workbench.theme', theme);
    else theme = localStorage.getItem('workbench.theme');
  } catch (error) {}
  if (theme !== 'light') theme = 'dark';
  window.grafanaBootData = ${json};
  window.grafanaBootData.user.theme = theme;
  window.grafanaBootData.user.lightTheme = theme === 'light';
  window.__grafana_public_path__ = '/public/';
  window.workbenchHost = ${JSON.stringify(facts.config.host)};
  document.documentElement.classList.add('theme-' + theme);
  document.documentElement.style.colorScheme = theme;
})();
`;
}
