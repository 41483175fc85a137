import { createClickHouse, type ClickHouseEngine } from './client.js';
import { renderForCluster } from './cluster-statements.js';
import { migrate, readMigrations } from './migrate.js';
import { parseConfig } from '../../platform/config.js';
import { findReader } from './open-clickhouse.js';
import { applyRetention } from './retention.js';

const cluster = 'analytics';
const statements = readMigrations().flatMap((migration) => migration.statements);
const rendered = statements.flatMap((statement) => renderForCluster(statement, cluster));

const distributed = rendered.flatMap((statement) => {
  const [, table, local, key] =
    /EXISTS (\w+) ON CLUSTER 'analytics' AS (\w+)\nENGINE = Distributed\('analytics', currentDatabase\(\), '\w+', sipHash64\(([\w, ]+)\)\)$/.exec(
      statement,
    ) ?? [];
  return table === undefined || local === undefined || key === undefined
    ? []
    : [{ table, local, columns: key.split(', ') }];
});

/** The statement that makes the table of a shard. */
function localTable(name: string): string {
  const found = rendered.find((statement) => statement.startsWith(`CREATE TABLE IF NOT EXISTS ${name} `));
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

function recordEngine(): { engine: ClickHouseEngine; sent: string[]; asked: string[] } {
  const sent: string[] = [];
  const asked: string[] = [];
  const engine: ClickHouseEngine = {
    run: (sql) => Promise.resolve(asked.push(sql)).then(() => ({ rows: [], rowsRead: 0 })),
    command: (sql) => Promise.resolve(sent.push(sql)).then(() => undefined),
    insert: ({ table }) => Promise.resolve(sent.push(`INSERT INTO ${table}`)).then(() => undefined),
    cancel: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return { engine, sent, asked };
}

describe('migrations on a cluster', () => {
  it('change every server, but for rows that find their shard by themselves', () => {
    const others = rendered.filter((statement) => !statement.includes("ON CLUSTER 'analytics'"));
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((statement) => !statement.startsWith('INSERT INTO'))).toEqual([]);
  });

  it('keep rows in replicated tables only', () => {
    const engines = rendered.flatMap((statement) =>
      [...statement.matchAll(/ENGINE = (\w+)/g)].map(([, name]) => name),
    );
    expect(new Set(engines)).toEqual(
      new Set([
        'ReplicatedMergeTree',
        'ReplicatedAggregatingMergeTree',
        'ReplicatedReplacingMergeTree',
        'Distributed',
        'Null',
      ]),
    );
  });

  it('give each table a distributed one under the name that is asked', () => {
    const made = statements.flatMap((statement) => {
      const [, name] = /^CREATE TABLE IF NOT EXISTS (\w+)\s+\(/.exec(statement) ?? [];
      return name === undefined ? [] : [name];
    });
    expect(distributed.map(({ table }) => table)).toEqual(made);
    expect(distributed.map(({ local }) => local)).toEqual(made.map((name) => `${name}_local`));
  });

  it('shard by the identity of the event where there is one', () => {
    const byEvent = distributed
      .filter(({ columns }) => columns.join() === 'event_id')
      .map(({ table }) => table);
    expect(byEvent).toEqual(['events_raw_v1', 'event_ids_v1', 'seat_changes_v1', 'duplicate_events_v1']);
  });

  it('bring rows that replace each other to one shard', () => {
    for (const { columns, local } of distributed) {
      const definition = localTable(local);
      const key = /ORDER BY \(([\w, ]+)\)/.exec(definition)?.[1]?.split(', ') ?? [];
      if (!definition.includes('ReplicatedReplacingMergeTree')) continue;
      expect(columns.filter((column) => !key.includes(column))).toEqual([]);
    }
  });

  it('remember tokens on each shard as long as messages may come again', () => {
    const windows = rendered.filter((statement) => statement.includes('deduplication_window'));
    expect(windows.length).toBeGreaterThan(8);
    for (const statement of windows)
      expect(statement).toContain(
        'SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 2592000',
      );
    expect(rendered.join('\n')).not.toContain('non_replicated');
  });

  it('never let a view read or fill the tables of all shards: each event would count once a shard', () => {
    const views = rendered.filter((statement) => statement.startsWith('CREATE MATERIALIZED VIEW'));
    expect(views.length).toBeGreaterThan(10);
    for (const view of views) {
      const body = view.slice(view.indexOf(' TO '));
      const named = body.match(/\b\w+_v\d+\w*/g) ?? [];
      expect(named.filter((name) => !name.endsWith('_local'))).toEqual([]);
    }
  });

  it('keep the version of a replacing table, and a path of its own for each', () => {
    expect(localTable('day_checks_v1_local')).toContain(
      "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/day_checks_v1_local', '{replica}', checked_at)",
    );
    const paths = rendered.flatMap((statement) => /'\/clickhouse\/[^']+'/.exec(statement)?.[0] ?? []);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('add columns to both, the tables of the shards first', () => {
    expect(
      renderForCluster('ALTER TABLE events_raw_v1 ADD COLUMN IF NOT EXISTS acceptance UInt32', cluster),
    ).toEqual([
      "ALTER TABLE events_raw_v1_local ON CLUSTER 'analytics' ADD COLUMN IF NOT EXISTS acceptance UInt32",
      "ALTER TABLE events_raw_v1 ON CLUSTER 'analytics' ADD COLUMN IF NOT EXISTS acceptance UInt32",
    ]);
  });

  it('refuse a statement that nobody thought of', () => {
    expect(() => renderForCluster('OPTIMIZE TABLE events_raw_v1 FINAL', cluster)).toThrow(
      'there is no form of this statement for a cluster: OPTIMIZE TABLE events_raw_v1 FINAL',
    );
  });
});

describe('a client of a cluster', () => {
  it('writes down what was applied once for all servers, and applies all of it', async () => {
    const { engine, sent } = recordEngine();
    await migrate(createClickHouse(engine, { queryTimeoutMs: 1_000, cluster }), (work) => work());
    expect(sent[0]).toContain(
      "ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/schema_migrations_v1', '{shard}-{replica}')",
    );
    expect(sent.slice(1).filter((statement) => statement !== 'INSERT INTO schema_migrations_v1')).toEqual(
      rendered,
    );
  });

  it('lets questions join what lies on several shards', async () => {
    const { asked, engine } = recordEngine();
    await applyRetention(createClickHouse(engine, { queryTimeoutMs: 1_000, cluster }), {
      rawDays: 1,
      aggregateDays: 1,
    });
    expect(asked[0]).toContain("distributed_product_mode = 'global'");
  });

  it('keeps rows as long as it is told, where they are', async () => {
    const { engine, sent } = recordEngine();
    const rows = [{ name: 'user_days_v1_local', engine_full: 'TTL a SETTINGS' }];
    engine.run = () => Promise.resolve({ rows, rowsRead: 1 });
    const clickHouse = createClickHouse(engine, { queryTimeoutMs: 1_000, cluster });
    await expect(applyRetention(clickHouse, { rawDays: 1, aggregateDays: 9 })).resolves.toEqual([
      'user_days_v1',
    ]);
    expect(sent).toEqual([
      "ALTER TABLE user_days_v1_local ON CLUSTER 'analytics' MODIFY TTL received_month + toIntervalDay(40) SETTINGS materialize_ttl_after_modify = 0",
    ]);
  });

  it('has no reader that is held to row policies, as they would be on the tables of one server only', () => {
    const variables = {
      CLICKHOUSE_URL: 'http://writer:secret@clickhouse:8123/default',
      CLICKHOUSE_READ_URL: 'http://reader:secret@clickhouse:8123/default',
    };
    expect(findReader(parseConfig(variables))).toEqual({ name: 'reader', password: 'secret' });
    const onCluster = parseConfig({ ...variables, CLICKHOUSE_CLUSTER: cluster });
    expect(() => findReader(onCluster)).toThrow('Row policies are not written on a cluster yet');
  });
});
