import { AppEvents, ThemeContext } from '@grafana/data';
import { config, getAppEvents, locationService, LocationServiceProvider } from '@grafana/runtime';
import { ErrorBoundaryAlert, GlobalStyles, PortalContainer } from '@grafana/ui';
import { useEffect } from 'react';
import { Navigate, Route, Routes } from 'react-router-dom';
import { listDashboards } from './dashboards/load';
import type { DashboardListItem } from './dashboards/dashboard-schema';
import { ModalHost } from './host/modals';
import { AppPage } from './pages/AppPage';
import { DashboardPage } from './pages/DashboardPage';
import { DatasourceEditPage } from './pages/DatasourceEditPage';
import { DatasourcesPage } from './pages/DatasourcesPage';
import { EditPanelPage } from './pages/EditPanelPage';
import { ExplorePage } from './pages/ExplorePage';
import { HistoryRouter } from './pages/HistoryRouter';
import { PageState } from './pages/page-state';
import { SettingsPage } from './pages/SettingsPage';
import { Shell } from './pages/Shell';
import { Toasts } from './pages/Toasts';
import { useLoaded } from './pages/use-loaded';

function Pages({ dashboards }: { dashboards: DashboardListItem[] }) {
  const homeUid =
    dashboards.find((dashboard) => dashboard.tags.includes('home'))?.uid ?? dashboards[0]?.uid ?? '';
  return (
    <Shell dashboards={dashboards}>
      <Routes>
        <Route
          path="/"
          element={<Navigate to={{ pathname: `/d/${homeUid}`, search: window.location.search }} replace />}
        />
        <Route path="/d/:uid/:slug?" element={<DashboardPage dashboards={dashboards} homeUid={homeUid} />} />
        <Route path="/edit/:uid/:panelId" element={<EditPanelPage />} />
        <Route path="/settings/:uid" element={<SettingsPage />} />
        <Route path="/explore" element={<ExplorePage />} />
        <Route path="/datasources" element={<DatasourcesPage />} />
        <Route path="/datasources/edit/:uid" element={<DatasourceEditPage />} />
        <Route path="/a/:pluginId/*" element={<AppPage />} />
        <Route path="*" element={<Navigate to="/" replace />} />
      </Routes>
    </Shell>
  );
}

/** The whole page, inside the contexts that Grafana's components expect. */
export function App({ startFailures }: { startFailures: ReadonlyArray<[string, string]> }) {
  const loaded = useLoaded('dashboards', listDashboards);
  useEffect(() => {
    startFailures.forEach((failure) => {
      getAppEvents().publish({ type: AppEvents.alertError.name, payload: failure });
    });
  }, [startFailures]);
  return (
    <ThemeContext.Provider value={config.theme2}>
      <GlobalStyles />
      <LocationServiceProvider service={locationService}>
        <HistoryRouter>
          <ErrorBoundaryAlert style="page">
            <PageState loaded={loaded}>{(dashboards) => <Pages dashboards={dashboards} />}</PageState>
          </ErrorBoundaryAlert>
          <ModalHost />
          <Toasts />
          <PortalContainer />
        </HistoryRouter>
      </LocationServiceProvider>
    </ThemeContext.Provider>
  );
}
