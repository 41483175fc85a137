import { PluginType, type PanelPluginMeta } from '@grafana/data';

/** The description of a panel that is part of the workbench and not of a bundle. */
export function standInMeta(id: string, name: string): PanelPluginMeta {
  return {
    id,
    name,
    type: PluginType.panel,
    module: '',
    baseUrl: '',
    sort: 100,
    info: {
      author: { name: 'CODITECT' },
      description: `A stand-in for Grafana's ${name} panel`,
      links: [],
      logos: { small: '', large: '' },
      screenshots: [],
      updated: '',
      version: __GRAFANA_VERSION__,
    },
  };
}
