import type { DataSourceRef } from '@grafana/data';
import {
  dataLayers,
  QueryVariable,
  sceneGraph,
  SceneDataLayerSet,
  SceneObjectBase,
  UrlSyncContextProvider,
  type SceneComponentProps,
} from '@grafana/scenes';
import { LinkButton, Stack } from '@grafana/ui';
import { useMemo, type ReactNode } from 'react';
import { useLocation, useParams } from 'react-router-dom';
import { buildFrame } from '../dashboards/build-scene';
import type { DashboardJson } from '../dashboards/dashboard-schema';
import { loadDashboard } from '../dashboards/load';
import { AnnotationEditor } from './AnnotationEditor';
import { useSceneContext } from './DashboardPage';
import { loadSource, type Source } from './load-source';
import { PageState } from './page-state';
import { useLoaded } from './use-loaded';
import { VariableEditor } from './VariableEditor';

/** Stands in the place of the dashboard's panels, so that time, variables and annotations live as they do there. */
class SettingsObject extends SceneObjectBase {
  public static Component = Settings;
}

function WithSource({
  reference,
  children,
}: {
  reference: DataSourceRef | null | undefined;
  children: (source: Source) => ReactNode;
}) {
  const loaded = useLoaded(reference?.uid ?? '', () => loadSource(reference));
  return <PageState loaded={loaded}>{children}</PageState>;
}

function isLayer(layer: unknown): layer is dataLayers.AnnotationsDataLayer {
  return layer instanceof dataLayers.AnnotationsDataLayer;
}

function Settings({ model }: SceneComponentProps<SettingsObject>) {
  const variables = sceneGraph.getVariables(model).state.variables;
  const layers = sceneGraph
    .getDataLayers(model)
    .flatMap((set) => (set instanceof SceneDataLayerSet ? set.state.layers : []))
    .filter(isLayer);
  return (
    <Stack direction="column" gap={2}>
      <h2>Variables</h2>
      {variables.map((variable) =>
        variable instanceof QueryVariable ? (
          <WithSource key={variable.state.name} reference={variable.state.datasource}>
            {(source) => <VariableEditor variable={variable} source={source} />}
          </WithSource>
        ) : null,
      )}
      <h2>Annotations</h2>
      {layers.map((layer) => (
        <WithSource key={layer.state.key} reference={layer.state.query.datasource}>
          {(source) => <AnnotationEditor layer={layer} source={source} />}
        </WithSource>
      ))}
    </Stack>
  );
}

function SettingsView({ dashboard }: { dashboard: DashboardJson }) {
  const { search } = useLocation();
  const scene = useMemo(() => buildFrame(dashboard, new SettingsObject({})), [dashboard]);
  useSceneContext(scene);
  return (
    <>
      <Stack direction="row" justifyContent="space-between" wrap="wrap">
        <h1 style={{ fontSize: 22 }}>{dashboard.title} / Settings</h1>
        <LinkButton variant="secondary" size="sm" icon="arrow-left" href={`/d/${dashboard.uid}${search}`}>
          Back to dashboard
        </LinkButton>
      </Stack>
      <UrlSyncContextProvider scene={scene} updateUrlOnInit={false} createBrowserHistorySteps>
        <scene.Component model={scene} />
      </UrlSyncContextProvider>
    </>
  );
}

/** The variables and annotation queries of a dashboard, through the editors of their plugins. Nothing is saved. */
export function SettingsPage() {
  const { uid = '' } = useParams();
  const loaded = useLoaded(uid, () => loadDashboard(uid));
  return (
    <PageState loaded={loaded}>{(dashboard) => <SettingsView key={uid} dashboard={dashboard} />}</PageState>
  );
}
