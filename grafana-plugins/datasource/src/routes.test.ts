import type { ReportsClient } from '@coditect/plugins-shared';
import { firstValueFrom, throwError } from 'rxjs';
import { createMetricsClient, type MetricsClient } from './metrics-client';
import plugin from './plugin.json';
import { createReportsClient } from './reports-client';

interface Route {
  path: string;
  method: string;
  url: string;
  reqRole?: string;
}
const routes: readonly Route[] = plugin.routes;

/** As Grafana decides: by the first route that has the method and begins the path. */
function routed(method: string, address: string): string {
  const path = address.replace(/^\//u, '');
  const route = routes.find((each) => each.method === method && path.startsWith(each.path));
  if (route === undefined) return 'no route';
  return `${route.reqRole ?? 'anybody'}: ${method} ${route.url}${path.slice(route.path.length)}`;
}

const calls: string[] = [];
const fetcher = () => ({
  chunked: ({ url, method }: { url: string; method: string }) => {
    calls.push(routed(method, url));
    return throwError(() => new Error('not asked any further'));
  },
  fetch: ({ url, method = 'GET' }: { url: string; method?: string }) => {
    calls.push(routed(method, url));
    return throwError(() => new Error('not asked any further'));
  },
});
const metrics = createMetricsClient({ fetcher, proxyUrl: '', nowMs: () => 0 });
const reports = createReportsClient({ fetcher, proxyUrl: '' });

const question = { metric: 'cost', range: { from: 'a', to: 'b' }, total: true as const };
const report = { title: 'Cost', format: 'csv' as const, frames: [] };
const schedule = {
  ...{ title: 'Cost', format: 'csv' as const, cron: '0 7 * * *', timeZone: 'UTC' },
  ...{ period: 'yesterday' as const, queries: [] },
};

const origin = { requestId: 'Q', headers: {} };
const atMetrics = 'anybody: POST {{ .JsonData.metricsUrl }}/v1';

// A call that is added to a client does not compile until it is here.
const metricsCalls: Record<Exclude<keyof MetricsClient, 'knownKpis'>, [() => Promise<unknown>, string]> = {
  query: [() => firstValueFrom(metrics.query(question, origin)), `${atMetrics}/query`],
  live: [
    () => firstValueFrom(metrics.live({ query: question }, origin) ?? throwError(() => 'no stream')),
    `${atMetrics}/query/live`,
  ],
  analyse: [
    () => firstValueFrom(metrics.analyse('seat-transitions', {}, origin)),
    `${atMetrics}/analyses/seat-transitions`,
  ],
  searchEvents: [
    () => firstValueFrom(metrics.searchEvents({ range: question.range }, origin)),
    `${atMetrics}/events/search`,
  ],
  eventVolume: [
    () => firstValueFrom(metrics.eventVolume({ range: question.range, interval: '1h' }, origin)),
    `${atMetrics}/events/volume`,
  ],
  annotations: [
    () => firstValueFrom(metrics.annotations({ range: question.range, kind: 'releases' }, origin)),
    `${atMetrics}/annotations`,
  ],
  kpis: [() => metrics.kpis(), 'anybody: GET {{ .JsonData.metricsUrl }}/v1/kpis'],
  dimensionValues: [
    () => metrics.dimensionValues('team'),
    'anybody: GET {{ .JsonData.metricsUrl }}/v1/dimensions/team/values',
  ],
  status: [() => metrics.status(), 'anybody: GET {{ .JsonData.metricsUrl }}/v1/status'],
};
const atReports = '{{ .JsonData.reportingUrl }}/v1/reports';
const atSchedules = '{{ .JsonData.reportingUrl }}/v1/schedules';
const reportCalls: Record<keyof ReportsClient, [() => Promise<unknown>, string]> = {
  create: [() => reports.create(report, 'key'), `anybody: POST ${atReports}`],
  find: [() => reports.find('r1'), `anybody: GET ${atReports}/r1`],
  list: [() => reports.list({ limit: 5 }), `anybody: GET ${atReports}`],
  cancel: [() => reports.cancel('r1'), `anybody: POST ${atReports}/r1/cancel`],
  retry: [() => reports.retry('r1'), `anybody: POST ${atReports}/r1/retry`],
  remove: [() => reports.remove('r1'), `Editor: DELETE ${atReports}/r1`],
  file: [() => reports.file('r1'), `anybody: GET ${atReports}/r1/file`],
  // The browser asks for this one by itself.
  fileAddress: [
    async () => calls.push(routed('GET', reports.fileAddress('r1'))),
    `anybody: GET ${atReports}/r1/file`,
  ],
  schedules: [() => reports.schedules(), `anybody: GET ${atSchedules}`],
  createSchedule: [() => reports.createSchedule(schedule), `Editor: POST ${atSchedules}`],
  updateSchedule: [() => reports.updateSchedule('s1', schedule), `Editor: PUT ${atSchedules}/s1`],
  removeSchedule: [() => reports.removeSchedule('s1'), `Editor: DELETE ${atSchedules}/s1`],
  pauseSchedule: [() => reports.pauseSchedule('s1'), `Editor: POST ${atSchedules}/s1/pause`],
  resumeSchedule: [() => reports.resumeSchedule('s1'), `Editor: POST ${atSchedules}/s1/resume`],
  runSchedule: [() => reports.runSchedule('s1'), `Editor: POST ${atSchedules}/s1/run`],
  scheduleRuns: [() => reports.scheduleRuns('s1'), `anybody: GET ${atSchedules}/s1/runs`],
};

it.each(Object.entries({ ...metricsCalls, ...reportCalls }))(
  'has the route of %s, with its role',
  async (_name, [call, expected]) => {
    calls.length = 0;
    await call().catch(() => undefined);
    expect(calls).toEqual([expected]);
  },
);

it.each([
  ['POST', 'metrics/v1/schedules'],
  ['PUT', 'metrics/v1/schedules/s1'],
  ['DELETE', 'metrics/v1/schedules/s1'],
  ['DELETE', 'metrics/v1/reports/r1'],
  ['POST', 'metrics/v1/dead-letters/replay'],
  ['GET', 'metrics/v1/dead-letters'],
  ['GET', 'reports/v1/dead-letters'],
  ['DELETE', 'metrics/v1/query'],
])('has no route for %s %s, wherever the addresses lead', (method, path) => {
  expect(routed(method, path)).toBe('no route');
});
