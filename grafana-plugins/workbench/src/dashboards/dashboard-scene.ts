import { CoreApp, type DataQueryRequest } from '@grafana/data';
import { EmbeddedScene, VizPanel, type DataRequestEnricher, type SceneObject } from '@grafana/scenes';

interface DashboardName {
  uid: string;
  title: string;
}

/** A dashboard's root: it adds to each request which panel asks, as Grafana does. */
export class DashboardScene extends EmbeddedScene implements DataRequestEnricher {
  private readonly dashboard: DashboardName;

  public constructor(dashboard: DashboardName, state: ConstructorParameters<typeof EmbeddedScene>[0]) {
    super(state);
    this.dashboard = dashboard;
  }

  public enrichDataRequest(source: SceneObject): Partial<DataQueryRequest> {
    const common = {
      app: CoreApp.Dashboard,
      dashboardUID: this.dashboard.uid,
      dashboardTitle: this.dashboard.title,
    };
    const owner = findOwner(source);
    if (owner === undefined) {
      return common;
    }
    return {
      ...common,
      panelId: owner.getLegacyPanelId(),
      panelName: owner.state.title,
      panelPluginId: owner.state.pluginId,
    };
  }
}

/** The panel that a query runner belongs to, itself or behind transformations. */
function findOwner(source: SceneObject): VizPanel | undefined {
  let current: SceneObject | undefined = source;
  while (current !== undefined && !(current instanceof VizPanel)) {
    current = current.parent;
  }
  return current;
}
