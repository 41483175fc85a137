import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reportManifestSchema, reportSchema, type Report } from '@coditect/contracts';
import { z } from 'zod';
import { eventually } from '../../src/testkit/eventually.js';
import { findFreePort } from '../../src/testkit/free-port.js';
import { createInstance, distScript, type EmbeddedInstance } from './embedded-instance.js';

const run = promisify(execFile);
jest.setTimeout(180_000);

let dataDir: string;
let url: string;
let key: string;
let instance: EmbeddedInstance;

const year = { from: '2025-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' };
const minutesOfYear = 525_600;
/** Three events in the year. */
const times = ['2025-01-01T00:00:00Z', '2025-07-01T12:00:30Z', '2025-12-31T23:59:59Z'];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'coditect-report-crash-'));
  const port = await findFreePort();
  url = `http://127.0.0.1:${port}`;
  instance = await createInstance({
    dataDir,
    command: ['main.js'],
    hasMetrics: true,
    env: { REPORTING_PORT: String(port) },
  });
  await instance.start();
  await cli('tenants', 'create', 'acme');
  const scopes = ['--scope', 'ingest,report'];
  const made = await cli('keys', 'create', '--tenant', 'acme', ...scopes);
  key = z.object({ key: z.string() }).parse(made).key;
  await send();
});

afterAll(async () => {
  await instance.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

async function cli(...args: string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [distScript('cli.js'), ...args, '--json'], {
    env: instance.env,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

async function send(): Promise<void> {
  const events = times.map((time, index) => ({
    specversion: '1.0',
    id: `request-${index}`,
    source: '/report-crash',
    type: 'ai.coditect.api.request.completed.v1',
    time,
    data: { method: 'GET', route: '/r', statusCode: 200, durationMs: 10 },
  }));
  const response = await fetch(`${instance.collectorUrl}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  });
  expect(response.status).toBe(202);
}

async function ask(title: string, format: 'csv' | 'pdf', query: object): Promise<Report> {
  const response = await fetch(`${url}/v1/reports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ title, format, queries: [{ metric: 'api_requests', range: year, ...query }] }),
  });
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
  return reportSchema.parse(await response.json());
}

async function get(path: string): Promise<Response> {
  const response = await fetch(`${url}/v1/reports/${path}`, { headers: { authorization: `Bearer ${key}` } });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response;
}

async function untilSo(id: string, isSo: (report: Report) => boolean): Promise<Report> {
  return eventually(async () => {
    const report = reportSchema.parse(await (await get(id)).json());
    if (!isSo(report)) throw new Error(`it is ${report.state}, ${report.failure?.reason}`);
    return report;
  });
}

async function filesThere(): Promise<readonly string[]> {
  const folder = join(dataDir, 'reports');
  const tenants = await readdir(folder);
  return (await Promise.all(tenants.map((name) => readdir(join(folder, name))))).flat();
}

it('finishes every report that was asked for when its process is killed in the middle of one', async () => {
  const before = await untilSo(
    (await ask('Before', 'pdf', { total: true })).id,
    ({ state }) => state === 'done',
  );
  const long = await ask('Every minute', 'csv', { interval: '1m' });
  const waiting = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      ask(`Waiting ${index}`, index === 0 ? 'pdf' : 'csv', { interval: '1M' }),
    ),
  );
  await untilSo(long.id, ({ state, progress }) => state === 'running' && progress > 0);
  await instance.end('SIGKILL');
  await instance.start();

  const made = await untilSo(long.id, ({ state }) => state === 'done');
  expect(made).toMatchObject({ attempt: 2, failure: null, file: { rows: minutesOfYear } });
  const csv = Buffer.from(await (await get(`${long.id}/file`)).arrayBuffer());
  expect(createHash('sha256').update(csv).digest('hex')).toBe(made.file?.sha256);
  const lines = csv.toString().trimEnd().split('\r\n');
  expect(lines).toHaveLength(1 + minutesOfYear);
  expect(lines[0]).toBe('time,value');
  expect(lines.filter((line) => line.endsWith(',1')).map((line) => line.slice(0, 16))).toEqual([
    '2025-01-01T00:00',
    '2025-07-01T12:00',
    '2025-12-31T23:59',
  ]);
  const manifest = reportManifestSchema.parse(await (await get(`${long.id}/manifest`)).json());
  expect(manifest.tables).toMatchObject([{ rows: minutesOfYear, controlTotals: { value: 3 } }]);

  for (const { id } of waiting) await untilSo(id, ({ state }) => state === 'done');
  expect((await get(`${before.id}/file`)).headers.get('content-type')).toBe('application/pdf');
  // One file each; the half of one that was killed is gone.
  const files = await filesThere();
  expect(files.filter((name) => name.endsWith('.partial'))).toEqual([]);
  expect(files).toHaveLength(2 + waiting.length);
});
