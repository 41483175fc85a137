import { parseConfig } from './config.js';

describe('parseConfig', () => {
  it('listens on the loopback address and shows the newer host when nothing is said', () => {
    const config = parseConfig({}, '/repository');
    expect(config).toMatchObject({ listenHost: '127.0.0.1', port: 3300, host: 'grafana-13' });
    expect(config.provisioningDir).toBe('/repository/provisioning');
    expect(config.pageDir).toBe('/repository/grafana-plugins/workbench/dist/grafana-13');
  });

  it('names every mistake at once', () => {
    const read = () => parseConfig({ WORKBENCH_PORT: 'many', WORKBENCH_HOST: 'grafana-9' }, '/repository');
    expect(read).toThrow(/WORKBENCH_PORT[\s\S]*WORKBENCH_HOST/);
  });
});
