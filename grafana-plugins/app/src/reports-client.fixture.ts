import type { ReportsClient } from '@coditect/plugins-shared';
import { config, setDataSourceSrv, type DataSourceSrv } from '@grafana/runtime';
import { aReport } from './report.fixture';

/** A reporting service that has nothing and accepts everything; `over` is what matters to the test. */
export function aReportsClient(over: Partial<ReportsClient> = {}): ReportsClient {
  const queued = aReport({ state: 'queued', progress: 0, file: null });
  const notHere = () => Promise.reject(new Error('not here'));
  return {
    create: async () => queued,
    find: async () => aReport(),
    list: async () => ({ reports: [], next: null }),
    cancel: async () => ({ ...queued, state: 'cancelled' }),
    retry: async () => queued,
    remove: async () => undefined,
    file: async () => new Blob(['x']),
    fileAddress: (id) => id,
    schedules: async () => ({ schedules: [] }),
    createSchedule: notHere,
    updateSchedule: notHere,
    removeSchedule: async () => undefined,
    pauseSchedule: notHere,
    resumeSchedule: notHere,
    runSchedule: notHere,
    scheduleRuns: async () => [],
    ...over,
  };
}

const isDataSourceSrv = (value: unknown): value is DataSourceSrv => value !== undefined;

/** Makes data sources of our type, with these instances, known to Grafana's packages. */
export function registerSources(instances: Record<string, unknown>): void {
  // Only these functions are called.
  const service: unknown = {
    get: async ({ uid }: { uid: string }) => instances[uid],
    getInstanceSettings: () => undefined,
    getList: () => Object.keys(instances).map((uid) => ({ uid, name: uid, isDefault: false })),
  };
  if (isDataSourceSrv(service)) setDataSourceSrv(service);
}

/** What jsdom lacks and Grafana's components call. */
export function fillInBrowser(onSave: (name: string) => void): void {
  Object.assign(HTMLCanvasElement.prototype, { getContext: () => ({ measureText: () => ({ width: 10 }) }) });
  Object.assign(URL, { createObjectURL: () => 'blob:x', revokeObjectURL: () => undefined });
  Object.assign(HTMLAnchorElement.prototype, {
    click(this: HTMLAnchorElement) {
      onSave(this.download);
    },
  });
}

/** Who looks at the page. */
export function lookAs(orgRole: 'Viewer' | 'Editor'): void {
  Object.assign(config.bootData, { user: { orgRole, isGrafanaAdmin: false } });
}
