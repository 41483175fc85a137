import { PluginContextProvider, type AppRootProps } from '@grafana/data';
import { Alert } from '@grafana/ui';
import { useLocation, useParams } from 'react-router-dom';
import { getApp } from '../host/apps';
import { PageState } from './page-state';
import { useLoaded } from './use-loaded';

/** The pages of an app, under `/a/<its id>`. */
export function AppPage() {
  const { pluginId = '' } = useParams();
  const { pathname, search } = useLocation();
  const loaded = useLoaded(pluginId, () => getApp(pluginId));
  return (
    <PageState loaded={loaded}>
      {({ meta, plugin }) => {
        const Root = plugin.root;
        if (Root === undefined) {
          return <Alert severity="info" title="This app has no pages." />;
        }
        const props: AppRootProps = {
          meta,
          basename: `/a/${pluginId}`,
          path: pathname,
          query: Object.fromEntries(new URLSearchParams(search)),
          onNavChanged: () => undefined,
        };
        return (
          <PluginContextProvider meta={meta}>
            <Root {...props} />
          </PluginContextProvider>
        );
      }}
    </PageState>
  );
}
