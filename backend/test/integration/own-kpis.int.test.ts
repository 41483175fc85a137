import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kpiListSchema, type KpiList } from '@coditect/contracts';
import { createKpiRegistry, type KpiRegistry } from '../../src/kpis/kpi-registry.js';
import { readOwnKpis } from '../../src/kpis/own/own-kpi-files.js';
import { followKpis } from '../../src/own-kpis.js';
import type { Deed } from '../../src/platform/audit.js';
import { parseConfig } from '../../src/platform/config.js';
import { createLifecycle } from '../../src/platform/lifecycle.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { eventually } from '../../src/testkit/eventually.js';
import { silent } from './landing-world.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

const run = 'ai.coditect.agent.run.finished.v1';
const range = { from: '2026-03-10T00:00:00Z', to: '2026-03-11T00:00:00Z' };

function reviewsOf(agent: string): string {
  return `kpis:
  - id: reviews_per_user
    title: Reviews per user
    definition: Runs of the reviewer, divided by the users of the period.
    unit: count
    owner: platform team
    dimensions: [team]
    measure:
      kind: ratio
      numerator: { kind: count, where: { types: [${run}], in: { agent: [${agent}] } } }
      denominator: { kind: distinctUsers, days: period }
  - id: reviews_without_owner
    title: Faulty
`;
}

const fileOf = (tenant: string, text: string) => ({ name: `${tenant}/reviews.yaml`, path: 'p', text });

describe('a tenant’s own KPIs, asked for', () => {
  const registry = createKpiRegistry();
  let world: MetricsWorld;
  beforeAll(async () => {
    registry.replaceOwn(readOwnKpis([fileOf('acme', reviewsOf('reviewer'))]).byTenant);
    // Answers are kept: a definition that has changed must not be answered with one of before.
    world = await openMetricsWorld({ kpis: registry, metrics: { cacheBytesMax: 10_000_000 } });
    for (const [tenantId, reviews] of [
      ['acme', 6],
      ['globex', 5],
    ] as const) {
      const event = (index: number, agent: string) =>
        anEvent({
          tenantId,
          id: `${tenantId}-${agent}-${index}`,
          type: run,
          agent,
          userId: `user-${index % 2}`,
          team: index % 3 === 0 ? 'red' : 'blue',
          occurredAt: Date.parse(range.from) + index * 3_600_000,
        });
      await world.store([0, 1, 2, 3, 4, 5].slice(0, reviews).map((index) => event(index, 'reviewer')));
      await world.store([event(7, 'writer')]);
    }
  });
  afterAll(() => world.close());

  it('are answered like those that are shipped, by groups and in series', async () => {
    const metric = 'reviews_per_user';
    const total = await world.ask({ metric, range, total: true });
    expect(total.rows).toEqual([[6, 2, 3]]);
    expect(total.meta).toMatchObject({ title: 'Reviews per user', unit: 'count' });
    expect(total.meta.revision).toMatch(/^[0-9a-f]{12}$/);
    const teams = await world.ask({ metric, range, interval: '1d', groupBy: ['team'] });
    expect(teams.rows.map((row) => row.slice(1))).toEqual([
      ['blue', 4, 2, 2],
      ['red', 2, 2, 1],
    ]);
  });

  const listOf = async (tenant: string): Promise<KpiList> =>
    kpiListSchema.parse((await world.get('/v1/kpis', tenant)).body);

  it('are listed for their tenant, with what is wrong in its files', async () => {
    const { kpis, problems } = await listOf('acme');
    expect(kpis.at(-1)).toMatchObject({ id: 'reviews_per_user', origin: 'tenant', dimensions: ['team'] });
    expect(new Set(problems?.map(({ file, line }) => `${file}:${line}`))).toEqual(
      new Set(['acme/reviews.yaml:12']),
    );
  });

  it('are unknown to every other tenant, by list, by question and by hint', async () => {
    const { kpis, problems } = await listOf('globex');
    expect(kpis.filter(({ origin }) => origin === 'tenant')).toEqual([]);
    expect(problems).toBeUndefined();
    for (const metric of ['reviews_per_user', 'reviews_per_use']) {
      const body = JSON.stringify({ metric, range, total: true });
      const { body: refusal, status } = await world.post(body, { authorization: 'Bearer globex' });
      expect([status, refusal.error.code, refusal.error.reason.includes('reviews_per_user')]).toEqual([
        422,
        'metric_unknown',
        false,
      ]);
    }
    const hint = await world.post(JSON.stringify({ metric: 'reviews_per_use', range, total: true }));
    expect(hint.body.error.reason).toContain('"reviews_per_user"');
  });

  it('mean what the file says now, also where an answer was kept', async () => {
    const question = { metric: 'reviews_per_user', range, total: true as const };
    const before = await world.ask(question);
    registry.replaceOwn(readOwnKpis([fileOf('acme', reviewsOf('writer'))]).byTenant);
    const after = await world.ask(question);
    expect([before.rows, after.rows]).toEqual([[[6, 2, 3]], [[1, 2, 0.5]]]);
    expect(after.meta.revision).not.toBe(before.meta.revision);
    registry.replaceOwn(new Map());
    await expect(world.ask(question)).rejects.toThrow('metric_unknown');
  });
});

describe('files of own KPIs', () => {
  const lifecycle = createLifecycle({ logger: silent, closeTimeoutMs: 1_000 });
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'own-kpis-'));
  });
  afterAll(async () => {
    await lifecycle.close();
    await rm(folder, { recursive: true });
  });

  it('count from the start, and whenever they come, change, break or go', async () => {
    const config = parseConfig({ KPI_DIR: folder, PROVISIONING_CHECK_INTERVAL_MS: '100' });
    const telemetry = createTelemetry({ defaultMetrics: false });
    const file = join(folder, 'acme', 'reviews.yaml');
    await mkdir(join(folder, 'acme'));
    await write(file, reviewsOf('reviewer'));
    const settings = new Map<string, string>();
    const changes: Deed['details'][] = [];
    const control = {
      listTenants: () => Promise.resolve([{ id: 'acme', name: 'Acme', timeZone: 'UTC' }]),
      getSetting: (name: string) => Promise.resolve(settings.get(name)),
      putSetting: (name: string, value: string) => Promise.resolve(void settings.set(name, value)),
    };
    const trail = {
      record: async <T>({ details }: Deed, work: () => Promise<T>) => {
        changes.push(details);
        return work();
      },
    };
    const registry = await followKpis({ config, lifecycle, logger: silent, telemetry }, { control, trail });
    expect(formulaOf(registry)).toContain('agent = reviewer');
    await write(file, reviewsOf('writer'));
    await eventually(() => {
      expect(formulaOf(registry)).toContain('agent = writer');
    });
    await write(file, 'kpis: [');
    await eventually(() => {
      expect(formulaOf(registry)).toBeUndefined();
    });
    expect(registry.of('acme').problems).toHaveLength(1);
    expect(changes).toEqual([
      { added: 'reviews_per_user' },
      { changed: 'reviews_per_user' },
      { removed: 'reviews_per_user' },
    ]);
    await rm(file);
    await eventually(() => {
      expect(registry.of('acme').problems).toEqual([]);
    });
  });

  function formulaOf(registry: KpiRegistry): string | undefined {
    return registry.of('acme').find('reviews_per_user')?.formula;
  }

  /** At once, so that no look sees half of it. */
  async function write(file: string, text: string): Promise<void> {
    await writeFile(`${file}.part`, text);
    await rename(`${file}.part`, file);
  }
});
