import { getDataSourceSrv } from '@grafana/runtime';
import { isReportsSource, type ReportsClient, type ReportsSource } from '@coditect/plugins-shared';

/** A data source of ours that can make reports. */
export interface OpenSource {
  uid: string;
  source: ReportsSource;
  reports: ReportsClient;
}

/**
 * Opens the instance that panels use, so that its tenant and its permissions hold.
 * @throws Error that says what is missing.
 */
export async function openSource(uid: string): Promise<OpenSource> {
  const instance: unknown = await getDataSourceSrv().get({ uid });
  if (!isReportsSource(instance)) {
    throw new Error('This data source is older than the app. Update the plugin CODITECT Analytics.');
  }
  if (instance.reports === undefined) {
    throw new Error('This data source has no reporting URL yet. It is one of its settings.');
  }
  return { uid, source: instance, reports: instance.reports };
}

/** What an error says to the one who reads the page. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : 'It failed for an unknown reason.';
}
