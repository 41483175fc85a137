import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { createApp } from './app.js';
import { readConfig } from './config.js';
import { createDatasourceStore } from './datasource-store.js';
import { findPlugins } from './plugins.js';
import { loadApps, loadDatasources } from './provisioning.js';

/** The build writes which packages went into the page. */
function readGrafanaVersion(pageDir: string): string {
  const file = join(pageDir, 'versions.json');
  if (!existsSync(file)) {
    return 'unknown';
  }
  return z.object({ grafana: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).grafana;
}

/** Milliseconds that open requests get to finish after a signal. */
const shutdownGraceMs = 3_000;

function main(): void {
  const config = readConfig(resolve(__dirname, '../../../..'));
  const app = createApp({
    config,
    plugins: findPlugins(config.pluginsDir, loadApps(config.provisioningDir, config.environment)),
    datasources: createDatasourceStore(loadDatasources(config.provisioningDir, config.environment)),
    grafanaVersion: readGrafanaVersion(config.pageDir),
  });
  const server = createServer(app);
  server.on('error', (error) => {
    process.stderr.write(
      `The workbench cannot listen on ${config.listenHost}:${config.port}: ${error.message}\n`,
    );
    process.exitCode = 1;
  });
  server.listen(config.port, config.listenHost, () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : config.port;
    process.stdout.write(
      `${JSON.stringify({ msg: 'workbench listens', host: config.host, url: `http://${config.listenHost}:${port}/` })}\n`,
    );
  });
  const stop = (): void => {
    server.close();
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), shutdownGraceMs).unref();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
