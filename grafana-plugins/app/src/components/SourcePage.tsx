import { locationUtil } from '@grafana/data';
import { Alert, Combobox, EmptyState, LinkButton, LoadingPlaceholder, Stack } from '@grafana/ui';
import { getDataSourceSrv, locationService, PluginPage, type PluginPageProps } from '@grafana/runtime';
import { datasourcePluginId } from '@coditect/plugins-shared';
import { useCallback, useState, type ReactNode } from 'react';
import { openSource, type OpenSource } from './load-source';
import { settingsLink } from './page-link';
import { SpokenLabel } from './SpokenLabel';
import { useLoaded } from './use-loaded';

const parameter = 'source';

interface Props extends Pick<PluginPageProps, 'pageNav' | 'subTitle'> {
  actions?: (source: OpenSource) => ReactNode;
  children: (source: OpenSource) => ReactNode;
}

/**
 * A page about one data source of ours: the one in the address, else the default or the first. With several there is
 * a choice, which stays in the address.
 */
export function SourcePage({ pageNav, subTitle, actions, children }: Props) {
  const list = getDataSourceSrv().getList({ pluginId: datasourcePluginId });
  const [chosen, setChosen] = useState(() => new URLSearchParams(locationService.getSearch()).get(parameter));
  const current =
    list.find(({ uid }) => uid === chosen) ?? list.find(({ isDefault }) => isDefault === true) ?? list[0];
  if (current === undefined) {
    return (
      <PluginPage {...{ pageNav, subTitle }}>
        <EmptyState
          variant="not-found"
          message="There is no CODITECT Analytics data source yet"
          button={
            <LinkButton href={locationUtil.assureBaseUrl('/connections/datasources/new')}>
              Add a data source
            </LinkButton>
          }
        />
      </PluginPage>
    );
  }
  const choose = (uid: string) => {
    setChosen(uid);
    locationService.partial({ [parameter]: uid }, true);
  };
  const picker = list.length > 1 && (
    <>
      <SpokenLabel id="coditect-source-label" text="Data source" />
      <Combobox
        aria-labelledby="coditect-source-label"
        width={28}
        prefixIcon="database"
        options={list.map(({ uid, name }) => ({ value: uid, label: name }))}
        value={current.uid}
        onChange={({ value }) => choose(value)}
      />
    </>
  );
  return (
    <OpenedPage key={current.uid} uid={current.uid} {...{ pageNav, subTitle, picker, actions, children }} />
  );
}

interface OpenedProps extends Props {
  uid: string;
  picker: ReactNode;
}

function OpenedPage({ uid, picker, pageNav, subTitle, actions, children }: OpenedProps) {
  const open = useCallback(() => openSource(uid), [uid]);
  const { loaded } = useLoaded(open);
  const shownActions = (
    <Stack direction="row" gap={1} wrap="wrap">
      {picker}
      {loaded.state === 'done' && actions?.(loaded.value)}
    </Stack>
  );
  return (
    <PluginPage {...{ pageNav, subTitle }} actions={shownActions}>
      {loaded.state === 'loading' && <LoadingPlaceholder text="Loading" />}
      {loaded.state === 'failed' && (
        <Alert severity="warning" title="This data source makes no reports">
          <Stack direction="column" gap={1} alignItems="flex-start">
            {loaded.reason}
            <LinkButton size="sm" variant="secondary" href={settingsLink(uid)}>
              Open the data source
            </LinkButton>
          </Stack>
        </Alert>
      )}
      {loaded.state === 'done' && children(loaded.value)}
    </PluginPage>
  );
}
