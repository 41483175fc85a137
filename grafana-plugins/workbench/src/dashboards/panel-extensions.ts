import {
  PluginExtensionPoints,
  type DataQuery,
  type PanelMenuItem,
  type PluginExtensionPanelContext,
} from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { sceneGraph, type SceneQueryRunner, type VizPanel } from '@grafana/scenes';
import { registeredLinks } from '../host/apps';
import { resolveLinks } from '../host/extensions';
import { openModal } from '../host/modals';

export interface DashboardName {
  uid: string;
  title: string;
  tags: string[];
}

function isQuery(query: unknown): query is DataQuery {
  return typeof query === 'object' && query !== null && 'refId' in query;
}

/** What a panel tells extensions about itself. The data is the query's own, before transformations, as in Grafana. */
function contextOf(
  panel: VizPanel,
  runner: SceneQueryRunner | undefined,
  dashboard: DashboardName,
): PluginExtensionPanelContext {
  const timeRange = sceneGraph.getTimeRange(panel);
  return {
    id: panel.getLegacyPanelId(),
    pluginId: panel.state.pluginId,
    title: sceneGraph.interpolate(panel, panel.state.title),
    timeRange: timeRange.state.value.raw,
    timeZone: timeRange.getTimeZone(),
    dashboard: { uid: dashboard.uid, title: dashboard.title, tags: dashboard.tags },
    targets: (runner?.state.queries ?? []).filter(isQuery),
    scopedVars: {},
    ...(runner?.state.data !== undefined && { data: runner.state.data }),
  };
}

/** What apps add to a panel's menu: nothing, or a submenu as Grafana has it. */
export function extensionItems(
  panel: VizPanel,
  runner: SceneQueryRunner | undefined,
  dashboard: DashboardName,
): PanelMenuItem[] {
  const context = contextOf(panel, runner, dashboard);
  const links = resolveLinks(registeredLinks(), PluginExtensionPoints.DashboardPanelMenu, context, openModal);
  if (links.length === 0) {
    return [];
  }
  const subMenu = links.map(({ title, icon, path, onClick }): PanelMenuItem => ({
    text: title,
    ...(icon !== undefined && { iconClassName: icon }),
    onClick: (event) => {
      onClick?.(event);
      if (path !== undefined) {
        locationService.push(path);
      }
    },
  }));
  return [{ text: 'Extensions', type: 'submenu', iconClassName: 'plug', subMenu }];
}
