import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './platform/config.js';
import type { ControlStore } from './platform/tenancy.js';

/** What the workbench needs to ask for numbers and reports. Key and tenant are empty while there is no tenant. */
export interface WorkbenchAccess {
  readonly readKey: string;
  readonly tenant: string;
  readonly metricsUrl: string;
  readonly reportingUrl: string;
}

const keyIdSetting = 'workbench.key_id';

/**
 * Gives the workbench a fresh key for the first tenant, in `DATA_DIR/workbench.json`, readable by this user only.
 * The key of the start before is revoked. The file appears whole: it is also the sign that everything is up.
 */
export async function provideWorkbenchAccess(
  config: Pick<Config, 'platform'>,
  control: ControlStore,
  urls: Pick<WorkbenchAccess, 'metricsUrl' | 'reportingUrl'>,
): Promise<WorkbenchAccess> {
  const before = await control.getSetting(keyIdSetting);
  if (before !== undefined && before !== '') await control.revokeKey(before);
  const [tenant] = await control.listTenants();
  const key = tenant === undefined ? undefined : await control.createKey(tenant.id, ['read', 'report']);
  await control.putSetting(keyIdSetting, key?.id ?? '');
  const access = { readKey: key?.key ?? '', tenant: tenant?.id ?? '', ...urls };
  const path = join(config.platform.dataDir, 'workbench.json');
  await writeFile(`${path}.partial`, JSON.stringify(access), { mode: 0o600 });
  await rename(`${path}.partial`, path);
  return access;
}
