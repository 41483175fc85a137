import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPlugins } from './plugins.js';
import { decideProxy } from './proxy-route.js';

const pluginsDir = mkdtempSync(join(tmpdir(), 'plugins-'));

beforeAll(() => {
  const dist = join(pluginsDir, 'datasource', 'dist');
  mkdirSync(dist, { recursive: true });
  copyFileSync(join(__dirname, '../../datasource/src/plugin.json'), join(dist, 'plugin.json'));
  writeFileSync(join(dist, 'module.js'), '');
});
afterAll(() => rmSync(pluginsDir, { recursive: true }));

/** Both addresses lead to one host, as behind a gateway. */
const data = {
  url: '',
  jsonData: { metricsUrl: 'http://gateway/x', reportingUrl: 'http://gateway/x' },
  secureJsonData: { apiKey: 'cdk_1' },
};

function asViewer(method: string, rest: string): string | number {
  const [plugin] = findPlugins(pluginsDir);
  const decision = decideProxy(plugin?.routes ?? [], { method, rest, role: 'Viewer' }, data);
  return decision.kind === 'forward' ? decision.url.href : decision.status;
}

it.each([
  ['POST', '/metrics/v1/query', 'http://gateway/x/v1/query'],
  [
    'GET',
    '/metrics/v1/dimensions/team/values?prefix=a',
    'http://gateway/x/v1/dimensions/team/values?prefix=a',
  ],
  ['GET', '/metrics/v1/status', 'http://gateway/x/v1/status'],
  ['POST', '/reports/v1/reports', 'http://gateway/x/v1/reports'],
  ['GET', '/reports/v1/schedules', 'http://gateway/x/v1/schedules'],
])('lets a viewer read through the data source: %s %s', (method, rest, address) => {
  expect(asViewer(method, rest)).toBe(address);
});

it.each([
  ['POST', '/reports/v1/schedules/s1/pause', 403],
  ['DELETE', '/reports/v1/reports/r1', 403],
  ['POST', '/metrics/v1/schedules/s1/pause', 404],
  ['PUT', '/metrics/v1/schedules/s1', 404],
  ['DELETE', '/metrics/v1/reports/r1', 404],
  ['DELETE', '/metrics/v1/query/../reports/r1', 400],
])('lets no viewer write by way of another route: %s %s', (method, rest, status) => {
  expect(asViewer(method, rest)).toBe(status);
});
