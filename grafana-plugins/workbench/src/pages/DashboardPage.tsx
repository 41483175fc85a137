import type { GrafanaTheme2 } from '@grafana/data';
import { UrlSyncContextProvider, type SceneObject } from '@grafana/scenes';
import { LinkButton, Stack, useStyles2 } from '@grafana/ui';
import { css } from '@emotion/css';
import { useEffect, useMemo } from 'react';
import { useLocation, useParams } from 'react-router-dom';
import { buildScene } from '../dashboards/build-scene';
import type { DashboardJson, DashboardListItem, LinkJson } from '../dashboards/dashboard-schema';
import { resolveLinks } from '../dashboards/links';
import { loadDashboard } from '../dashboards/load';
import { PageState } from './page-state';
import { useLoaded } from './use-loaded';

const getStyles = (theme: GrafanaTheme2) => ({
  heading: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(1.5),
    '& h1': { fontSize: theme.typography.h3.fontSize, margin: 0 },
  }),
});

/** Tells Grafana's packages which scene is on the page, as long as it is. */
export function useSceneContext(scene: SceneObject): void {
  // Variables are looked up during the first render already, so this cannot wait for an effect.
  useMemo(() => {
    window.__grafanaSceneContext = scene;
  }, [scene]);
  useEffect(
    () => () => {
      if (window.__grafanaSceneContext === scene) {
        delete window.__grafanaSceneContext;
      }
    },
    [scene],
  );
}

function DashboardLinks({ links, dashboards }: { links: LinkJson[]; dashboards: DashboardListItem[] }) {
  const { search, pathname } = useLocation();
  const others = dashboards.filter((dashboard) => pathname !== `/d/${dashboard.uid}`);
  return (
    <Stack direction="row" gap={1} wrap="wrap" minWidth={0}>
      {resolveLinks(links, others, search).map((link) => (
        <LinkButton
          key={link.href}
          href={link.href}
          target={link.targetBlank ? '_blank' : undefined}
          icon={link.targetBlank ? 'external-link-alt' : 'apps'}
          tooltip={link.tooltip === '' ? undefined : link.tooltip}
          variant="secondary"
          size="sm"
        >
          {link.title}
        </LinkButton>
      ))}
    </Stack>
  );
}

function DashboardView({
  dashboard,
  dashboards,
}: {
  dashboard: DashboardJson;
  dashboards: DashboardListItem[];
}) {
  const styles = useStyles2(getStyles);
  const { search } = useLocation();
  const isLazy = new URLSearchParams(search).has('lazy');
  const scene = useMemo(
    () => buildScene(dashboard, (panelId) => `/edit/${dashboard.uid}/${panelId}`, isLazy),
    [dashboard, isLazy],
  );
  useSceneContext(scene);
  useEffect(() => {
    document.title = `${dashboard.title} - CODITECT Analytics workbench`;
  }, [dashboard.title]);
  return (
    <>
      <div className={styles.heading}>
        <h1>{dashboard.title}</h1>
        <Stack direction="row" gap={1} wrap="wrap">
          <DashboardLinks links={dashboard.links} dashboards={dashboards} />
          <LinkButton
            href={`/settings/${dashboard.uid}${search}`}
            icon="cog"
            variant="secondary"
            size="sm"
            aria-label="Variables and annotations"
            tooltip="Variables and annotations"
          />
        </Stack>
      </div>
      <UrlSyncContextProvider scene={scene} updateUrlOnInit={false} createBrowserHistorySteps>
        <scene.Component model={scene} />
      </UrlSyncContextProvider>
    </>
  );
}

/** A dashboard of the provisioning folder. */
export function DashboardPage({ dashboards, homeUid }: { dashboards: DashboardListItem[]; homeUid: string }) {
  const { uid = homeUid } = useParams();
  const loaded = useLoaded(uid, () => loadDashboard(uid));
  return (
    <PageState loaded={loaded}>
      {(dashboard) => <DashboardView key={uid} dashboard={dashboard} dashboards={dashboards} />}
    </PageState>
  );
}
