import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { loadConfig, type Config } from './platform/config.js';

// Asked by container platforms: `node backend/dist/health.js ROLE...` ends with 0 when each answers that it is ready.

const portsOf = (config: Config): Readonly<Record<string, number>> => ({
  collector: config.collector.port,
  'stream-processor': config.streamProcessor.port,
  'batch-processor': config.batchProcessor.port,
  'metrics-service': config.metrics.port,
  'reporting-service': config.reporting.port,
});

/** Those that listen in every form in which the product runs. */
const whole = ['collector', 'metrics-service', 'reporting-service'];
const timeoutMs = 4_000;

async function ask(role: string, config: Config): Promise<void> {
  const port = portsOf(config)[role];
  if (port === undefined) throw new Error(`there is no role ${role}`);
  const { listenHost } = config.platform;
  const host = /^(0\.0\.0\.0|::)$/.test(listenHost) ? '127.0.0.1' : listenHost;
  const scheme = config.tls.certificateFile === undefined ? 'http' : 'https';
  const status = await getStatus(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/readyz`);
  if (status !== 200) throw new Error(`${role} is not ready: ${status}`);
}

/** A certificate is made for the name by which others ask, and this is a process asking on its own machine. */
async function getStatus(url: string): Promise<number> {
  const signal = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve, reject) => {
    const asked = url.startsWith('https:')
      ? requestHttps(url, { rejectUnauthorized: false, signal })
      : requestHttp(url, { signal });
    asked.once('error', reject).once('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.end();
  });
}

async function main(names: readonly string[]): Promise<void> {
  const config = loadConfig();
  await Promise.all((names.length === 0 ? whole : names).map((role) => ask(role, config)));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
