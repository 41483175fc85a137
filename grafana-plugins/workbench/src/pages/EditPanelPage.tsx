import type { GrafanaTheme2 } from '@grafana/data';
import {
  SceneObjectBase,
  sceneGraph,
  UrlSyncContextProvider,
  type SceneComponentProps,
  type SceneObjectState,
  type SceneQueryRunner,
  type VizPanel,
} from '@grafana/scenes';
import { Alert, ClipboardButton, LinkButton, Stack, useStyles2 } from '@grafana/ui';
import { css } from '@emotion/css';
import { useMemo } from 'react';
import { useLocation, useParams } from 'react-router-dom';
import { buildPanel, findQueryRunner } from '../dashboards/build-panel';
import { allPanels, buildFrame } from '../dashboards/build-scene';
import type { DashboardJson, PanelJson } from '../dashboards/dashboard-schema';
import { loadDashboard } from '../dashboards/load';
import { useSceneContext } from './DashboardPage';
import { OptionsEditor } from './OptionsEditor';
import { PanelTypePicker } from './PanelTypePicker';
import { PageState } from './page-state';
import { QueriesEditor } from './QueriesEditor';
import { useLoaded } from './use-loaded';

const getStyles = (theme: GrafanaTheme2) => ({
  grid: css({
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) 340px',
    gap: theme.spacing(2),
    [theme.breakpoints.down('lg')]: { gridTemplateColumns: 'minmax(0, 1fr)' },
  }),
  stage: css({
    height: 340,
    marginBottom: theme.spacing(2),
    position: 'relative',
    display: 'flex',
    flexDirection: 'column',
  }),
  heading: css({
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(1.5),
    '& h1': { fontSize: theme.typography.h3.fontSize, margin: 0 },
  }),
  options: css({ paddingBottom: theme.spacing(12) }),
});

/** The edited panel as it would stand in the dashboard's file. */
function toJson(original: PanelJson, panel: VizPanel, queries: SceneQueryRunner['state']['queries']): string {
  const { options, fieldConfig, pluginId: type } = panel.state;
  return JSON.stringify({ ...original, type, options, fieldConfig, targets: queries }, null, 2);
}

interface StageState extends SceneObjectState {
  original: PanelJson;
  panel: VizPanel;
}

/** Holds the edited panel, so that it finds the page's time range and variables above itself. */
class StageObject extends SceneObjectBase<StageState> {
  public static Component = Stage;
}

function Stage({ model }: SceneComponentProps<StageObject>) {
  const styles = useStyles2(getStyles);
  const { original, panel } = model.useState();
  const runner = findQueryRunner(panel);
  const { data } = sceneGraph.getData(panel).useState();
  return (
    <div className={styles.grid}>
      <div>
        <div className={styles.stage} data-testid="panel-stage">
          <panel.Component model={panel} />
        </div>
        {runner !== undefined && <QueriesEditor runner={runner} data={data} />}
      </div>
      <div className={styles.options}>
        <Stack direction="column" gap={1}>
          <ClipboardButton
            icon="copy"
            variant="secondary"
            size="sm"
            getText={() => toJson(original, panel, runner?.state.queries ?? [])}
          >
            Copy panel JSON
          </ClipboardButton>
          <PanelTypePicker panel={panel} />
          <OptionsEditor panel={panel} data={data} />
        </Stack>
      </div>
    </div>
  );
}

function Editor({ dashboard, original }: { dashboard: DashboardJson; original: PanelJson }) {
  const styles = useStyles2(getStyles);
  const { search } = useLocation();
  const scene = useMemo(
    () => buildFrame(dashboard, new StageObject({ original, panel: buildPanel(original) })),
    [dashboard, original],
  );
  useSceneContext(scene);
  return (
    <>
      <div className={styles.heading}>
        <h1>
          {dashboard.title} / {original.title}
        </h1>
        <LinkButton variant="secondary" size="sm" icon="arrow-left" href={`/d/${dashboard.uid}${search}`}>
          Back to dashboard
        </LinkButton>
      </div>
      {original.targets.length > 0 ? (
        <UrlSyncContextProvider scene={scene} updateUrlOnInit={false} createBrowserHistorySteps>
          <scene.Component model={scene} />
        </UrlSyncContextProvider>
      ) : (
        <Alert severity="info" title="This panel asks no data source." />
      )}
    </>
  );
}

/** One panel with its query editor, its options and the live result. */
export function EditPanelPage() {
  const { uid = '', panelId = '' } = useParams();
  const loaded = useLoaded(`${uid}/${panelId}`, () => loadDashboard(uid));
  return (
    <PageState loaded={loaded}>
      {(dashboard) => {
        const original = allPanels(dashboard).find((panel) => String(panel.id) === panelId);
        return original === undefined ? (
          <Alert title={`The dashboard has no panel ${panelId}.`} />
        ) : (
          <Editor key={`${uid}/${panelId}`} dashboard={dashboard} original={original} />
        );
      }}
    </PageState>
  );
}
