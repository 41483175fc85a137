import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findAdminFile } from '../../src/admin/admin-file.js';
import { createAdminServer } from '../../src/admin/admin-server.js';
import type { Operations } from '../../src/admin/operations.js';
import { createRemoteOperations, findRunningInstance } from '../../src/admin/remote-operations.js';
import { parseConfig } from '../../src/platform/config.js';
import { AppError } from '../../src/platform/errors.js';
import type { HttpService } from '../../src/platform/http-service.js';
import { createLogger } from '../../src/platform/logger.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { noLimits } from '../../src/testkit/no-limits.js';

const tenant = { id: 'nova', name: 'Nova & Co', timeZone: 'UTC' };
const key = {
  id: 'key_1',
  tenant: 'nova',
  scopes: ['read' as const],
  prefix: 'p',
  createdAt: '2026-01-01T00:00:00.000Z',
  revokedAt: null,
  expiresAt: null,
  lastUsedAt: null,
  replaces: null,
};
const webhook = {
  id: 'wh_1',
  tenant: 'nova',
  kind: 'github' as const,
  encrypted: true,
  createdAt: '2026-01-01T00:00:00.000Z',
  revokedAt: null,
};
const branding = { colour: null, logo: null, updatedAt: null };
const migration = { store: 'control', number: 1, name: '0001_control', checksum: 'c', appliedAt: null };
const refusal = { index: 1, code: 'id_missing', pointer: '/id', reason: 'There is no id.' };

const letter = {
  id: 'letter/1?',
  messageId: 'message-1',
  origin: 'stream' as const,
  code: 'row_refused',
  reason: 'The store refuses it.',
  attempts: 1,
  firstAt: '2026-01-01T00:00:00.000Z',
  at: '2026-01-01T00:00:00.000Z',
  state: 'waiting' as const,
  replayedAt: null,
  replays: 0,
  events: 1,
  readable: true,
};
const report = { dryRun: true, letters: 1, events: 1, replayed: 0, failed: [], remaining: 0, next: null };
/** What the operations about dead letters were called with. */
const askedOfLetters: unknown[] = [];

/** What the operations about goals were called with. */
const askedOfGoals: unknown[] = [];
const noGoals = { targets: [], budgets: [], seatPrices: [] };
function answerGoals(...asked: unknown[]) {
  askedOfGoals.push(asked);
  return Promise.resolve({ api: noGoals, file: noGoals });
}

const aDay = { day: '2026-01-02', events: 1, rowsRead: 2, reportMinutes: 0.5 };

function createFakeOperations(): Operations {
  return {
    listAudit: ({ before = 0, limit }) => Promise.resolve({ entries: [], nextBefore: before + limit }),
    verifyAudit: ({ noted, tenant: of = null }) =>
      Promise.resolve({
        tenant: of,
        entries: noted?.position ?? 0,
        head: noted ?? null,
        removed: 0,
        broken: null,
      }),
    setMinGroupSize: (idOrName, minGroupSize) => Promise.resolve({ tenant: idOrName, minGroupSize }),
    getRedaction: (idOrName) => Promise.resolve({ tenant: idOrName, rules: [] }),
    putRedaction: (idOrName, rules) => Promise.resolve({ tenant: idOrName, rules: [...rules] }),
    listUsers: (idOrName) => Promise.resolve({ tenant: idOrName, users: [] }),
    putUser: (idOrName, user) => Promise.resolve({ tenant: idOrName, users: [user] }),
    removeUser: (idOrName, user) => Promise.resolve({ tenant: idOrName, users: [{ user, role: 'none' }] }),
    getLimits: (idOrName) => Promise.resolve({ tenant: idOrName, limits: noLimits, own: {} }),
    putLimits: (idOrName, own) =>
      Promise.resolve({
        tenant: idOrName,
        limits: { ...noLimits, eventsPerDay: own.eventsPerDay ?? null },
        own,
      }),
    getUsage: (idOrName) => Promise.resolve({ tenant: idOrName, days: [aDay], stored: null }),
    createTenant: (name) =>
      Promise.reject(new AppError('tenant_exists', `There is ${name}.`, { status: 409 })),
    listTenants: () => Promise.resolve([tenant]),
    getTenant: (idOrName) => Promise.resolve({ ...tenant, name: idOrName }),
    getBranding: (idOrName) => Promise.resolve({ ...branding, colour: idOrName }),
    putBranding: (_tenant, { colour = null, logo = null }) => Promise.resolve({ ...branding, colour, logo }),
    removeBranding: () => Promise.resolve(branding),
    getGoals: (idOrName) => answerGoals('get', idOrName),
    replaceGoals: (idOrName, goals) => answerGoals('replace', idOrName, goals),
    putGoal: (idOrName, named) => answerGoals('put', idOrName, named),
    removeGoal: (...given) => answerGoals('remove', ...given),
    createKey: (_tenant, _scopes, { lifeDays } = {}) =>
      Promise.resolve({ ...key, key: 'cdk_p_s', prefix: `p${lifeDays ?? ''}` }),
    rotateKey: (id, { overlapHours }) =>
      Promise.resolve({ ...key, key: 'cdk_p_s', prefix: `p${overlapHours}`, replaces: id }),
    listKeys: (idOrName) => Promise.resolve(idOrName === 'Nova & Co' ? [key] : []),
    revokeKey: (id) => Promise.resolve({ ...key, id, revokedAt: '2026-01-02T00:00:00.000Z' }),
    createWebhook: (idOrName, kind) =>
      Promise.resolve({ ...webhook, tenant: idOrName, kind, secret: 'whs_s' }),
    listWebhooks: (idOrName) => Promise.resolve(idOrName === 'Nova & Co' ? [webhook] : []),
    revokeWebhook: (id) => Promise.resolve({ ...webhook, id, revokedAt: '2026-01-02T00:00:00.000Z' }),
    importEvents: (_tenant, candidates) =>
      candidates.length > 2
        ? Promise.reject(
            new AppError('bus_full', 'Full.', { status: 503, retryable: true, retryAfterSeconds: 2 }),
          )
        : Promise.resolve({ accepted: candidates.length, duplicates: null, rejected: [refusal] }),
    verify: () => Promise.resolve({ counts: { raw: 1, cost: '0.5' }, differences: [] }),
    listMigrations: () => Promise.resolve([migration]),
    rollUp: ({ tenant: asked, from, to }) =>
      Promise.resolve({
        tenants: [{ tenant: asked ?? 'nova', days: 1, dropped: [from, to], isBusy: false }],
      }),
    listDeadLetters(query) {
      askedOfLetters.push(query);
      return Promise.resolve({ letters: [letter], next: 'next' });
    },
    getDeadLetter(id, options) {
      askedOfLetters.push([id, options]);
      return Promise.resolve({ ...letter, firstEvents: [anEvent()], truncated: false, raw: null });
    },
    replayDeadLetter(id, options) {
      askedOfLetters.push([id, options]);
      return Promise.resolve(report);
    },
    replayDeadLetters(query) {
      askedOfLetters.push(query);
      return Promise.resolve(report);
    },
  };
}

describe('admin endpoint', () => {
  let dataDir: string;
  let server: HttpService;
  let url: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'coditect-admin-'));
    server = createAdminServer({
      // Even where the services listen to the world, this one does not.
      config: parseConfig({ DATA_DIR: dataDir, ADMIN_PORT: '0', LISTEN_HOST: '0.0.0.0' }),
      operations: createFakeOperations(),
      version: '1.2.3',
      logger: createLogger({ level: 'silent', pretty: false, service: 'test' }),
      telemetry: createTelemetry({ defaultMetrics: false }),
      now: () => new Date(0),
    });
    url = await server.start();
  });
  afterEach(async () => {
    await server.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function connect(): Promise<Operations> {
    const found = await findRunningInstance(dataDir);
    if (found === undefined) throw new Error('no instance was found');
    return found;
  }

  it('carries every operation with what it takes and what it answers', async () => {
    const remote = await connect();
    expect(await remote.listTenants()).toEqual([tenant]);
    expect(await remote.getTenant('a/b c?')).toEqual({ ...tenant, name: 'a/b c?' });
    expect(await remote.getBranding('a/b c?')).toEqual({ ...branding, colour: 'a/b c?' });
    const looks = { colour: '#0b6e5f', logo: 'aGk=' };
    expect(await remote.putBranding('nova', looks)).toEqual({ ...branding, ...looks });
    expect(await remote.removeBranding('nova')).toEqual(branding);
    const goals = { ...noGoals, budgets: [{ name: 'all', monthlyUsd: 10, scope: {}, warnAt: [1] }] };
    const [goal] = goals.budgets;
    if (goal === undefined) throw new Error('no budget');
    expect(await remote.getGoals('a/b c?')).toEqual({ api: noGoals, file: noGoals });
    await remote.replaceGoals('nova', goals);
    await remote.putGoal('nova', { kind: 'budgets', goal });
    await remote.removeGoal('nova', 'seatPrices', 'a.b');
    expect(askedOfGoals).toEqual([
      ['get', 'a/b c?'],
      ['replace', 'nova', goals],
      ['put', 'nova', { kind: 'budgets', goal }],
      ['remove', 'nova', 'seatPrices', 'a.b'],
    ]);
    expect(await remote.getLimits('a/b c?')).toEqual({ tenant: 'a/b c?', limits: noLimits, own: {} });
    const rules = [{ field: 'customer', action: 'mask' }] as const;
    expect(await remote.putRedaction('nova', rules)).toEqual({ tenant: 'nova', rules });
    const ada = { user: 'ada/löve', role: 'operator' } as const;
    expect(await remote.putUser('nova', ada)).toEqual({ tenant: 'nova', users: [ada] });
    expect(await remote.listUsers('nova')).toEqual({ tenant: 'nova', users: [] });
    expect(await remote.removeUser('nova', ada.user)).toEqual({
      tenant: 'nova',
      users: [{ user: ada.user, role: 'none' }],
    });
    expect(await remote.getRedaction('a/b c?')).toEqual({ tenant: 'a/b c?', rules: [] });
    expect(await remote.getUsage('a/b c?')).toEqual({ tenant: 'a/b c?', days: [aDay], stored: null });
    const own = { eventsPerDay: 5, rowsReadPerDay: null };
    expect(await remote.putLimits('nova', own)).toEqual({
      tenant: 'nova',
      limits: { ...noLimits, eventsPerDay: 5 },
      own,
    });
    expect(await remote.createKey('nova', ['read'])).toEqual({ ...key, key: 'cdk_p_s' });
    expect(await remote.createKey('nova', ['read'], { lifeDays: 1.5 })).toMatchObject({ prefix: 'p1.5' });
    expect(await remote.rotateKey('key_1', { overlapHours: 0 })).toMatchObject({
      prefix: 'p0',
      replaces: 'key_1',
    });
    expect(await remote.listKeys('Nova & Co')).toEqual([key]);
    expect(await remote.listKeys()).toEqual([]);
    expect((await remote.revokeKey('key_9')).id).toBe('key_9');
    expect(await remote.createWebhook('nova', 'github')).toEqual({ ...webhook, secret: 'whs_s' });
    expect(await remote.listWebhooks('Nova & Co')).toEqual([webhook]);
    expect(await remote.listWebhooks()).toEqual([]);
    expect((await remote.revokeWebhook('wh_9')).id).toBe('wh_9');
    expect(await remote.verify('nova')).toEqual({ counts: { raw: 1, cost: '0.5' }, differences: [] });
    expect(await remote.listMigrations()).toEqual([migration]);
    const days = { from: '2026-03-01', to: '2026-03-02' };
    const rolledUp = { days: 1, dropped: ['2026-03-01', '2026-03-02'], isBusy: false };
    expect(await remote.rollUp({ ...days, tenant: 'Nova & Co' })).toEqual({
      tenants: [{ tenant: 'Nova & Co', ...rolledUp }],
    });
    expect(await remote.rollUp(days)).toEqual({ tenants: [{ tenant: 'nova', ...rolledUp }] });
    expect(await remote.importEvents('nova', [{ index: 0, event: { id: '\u0000' } }])).toEqual({
      accepted: 1,
      duplicates: null,
      rejected: [refusal],
    });
  });

  it('carries what is asked about dead letters, of whom, and that nothing is done unless it is said', async () => {
    const remote = await connect();
    expect(await remote.listDeadLetters({ tenant: undefined, limit: 100 })).toEqual({
      letters: [letter],
      next: 'next',
    });
    const query = { tenant: 'Nova & Co', state: 'waiting', code: 'row_refused', origin: 'batch' } as const;
    await remote.listDeadLetters({ ...query, cursor: 'a_b-c', limit: 5 });
    expect(await remote.getDeadLetter('a/b?', {})).toMatchObject({ id: letter.id, truncated: false });
    await remote.getDeadLetter('x', { tenant: 'nova' });
    expect(await remote.replayDeadLetter('x', { tenant: 'nova', dryRun: false })).toEqual(report);
    await remote.replayDeadLetters({ code: 'row_refused', dryRun: false });
    await remote.replayDeadLetters({ tenant: 'nova', dryRun: true });
    expect(askedOfLetters).toEqual([
      { limit: 100 },
      { ...query, cursor: 'a_b-c', limit: 5 },
      ['a/b?', {}],
      ['x', { tenant: 'nova' }],
      ['x', { tenant: 'nova', dryRun: false }],
      { code: 'row_refused', dryRun: false },
      { tenant: 'nova', dryRun: true },
    ]);
  });

  it('does not widen a question about one tenant that it does not understand to all tenants', async () => {
    const file = await findAdminFile(dataDir);
    const headers = { authorization: `Bearer ${file?.token ?? ''}`, 'content-type': 'application/json' };
    const twice = await fetch(`${url}/admin/v1/dead-letters?tenant=a&tenant=b`, { headers });
    expect(twice.status).toBe(400);
    const body = JSON.stringify({ tennant: 'nova', dryRun: false });
    const replay = await fetch(`${url}/admin/v1/dead-letters/replay`, { method: 'POST', headers, body });
    expect(replay.status).toBe(400);
  });

  it('carries refusals with their code, and whether a retry may help', async () => {
    const remote = await connect();
    await expect(remote.createTenant('nova', { timeZone: 'UTC' })).rejects.toMatchObject({
      code: 'tenant_exists',
      status: 409,
      retryable: false,
    });
    const three = [0, 1, 2].map((index) => ({ index, event: {} }));
    await expect(remote.importEvents('nova', three)).rejects.toMatchObject({
      code: 'bus_full',
      retryable: true,
      retryAfterSeconds: 2,
    });
  });

  it('listens on loopback, and keeps its token in a file that only its owner reads', async () => {
    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect((await stat(join(dataDir, 'admin.json'))).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(join(dataDir, 'admin.json'), 'utf8'))).toMatchObject({
      url,
      pid: process.pid,
    });
  });

  it.each([undefined, 'Bearer ', 'Bearer wrong'])('answers 401 to the token %p', async (authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(`${url}/admin/v1/tenants`, { headers });
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain('nova');
  });

  it('answers 400 to a body that is not JSON or lacks a field', async () => {
    const file = await findAdminFile(dataDir);
    const headers = { authorization: `Bearer ${file?.token ?? ''}`, 'content-type': 'application/json' };
    for (const body of ['{', '{"name":"x"}', '[]']) {
      const response = await fetch(`${url}/admin/v1/tenants`, { method: 'POST', headers, body });
      expect(response.status).toBe(400);
    }
  });

  it('is not found any more once it is closed, nor when it crashed and left its file', async () => {
    const file = await findAdminFile(dataDir);
    await server.close();
    expect(await findRunningInstance(dataDir)).toBeUndefined();
    if (file === undefined) throw new Error('there was no file');
    await expect(createRemoteOperations(file).listTenants()).rejects.toMatchObject({
      code: 'instance_unreachable',
      retryable: true,
    });
  });
});
