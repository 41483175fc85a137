import { config } from '@grafana/runtime';

/**
 * Whether the one who looks may write schedules and delete reports. The data proxy is what enforces it; this only
 * spares buttons that would be refused.
 */
export function isEditor(): boolean {
  const { isGrafanaAdmin, orgRole: name } = config.bootData.user;
  const orgRole: string = name;
  return isGrafanaAdmin || orgRole === 'Editor' || orgRole === 'Admin';
}
