import { createAuthenticator } from './authenticator.js';
import type { Principal } from './tenancy.js';

const acme: Principal = {
  tenant: { id: 'acme', name: 'Acme', timeZone: 'UTC' },
  keyId: 'key_1',
  scopes: ['ingest', 'read'],
};

function createWorld(keyCacheSeconds = 10) {
  const keys = new Map<string, Principal | 'revoked' | 'expired'>([['good', acme]]);
  const used: string[] = [];
  const clock = { nowMs: 0, wallMs: 0, lookUps: 0, storeTakesMs: 0, keys, used };
  const authenticator = createAuthenticator({
    keyCacheSeconds,
    now: () => clock.nowMs,
    wallNow: () => clock.wallMs,
    noteUse: (keyId) => used.push(keyId),
    store: {
      findPrincipal(key) {
        clock.lookUps += 1;
        clock.nowMs += clock.storeTakesMs;
        return Promise.resolve(keys.get(key));
      },
      getUserSalt: (tenantId) => Promise.resolve(`salt of ${tenantId}`),
    },
  });
  return Object.assign(clock, { authenticator });
}

describe('createAuthenticator', () => {
  it('answers with the tenant of the key and asks the store once for many requests', async () => {
    const world = createWorld();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => world.authenticator.authenticate('Bearer good', 'ingest')),
    );
    await world.authenticator.authenticate('bearer  good', 'read');
    expect(answers.every((answer) => answer.tenant.id === 'acme')).toBe(true);
    expect(world.lookUps).toBe(1);
  });

  it('stops a revoked key within 10 seconds', async () => {
    const world = createWorld();
    await world.authenticator.authenticate('Bearer good', 'read');
    world.keys.set('good', 'revoked');
    world.nowMs = 9_999;
    await expect(world.authenticator.authenticate('Bearer good', 'read')).resolves.toBe(acme);
    world.nowMs = 10_000;
    await expect(world.authenticator.authenticate('Bearer good', 'read')).rejects.toMatchObject({
      code: 'key_revoked',
      status: 401,
    });
  });

  it('stops a key at the moment it expires, whatever is remembered of it', async () => {
    const world = createWorld();
    world.keys.set('short', { ...acme, expiresAtMs: 5_000 });
    world.wallMs = 4_999;
    await expect(world.authenticator.authenticate('Bearer short', 'read')).resolves.toMatchObject(acme);
    world.wallMs = 5_000;
    await expect(world.authenticator.authenticate('Bearer short', 'read')).rejects.toMatchObject({
      code: 'key_expired',
      status: 401,
    });
    expect(world.lookUps).toBe(1);
    world.keys.set('old', 'expired');
    await expect(world.authenticator.authenticate('Bearer old', 'admin')).rejects.toMatchObject({
      code: 'key_expired',
    });
  });

  it('tells of each use of a key that was good for it, and of no other one', async () => {
    const world = createWorld();
    await world.authenticator.authenticate('Bearer good', 'read');
    await world.authenticator.authenticate('Bearer good', 'ingest');
    await expect(world.authenticator.authenticate('Bearer good', 'admin')).rejects.toThrow();
    await expect(world.authenticator.authenticate('Bearer bad', 'read')).rejects.toThrow();
    expect(world.used).toEqual(['key_1', 'key_1']);
  });

  it('counts the time that the store took to answer', async () => {
    const world = createWorld();
    world.storeTakesMs = 6_000;
    await world.authenticator.authenticate('Bearer good', 'read');
    world.nowMs = 10_000;
    await world.authenticator.authenticate('Bearer good', 'read');
    expect(world.lookUps).toBe(2);
  });

  it('lets a key in within 2 seconds of its creation, though it was tried before', async () => {
    const world = createWorld();
    await expect(world.authenticator.authenticate('Bearer fresh', 'read')).rejects.toMatchObject({
      code: 'key_unknown',
    });
    await expect(world.authenticator.authenticate('Bearer fresh', 'read')).rejects.toMatchObject({
      status: 401,
    });
    expect(world.lookUps).toBe(1);
    world.keys.set('fresh', acme);
    world.nowMs = 2_000;
    await expect(world.authenticator.authenticate('Bearer fresh', 'read')).resolves.toBe(acme);
  });

  it('asks every time when nothing may be cached', async () => {
    const world = createWorld(0);
    await world.authenticator.authenticate('Bearer good', 'read');
    await world.authenticator.authenticate('Bearer good', 'read');
    expect(world.lookUps).toBe(2);
  });

  it('refuses a good key of another scope with 403', async () => {
    const { authenticator } = createWorld();
    await expect(authenticator.authenticate('Bearer good', 'admin')).rejects.toMatchObject({
      code: 'scope_missing',
      status: 403,
    });
  });

  it.each([undefined, '', 'good', 'Basic Z29vZA==', 'Bearer', 'Bearer two words', 'Bearer schlüssel'])(
    'refuses the header %p without asking the store',
    async (header) => {
      const world = createWorld();
      await expect(world.authenticator.authenticate(header, 'read')).rejects.toMatchObject({
        code: 'key_missing',
        status: 401,
      });
      expect(world.lookUps).toBe(0);
    },
  );

  it('asks again after the store failed', async () => {
    let fails = true;
    const authenticator = createAuthenticator({
      keyCacheSeconds: 10,
      now: () => 0,
      wallNow: () => 0,
      store: {
        findPrincipal: () => (fails ? Promise.reject(new Error('down')) : Promise.resolve(acme)),
        getUserSalt: () => Promise.resolve(''),
      },
    });
    await expect(authenticator.authenticate('Bearer good', 'read')).rejects.toThrow('down');
    fails = false;
    await expect(authenticator.authenticate('Bearer good', 'read')).resolves.toBe(acme);
  });
});
