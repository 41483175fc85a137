import type { DataSourceApi, DataSourceInstanceSettings, DataSourceRef } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';

/** A data source that is ready to be asked, and what the host knows about it. */
export interface Source {
  datasource: DataSourceApi;
  settings: DataSourceInstanceSettings;
}

/** @throws when there is no such data source, or its plugin is not built. */
export async function loadSource(reference: DataSourceRef | null | undefined): Promise<Source> {
  const settings = getDataSourceSrv().getInstanceSettings(reference);
  if (settings === undefined) {
    throw new Error('The data source is not provisioned, or its plugin is not built.');
  }
  return { settings, datasource: await getDataSourceSrv().get(reference) };
}
