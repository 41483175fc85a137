import type { DataTransformerConfig, FieldConfigSource, PanelMenuItem } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import {
  SceneDataTransformer,
  sceneGraph,
  SceneQueryRunner,
  VizPanel,
  VizPanelMenu,
  type SceneDataProvider,
} from '@grafana/scenes';
import type { PanelJson } from './dashboard-schema';
import { extensionItems, type DashboardName } from './panel-extensions';
import { PanelLinks } from './panel-links';
import { PanelNotices } from './panel-notices';
import { toDatasourceRef } from './variables';

function toDatasource(panel: PanelJson): ReturnType<typeof toDatasourceRef> {
  const [first] = panel.targets;
  const ofTarget = first?.['datasource'];
  const reference = typeof ofTarget === 'object' && ofTarget !== null ? ofTarget : undefined;
  return toDatasourceRef(panel.datasource ?? undefined) ?? reference;
}

function toQueryRunner(panel: PanelJson): SceneQueryRunner {
  return new SceneQueryRunner({
    datasource: toDatasource(panel),
    queries: panel.targets,
    maxDataPoints: panel.maxDataPoints,
    minInterval: panel.interval,
    maxDataPointsFromWidth: true,
  });
}

function toData(panel: PanelJson): SceneDataProvider | undefined {
  if (panel.targets.length === 0) {
    return undefined;
  }
  const $data = toQueryRunner(panel);
  if (panel.transformations.length === 0) {
    return $data;
  }
  const transformations = panel.transformations.map((transformation): DataTransformerConfig => ({
    ...transformation,
    options: transformation.options ?? {},
  }));
  return new SceneDataTransformer({ $data, transformations });
}

/** The options come from JSON; the panel's own migration and defaults are what makes them valid. */
function toFieldConfig(panel: PanelJson): FieldConfigSource {
  return panel.fieldConfig as unknown as FieldConfigSource;
}

/** The query runner of a panel, behind its transformations when it has some. */
export function findQueryRunner(panel: VizPanel): SceneQueryRunner | undefined {
  const { $data } = panel.state;
  const inner = $data instanceof SceneDataTransformer ? $data.state.$data : $data;
  return inner instanceof SceneQueryRunner ? inner : undefined;
}

/** The menu is put together each time it is opened: what extensions add depends on what the panel shows just then. */
function buildMenu(editAddress: string, dashboard: DashboardName): VizPanelMenu {
  const edit: PanelMenuItem = {
    text: 'Edit query and options',
    iconClassName: 'edit',
    // The time range and the variables go along: they are in the address.
    onClick: () => locationService.push(`${editAddress}${locationService.getLocation().search}`),
  };
  return new VizPanelMenu({
    $behaviors: [
      // A repeated panel has a copy of the menu, so the menu asks whose it is.
      (menu: VizPanelMenu) => {
        const panel = sceneGraph.getAncestor(menu, VizPanel);
        menu.setItems([edit, ...extensionItems(panel, findQueryRunner(panel), dashboard)]);
      },
    ],
  });
}

/**
 * A panel of a dashboard as a scene object.
 * @param menuOf where the panel's menu leads and which dashboard it belongs to; without it there is no menu
 */
export function buildPanel(
  panel: PanelJson,
  menuOf?: { editAddress: string; dashboard: DashboardName },
): VizPanel {
  return new VizPanel({
    key: `panel-${panel.id}`,
    pluginId: panel.type,
    pluginVersion: panel.pluginVersion,
    title: panel.title,
    description: panel.description,
    displayMode: panel.transparent ? 'transparent' : 'default',
    hoverHeader: panel.title === '',
    options: panel.options,
    fieldConfig: toFieldConfig(panel),
    $data: toData(panel),
    titleItems: [new PanelNotices({}), new PanelLinks({ links: panel.links })],
    menu: menuOf && buildMenu(menuOf.editAddress, menuOf.dashboard),
  });
}
