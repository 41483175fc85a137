import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  findFreePorts,
  runCli,
  startNode,
  stop,
  untilReady,
  type Environment,
  type Running,
} from './processes';
import { seedEvents, type SeedEvent } from './seed-events';
import { writeState } from './state';

const tenant = 'e2e';
const keySchema = z.object({ key: z.string() });
const ingestSchema = z.object({ accepted: z.number(), rejected: z.array(z.unknown()) });

async function isOk(url: string): Promise<boolean> {
  return (await fetch(url)).ok;
}

async function createKey(scope: string, env: Environment): Promise<string> {
  return keySchema.parse(await runCli(['keys', 'create', '--tenant', tenant, '--scope', scope], env)).key;
}

async function send(collectorUrl: string, key: string, events: SeedEvent[]): Promise<void> {
  const response = await fetch(`${collectorUrl}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  });
  const text = await response.text();
  if (response.status !== 202) {
    throw new Error(`The collector answered ${response.status}: ${text}`);
  }
  const answer = ingestSchema.parse(JSON.parse(text));
  if (answer.accepted !== events.length) {
    throw new Error(
      `The collector refused ${answer.rejected.length} events: ${JSON.stringify(answer.rejected[0])}`,
    );
  }
}

/** Accepted means stored, so when the last batch is answered everything can be read. */
async function seed(collectorUrl: string, key: string): Promise<void> {
  const events = seedEvents();
  const batchSize = 500;
  for (let start = 0; start < events.length; start += batchSize) {
    await send(collectorUrl, key, events.slice(start, start + batchSize));
  }
}

interface Workbench {
  host: string;
  port: number;
  env: Environment;
  logDir: string;
}

async function startWorkbench({ host, port, env, logDir }: Workbench, started: Running[]): Promise<string> {
  const program = ['grafana-plugins/workbench/dist/server/main.js'];
  const running = startNode(
    `workbench-${host}`,
    program,
    { ...env, WORKBENCH_HOST: host, WORKBENCH_PORT: String(port) },
    logDir,
  );
  started.push(running);
  const url = `http://127.0.0.1:${port}`;
  await untilReady(running, () => isOk(`${url}/healthz`));
  await untilReady(running, () => isOk(`${url}/`));
  return url;
}

async function start(dataDir: string, logDir: string, started: Running[]): Promise<void> {
  const [collector = 0, metrics = 0, reporting = 0, admin = 0, first = 0, second = 0, closedPort = 0] =
    await findFreePorts(7);
  const env = {
    DATA_DIR: dataDir,
    LISTEN_HOST: '127.0.0.1',
    COLLECTOR_PORT: String(collector),
    METRICS_PORT: String(metrics),
    REPORTING_PORT: String(reporting),
    ADMIN_PORT: String(admin),
    SIMULATOR: 'off',
    // One tenant sends all there is.
    LIMIT_EVENTS_PER_SECOND: '0',
    // So that a report can be too long.
    REPORT_PDF_ROWS_MAX: '2000',
    UV_THREADPOOL_SIZE: '16',
  };
  const backend = startNode('backend', ['backend/dist/main.js'], env, logDir);
  started.push(backend);
  const collectorUrl = `http://127.0.0.1:${collector}`;
  const metricsUrl = `http://127.0.0.1:${metrics}`;
  const reportingUrl = `http://127.0.0.1:${reporting}`;
  await untilReady(backend, () => isOk(`${collectorUrl}/readyz`));
  await untilReady(backend, () => isOk(`${metricsUrl}/readyz`));
  await untilReady(backend, () => isOk(`${reportingUrl}/readyz`));
  await runCli(['tenants', 'create', tenant], env);
  // Teams of six people, some of whom did nothing: every number is looked at.
  await runCli(['tenants', 'min-group-size', '1', '--tenant', tenant], env);
  const ingestKey = await createKey('ingest', env);
  const readKey = await createKey('read,report', env);
  await seed(collectorUrl, ingestKey);

  const access = {
    LISTEN_HOST: '127.0.0.1',
    CODITECT_METRICS_URL: metricsUrl,
    CODITECT_REPORTING_URL: reportingUrl,
    CODITECT_READ_KEY: readKey,
  };
  const hosts = {
    'grafana-13': await startWorkbench({ host: 'grafana-13', port: first, env: access, logDir }, started),
    'grafana-12': await startWorkbench({ host: 'grafana-12', port: second, env: access, logDir }, started),
  };
  writeState({ collectorUrl, metricsUrl, reportingUrl, readKey, ingestKey, closedPort, hosts });
}

/**
 * Starts the product embedded with a data folder of its own, sends it fixed events, and starts a workbench for each
 * host in front of it. Gives the function that stops and removes all of it.
 */
// eslint-disable-next-line no-restricted-syntax -- Playwright takes the default export of this file.
export default async function globalSetup(): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'coditect-e2e-'));
  const logDir = join(__dirname, '../test-results/logs');
  rmSync(logDir, { recursive: true, force: true });
  mkdirSync(logDir, { recursive: true });
  const started: Running[] = [];
  const stopAll = async (): Promise<void> => {
    for (const running of [...started].reverse()) {
      await stop(running);
    }
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await start(dataDir, logDir, started);
    return stopAll;
  } catch (error) {
    await stopAll();
    throw error;
  }
}
