import { z } from 'zod';
import type { InstalledPlugin } from './plugins.js';
import type { ProvisionedDatasource } from './provisioning.js';

/** What the settings page sends. A secret is sent only when it was typed anew; a field set to false is forgotten. */
export const datasourceUpdateSchema = z.looseObject({
  name: z.string().min(1).max(200).optional(),
  url: z.string().max(2_000).optional(),
  jsonData: z.record(z.string(), z.unknown()).optional(),
  secureJsonData: z.record(z.string(), z.string().max(20_000)).optional(),
  secureJsonFields: z.record(z.string(), z.boolean()).optional(),
});
export type DatasourceUpdate = z.infer<typeof datasourceUpdateSchema>;

/** Holds the data sources of this process. Edits live until it ends; nothing is written to disk. */
export interface DatasourceStore {
  list(): ProvisionedDatasource[];
  find(uid: string): ProvisionedDatasource | undefined;
  update(uid: string, update: DatasourceUpdate): ProvisionedDatasource | undefined;
}

function mergeSecrets(current: Record<string, string>, update: DatasourceUpdate): Record<string, string> {
  const kept = Object.entries(current).filter(([key]) => update.secureJsonFields?.[key] !== false);
  const typed = Object.entries(update.secureJsonData ?? {}).filter(([, value]) => value !== '');
  return Object.fromEntries([...kept, ...typed]);
}

export function createDatasourceStore(provisioned: ProvisionedDatasource[]): DatasourceStore {
  const byUid = new Map(provisioned.map((datasource) => [datasource.uid, datasource]));
  return {
    list: () => [...byUid.values()],
    find: (uid) => byUid.get(uid),
    update: (uid, update) => {
      const current = byUid.get(uid);
      if (current === undefined) {
        return undefined;
      }
      const next = {
        ...current,
        name: update.name ?? current.name,
        url: update.url ?? current.url,
        jsonData: update.jsonData ?? current.jsonData,
        secureJsonData: mergeSecrets(current.secureJsonData, update),
      };
      byUid.set(uid, next);
      return next;
    },
  };
}

const secretNames = (datasource: ProvisionedDatasource): Record<string, boolean> =>
  Object.fromEntries(Object.entries(datasource.secureJsonData).map(([key, value]) => [key, value !== '']));

/** What the settings page sees: names of the secrets, never their values. */
export function describeSettings(datasource: ProvisionedDatasource, id: number): Record<string, unknown> {
  return {
    id,
    uid: datasource.uid,
    orgId: 1,
    name: datasource.name,
    type: datasource.type,
    typeName: datasource.type,
    typeLogoUrl: '',
    access: 'proxy',
    url: datasource.url,
    user: '',
    database: '',
    basicAuth: false,
    basicAuthUser: '',
    isDefault: datasource.isDefault,
    jsonData: datasource.jsonData,
    secureJsonFields: secretNames(datasource),
    readOnly: false,
    withCredentials: false,
  };
}

/** What a running data source sees, in the shape that Grafana puts into its boot data. */
export function describeInstance(
  datasource: ProvisionedDatasource,
  id: number,
  plugin: InstalledPlugin,
): Record<string, unknown> {
  return {
    id,
    uid: datasource.uid,
    type: datasource.type,
    name: datasource.name,
    meta: plugin.meta,
    readOnly: false,
    access: 'proxy',
    url: `/api/datasources/proxy/uid/${datasource.uid}`,
    jsonData: datasource.jsonData,
    isDefault: datasource.isDefault,
  };
}
