import { locationUtil } from '@grafana/data';
import { addressOf, type PagePath } from '../model/page-path';

/** A page's address for a plain link, also where Grafana is served under a path. */
export function pageLink(path: PagePath, sourceUid: string | undefined): string {
  return locationUtil.assureBaseUrl(addressOf(path, sourceUid));
}

/** The settings of a data source, where its reporting URL is set. */
export function settingsLink(uid: string): string {
  return locationUtil.assureBaseUrl(`/datasources/edit/${encodeURIComponent(uid)}`);
}
