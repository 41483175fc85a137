import { AppError } from '../../src/platform/errors.js';
import type { Subject } from '../../src/platform/subjects.js';
import { createClickHouse, type ClickHouse } from '../../src/storage/clickhouse/client.js';
import { localNameOf, renderForCluster } from '../../src/storage/clickhouse/cluster-statements.js';
import { createEventWriter } from '../../src/storage/clickhouse/event-writer.js';
import { readMigrations } from '../../src/storage/clickhouse/migrate.js';
import { countEverywhere, findDifferences } from '../../src/storage/clickhouse/queries/count-everywhere.js';
import { openServerEngine } from '../../src/storage/clickhouse/server-engine.js';
import { openShards } from '../../src/storage/clickhouse/subjects/open-shards.js';
import { createClickHouseSubjects } from '../../src/storage/clickhouse/subjects/subject-store.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { basic, useFrontWorld } from './clickhouse-front-world.js';
import { startCountedOnceWriter } from './counted-once-world.js';

const cluster = 'analytics';
const hosts = ['shard_1', 'shard_2'];
const ada: Subject = { tenantId: 'acme', userId: 'ada@acme.example', pseudonym: 'u_9f3b7c21d5e8a604' };
const bob = 'u_47e1c0d926ab83f5';
const { rows, world } = useFrontWorld();

/** A database stands in for a server: it answers over HTTP by itself, and knows nothing of the other one. */
function openDatabase(name: string): ClickHouse {
  const address = new URL(world().url);
  address.username = 'default';
  address.password = decodeURIComponent(
    Buffer.from(basic.Authorization.slice(6), 'base64').toString().slice(8),
  );
  address.pathname = `/${name}`;
  const engine = openServerEngine({ url: address.href, connections: 2, requestTimeoutMs: 60_000 });
  return createClickHouse(engine, { queryTimeoutMs: 30_000 });
}

const places = hosts.map((host, index) => ({ shard: index + 1, replica: 1, host }));

/** The embedded engine is part of no cluster: what `system.clusters` says of one is put in here. */
function inCluster(clickHouse: ClickHouse, own: string): ClickHouse {
  return {
    ...clickHouse,
    query: (query) => {
      const known = {
        'cluster-places': places,
        'cluster-own-place': places.filter(({ host }) => host === own),
      };
      const answer = Object.entries(known).find(([name]) => name === query.name)?.[1];
      return answer === undefined
        ? clickHouse.query(query)
        : Promise.resolve(answer.map((row) => query.row.parse(row)));
    },
  };
}

/** The tables that a server of a cluster has, but for their replication, which needs Keeper. */
function localStatements(): readonly string[] {
  return readMigrations()
    .flatMap(({ statements }) => statements)
    .flatMap((statement) => renderForCluster(statement, cluster))
    .filter((statement) => !/ENGINE = Distributed|^INSERT|^CREATE VIEW/.test(statement))
    .filter((statement) => !/^ALTER TABLE \w+(?<!_local) ON/.test(statement))
    .map((statement) =>
      statement
        .replace(` ON CLUSTER '${cluster}'`, '')
        .replace(/Replicated(\w*MergeTree)\('[^']+', '[^']+'(?:, (\w+))?\)/, '$1($2)')
        .replace(/replicated_deduplication_window_seconds = \d+/, 'index_granularity = 8192')
        .replace('replicated_deduplication_window', 'non_replicated_deduplication_window')
        .replace('AS events_raw_v1 ENGINE', 'AS events_raw_v1_local ENGINE'),
    );
}

/** The tables of one server under the names that are asked elsewhere, where a distributed one would be. */
function asAsked(clickHouse: ClickHouse): ClickHouse {
  const localise = (sql: string): string =>
    sql.replaceAll(/\b(?!events_raw_check)\w+_v1\b(?!_)/g, localNameOf);
  return {
    ...clickHouse,
    query: (query) => clickHouse.query({ ...query, sql: localise(query.sql) }),
    insert: (request) => clickHouse.insert({ ...request, table: localise(request.table) }),
  };
}

async function store(host: string, ...events: Parameters<typeof anEvent>[0][]): Promise<void> {
  const clickHouse = openDatabase(host);
  const writer = await startCountedOnceWriter({
    store: createEventWriter(asAsked(clickHouse)),
    filterBytesMax: 4,
  });
  await writer.write({ id: `message-${host}`, events: events.map((event) => anEvent(event)) });
  await clickHouse.close();
}

async function countAll(): Promise<readonly Awaited<ReturnType<typeof countEverywhere>>[]> {
  const counts = [];
  for (const host of hosts) {
    const clickHouse = openDatabase(host);
    counts.push(await countEverywhere(asAsked(clickHouse), 'acme'));
    await clickHouse.close();
  }
  return counts;
}

function createSubjects(
  overrides: Partial<Parameters<typeof openShards>[0]> = {},
): ReturnType<typeof createClickHouseSubjects> {
  return createClickHouseSubjects(
    openShards({
      clickHouse: inCluster(openDatabase('shard_1'), 'shard_1'),
      cluster,
      hosts: undefined,
      openServer: (host) => inCluster(openDatabase(host), host),
      ...overrides,
    }),
  );
}

const runFinished = 'ai.coditect.agent.run.finished.v1';
const requested = 'ai.coditect.api.request.completed.v1';

beforeEach(async () => {
  for (const host of hosts) {
    await world().post(`DROP DATABASE IF EXISTS ${host}`);
    await world().post(`CREATE DATABASE ${host}`);
    const clickHouse = openDatabase(host);
    for (const statement of localStatements()) await clickHouse.command(statement);
    await clickHouse.close();
  }
  const own = { tenantId: 'acme', userId: ada.pseudonym, sessionId: 'session-of-ada', team: 'core' };
  await store(
    'shard_1',
    { ...own, id: 'ada-1', attributes: { machine: 'adas-laptop' } },
    { tenantId: 'acme', id: 'bob-1', userId: bob, type: requested, route: `/people/${ada.pseudonym}` },
  );
  await store(
    'shard_2',
    { ...own, id: 'ada-2', type: runFinished, status: 'succeeded', costUsd: 1.5 },
    { tenantId: 'acme', id: 'bob-2', userId: bob, project: ada.pseudonym },
    { tenantId: 'other', id: 'zoe-1', userId: ada.pseudonym },
  );
}, 60_000);

async function tablesLeft(): Promise<readonly unknown[]> {
  return rows(
    `SELECT name FROM system.tables WHERE match(name, '^(subject_in_hand|draft|rewritten)_') ORDER BY name`,
  );
}

describe('a person on a cluster of ClickHouse', () => {
  it('is found on every shard, in tables by the names that are asked', async () => {
    expect(await createSubjects().findTraces(ada)).toMatchObject({
      events_raw_v1: 4,
      activity_per_quarter_v1: 1,
      api_requests_per_quarter_v1: 1,
    });
  });

  it('is found on no shard after erase, and no total is another one', async () => {
    const before = await countAll();
    await createSubjects().erase(ada);
    expect(await createSubjects().findTraces(ada)).toEqual({});
    const after = await countAll();
    expect(after.map(findDifferences)).toEqual([[], []]);
    expect(after.map(({ raw }) => raw)).toEqual(before.map(({ raw }) => raw));
    expect(await createSubjects().findTraces({ ...ada, tenantId: 'other' })).toMatchObject({
      events_raw_v1: 1,
    });
    expect(await tablesLeft()).toEqual([]);
  });

  it('gets what every shard has, page by page', async () => {
    const subjects = createSubjects();
    const ids: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await subjects.readRecords(ada, cursor);
      const events = page.records.filter(({ table }) => table === 'events_raw_v1');
      ids.push(...events.map(({ record }) => record['id']));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(ids.sort()).toEqual(['ada-1', 'ada-2', 'bob-1', 'bob-2']);
  });

  it('is named in the list of each shard', async () => {
    const names = new Set<string>();
    for await (const name of createSubjects().listNames('acme')) names.add(name);
    expect(names).toContain(ada.pseudonym);
    expect(names).toContain('adas-laptop');
  });

  it('is not erased in part as done: while a server is away nothing begins', async () => {
    const away = createSubjects({
      openServer: (host) => (host === 'shard_1' ? inCluster(openDatabase(host), host) : openDatabase('gone')),
    });
    await expect(away.erase(ada)).rejects.toMatchObject({ code: 'cluster_incomplete', retryable: true });
    expect(await createSubjects().findTraces(ada)).toMatchObject({ events_raw_v1: 4 });
  });

  it('is not taken for erased where one server answers for another', async () => {
    const twice = createSubjects({
      openServer: (host) => inCluster(openDatabase(host), 'shard_1'),
    });
    await expect(twice.findTraces(ada)).rejects.toMatchObject({
      message: 'Nothing leads to the replica 1 of the shard 2.',
    });
    const missing = createSubjects({ hosts: ['shard_1'] });
    await expect(missing.erase(ada)).rejects.toBeInstanceOf(AppError);
  });

  it('is erased by the next attempt where a shard failed in the middle', async () => {
    const failing = createSubjects({
      openServer: (host) => {
        const server = inCluster(openDatabase(host), host);
        if (host === 'shard_1') return server;
        const command: ClickHouse['command'] = (sql) =>
          sql.includes('MOVE PARTITION')
            ? Promise.reject(new Error('the shard went away'))
            : server.command(sql);
        return { ...server, command };
      },
    });
    const before = await countAll();
    await expect(failing.erase(ada)).rejects.toThrow('the shard went away');
    await createSubjects().erase(ada);
    expect(await createSubjects().findTraces(ada)).toEqual({});
    const after = await countAll();
    expect(after.map(findDifferences)).toEqual([[], []]);
    expect(after.map(({ raw }) => raw)).toEqual(before.map(({ raw }) => raw));
    expect(await tablesLeft()).toEqual([]);
  });
});
