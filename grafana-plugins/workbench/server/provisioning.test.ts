import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPlugins } from './plugins.js';
import { loadApps, loadDashboards, loadDatasources } from './provisioning.js';

describe('apps of provisioning/plugins', () => {
  let dir = '';
  const write = (path: string, content: string) => {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), content);
  };
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'workbench-'));
    write('app/dist/module.js', '');
    write(
      'app/dist/plugin.json',
      '{"id":"an-app","type":"app","name":"An app","preload":true,"info":{"version":"1.0.0"}}',
    );
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const isEnabled = () => findPlugins(dir, loadApps(dir, {})).map((plugin) => plugin.isEnabled);

  it('leaves an app off until a file switches it on', () => {
    expect(isEnabled()).toEqual([false]);
    write('plugins/a.yaml', 'apps:\n  - type: an-app\n    disabled: true\n');
    expect(isEnabled()).toEqual([false]);
    write('plugins/a.yaml', 'apps:\n  - type: an-app\n    jsonData: { x: 1 }\n');
    expect(isEnabled()).toEqual([true]);
    expect(findPlugins(dir, loadApps(dir, {}))[0]?.meta).toMatchObject({ preload: true, jsonData: { x: 1 } });
  });

  it('names the file that is not valid', () => {
    write('plugins/a.yaml', 'apps: many\n');
    expect(() => loadApps(dir, {})).toThrow(/a\.yaml is not a plugin file/);
  });
});

it('leaves to Grafana what asks Prometheus', () => {
  const provisioning = join(__dirname, '../../../provisioning');
  const types = loadDatasources(provisioning, {}).map(({ type }) => type);
  expect(types).toEqual(['coditect-analytics-datasource']);
  const uids = loadDashboards(provisioning, {}).map(({ uid }) => uid);
  expect(uids).toContain('coditect-operations');
  expect(uids.filter((uid) => uid.startsWith('coditect-ops-'))).toEqual([]);
});
