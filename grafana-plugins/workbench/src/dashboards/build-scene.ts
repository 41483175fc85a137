import { DashboardCursorSync } from '@grafana/data';
import {
  behaviors,
  SceneControlsSpacer,
  SceneGridItem,
  SceneGridLayout,
  SceneGridRow,
  SceneRefreshPicker,
  SceneTimePicker,
  SceneTimeRange,
  VariableValueSelectors,
  type VizPanel,
  type SceneGridItemLike,
  type SceneObject,
} from '@grafana/scenes';
import { AnnotationControls } from './AnnotationControls';
import { toAnnotationLayers } from './annotations';
import { buildPanel } from './build-panel';
import { DashboardScene } from './dashboard-scene';
import type { DashboardJson, PanelJson, PanelOrRowJson } from './dashboard-schema';
import { RepeatedPanels } from './repeated-panels';
import { toVariableSet } from './variables';

interface MenuSource {
  dashboard: DashboardJson;
  editAddressOf: (panelId: number) => string;
}

function toBody(panel: PanelJson, menuOf: Parameters<typeof buildPanel>[1]): VizPanel | RepeatedPanels {
  const source = buildPanel(panel, menuOf);
  if (panel.repeat === undefined || panel.repeat === '') {
    return source;
  }
  const { repeat, repeatDirection, maxPerRow, gridPos } = panel;
  const columns = repeatDirection === 'h' ? maxPerRow : 1;
  return new RepeatedPanels({ source, variable: repeat, columns, heightOfOne: gridPos.h, panels: [] });
}

function toGridItem(panel: PanelJson, { dashboard, editAddressOf }: MenuSource): SceneGridItem {
  const { x, y, w, h } = panel.gridPos;
  const menuOf = panel.targets.length === 0 ? undefined : { editAddress: editAddressOf(panel.id), dashboard };
  return new SceneGridItem({
    key: `grid-${panel.id}`,
    x,
    y,
    width: w,
    height: h,
    body: toBody(panel, menuOf),
  });
}

function toRow(row: PanelOrRowJson, panels: PanelJson[], source: MenuSource): SceneGridRow {
  return new SceneGridRow({
    key: `row-${row.id}`,
    title: row.title,
    y: row.gridPos.y,
    isCollapsible: true,
    isCollapsed: row.collapsed,
    children: panels.map((panel) => toGridItem(panel, source)),
  });
}

/** An open row has the panels that follow it in the list; a collapsed one carries its own. */
function groupByRow(panels: PanelOrRowJson[]): Array<{ row?: PanelOrRowJson; panels: PanelJson[] }> {
  const groups: Array<{ row?: PanelOrRowJson; panels: PanelJson[] }> = [{ panels: [] }];
  const sorted = [...panels].sort(
    (left, right) => left.gridPos.y - right.gridPos.y || left.gridPos.x - right.gridPos.x,
  );
  for (const panel of sorted) {
    if (panel.type === 'row') {
      groups.push({ row: panel, panels: [...panel.panels] });
      if (panel.collapsed) {
        groups.push({ panels: [] });
      }
    } else {
      groups.at(-1)?.panels.push(panel);
    }
  }
  return groups;
}

function toGridChildren(source: MenuSource): SceneGridItemLike[] {
  return groupByRow(source.dashboard.panels).flatMap(({ row, panels }): SceneGridItemLike[] =>
    row === undefined ? panels.map((panel) => toGridItem(panel, source)) : [toRow(row, panels, source)],
  );
}

/** Every panel of a dashboard, those inside collapsed rows too. */
export function allPanels(dashboard: DashboardJson): PanelJson[] {
  return groupByRow(dashboard.panels).flatMap((group) => group.panels);
}

const cursorSync = [DashboardCursorSync.Off, DashboardCursorSync.Crosshair, DashboardCursorSync.Tooltip];

/** What a dashboard and the editor of one of its panels share: time, variables and the controls for both. */
export function buildFrame(dashboard: DashboardJson, body: SceneObject): DashboardScene {
  const annotations = toAnnotationLayers(dashboard.annotations.list);
  const refreshIntervals = dashboard.timepicker.refresh_intervals;
  return new DashboardScene(dashboard, {
    key: `dashboard-${dashboard.uid}`,
    $timeRange: new SceneTimeRange({
      from: dashboard.time.from,
      to: dashboard.time.to,
      timeZone: dashboard.timezone === '' ? undefined : dashboard.timezone,
    }),
    $variables: toVariableSet(dashboard.templating.list),
    $data: annotations,
    $behaviors: [
      new behaviors.CursorSync({
        key: 'sync',
        sync: cursorSync[dashboard.graphTooltip] ?? DashboardCursorSync.Off,
      }),
      new behaviors.SceneQueryController(),
    ],
    controls: [
      new VariableValueSelectors({}),
      new AnnotationControls(annotations),
      new SceneControlsSpacer(),
      new SceneTimePicker({ isOnCanvas: true }),
      new SceneRefreshPicker({
        isOnCanvas: true,
        refresh: dashboard.refresh === false ? '' : dashboard.refresh,
        ...(refreshIntervals !== undefined && { intervals: refreshIntervals }),
      }),
    ],
    body,
  });
}

/**
 * A dashboard's JSON as a scene.
 * @param isLazy whether a panel asks only when it comes into view, as in Grafana; here all of them ask unless it is wanted
 */
export function buildScene(
  dashboard: DashboardJson,
  editAddressOf: MenuSource['editAddressOf'],
  isLazy: boolean,
): DashboardScene {
  const children = toGridChildren({ dashboard, editAddressOf });
  return buildFrame(
    dashboard,
    new SceneGridLayout({ isLazy, isDraggable: false, isResizable: false, children }),
  );
}
