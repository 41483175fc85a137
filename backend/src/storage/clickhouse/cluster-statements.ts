/**
 * A statement of one server, as a cluster wants it. Each table becomes a replicated one on every shard, with `_local` after
 * its name, and a distributed one with the name it had: whoever reads or inserts notices nothing. Views fill tables of their
 * own shard. Rows are sharded by the identity of their event where they have one, and by the key of the table where they
 * have none: what replaces each other, and what is sent again under the same token, meets on the same shard.
 */
export function renderForCluster(statement: string, cluster: string): readonly string[] {
  const on = `ON CLUSTER '${cluster}'`;
  const rule = rules.find(({ pattern }) => pattern.test(statement));
  const parts = rule?.pattern.exec(statement);
  if (rule === undefined || parts === null || parts === undefined) {
    const beginning = statement.trim().split(/\s+/, 5).join(' ');
    throw new Error(`there is no form of this statement for a cluster: ${beginning}`);
  }
  const [, first = '', second = '', rest = ''] = parts;
  return rule.render({ first, second, rest, on, cluster });
}

/** What is there once for the whole cluster, with a replica on every server. */
const undivided: ReadonlySet<string> = new Set(['schema_migrations_v1']);

/** Where the rows of a table are on each server of the cluster. */
export function localNameOf(table: string): string {
  return `${table}_local`;
}

/** The name that is asked, of a table as it is on a server. */
export function titleOf(table: string): string {
  return table.replace(/_local$/, '');
}

interface Parts {
  readonly first: string;
  readonly second: string;
  readonly rest: string;
  readonly on: string;
  readonly cluster: string;
}

interface Rule {
  readonly pattern: RegExp;
  render(parts: Parts): readonly string[];
}

const rules: readonly Rule[] = [
  { pattern: /^CREATE TABLE IF NOT EXISTS (\w+)\s+(?=\()([\s\S]*)$/, render: renderTable },
  {
    // Keeps nothing: each server has one of its own.
    pattern: /^CREATE TABLE IF NOT EXISTS (\w+) (AS \w+ ENGINE = Null)$/,
    render: ({ first, on, second }) => [`CREATE TABLE IF NOT EXISTS ${first} ${on} ${second}`],
  },
  {
    pattern: /^CREATE MATERIALIZED VIEW IF NOT EXISTS (\w+) TO (\w+) AS\s([\s\S]*)$/,
    render: ({ first, on, rest, second }) => [
      `CREATE MATERIALIZED VIEW IF NOT EXISTS ${first} ${on} TO ${localNameOf(second)} AS\n${toLocalTables(rest)}`,
    ],
  },
  {
    // Reads distributed tables, as a question does.
    pattern: /^CREATE VIEW IF NOT EXISTS (\w+) (AS\s[\s\S]*)$/,
    render: ({ first, on, second }) => [`CREATE VIEW IF NOT EXISTS ${first} ${on} ${second}`],
  },
  {
    pattern: /^DROP VIEW IF EXISTS (\w+)$/,
    render: ({ first, on }) => [`DROP VIEW IF EXISTS ${first} ${on} SYNC`],
  },
  {
    pattern: /^DROP TABLE IF EXISTS (\w+)$/,
    render: ({ first, on }) =>
      [first, localNameOf(first)].map((name) => `DROP TABLE IF EXISTS ${name} ${on} SYNC`),
  },
  { pattern: /^ALTER TABLE (\w+) ([\s\S]*)$/, render: renderAlter },
  // Rows find their shard by themselves.
  { pattern: /^(INSERT INTO \w+\s[\s\S]*)$/, render: ({ first }) => [first] },
];

const engine = /ENGINE = (\w*)MergeTree(?:\((\w*)\))?/;

/**
 * As many blocks are remembered as on one server, and for a month: a message that was stored, and then waited in the
 * broker for somebody who acknowledges it, still counts once. A server alone forgets by number only.
 */
const window = 'replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 2592000';

function renderTable({ cluster, first: name, on, second: definition }: Parts): readonly string[] {
  const [, kind = '', version = ''] = engine.exec(definition) ?? [];
  const isUndivided = undivided.has(name);
  const local = isUndivided ? name : localNameOf(name);
  const [shard, replica] = isUndivided ? ['all', '{shard}-{replica}'] : ['{shard}', '{replica}'];
  const replicated = `ENGINE = Replicated${kind}MergeTree('/clickhouse/tables/${shard}/{database}/${local}', '${replica}'${
    version === '' ? '' : `, ${version}`
  })`;
  const body = definition
    .replace(engine, () => replicated)
    .replace('non_replicated_deduplication_window = 10000', window);
  const create = `CREATE TABLE IF NOT EXISTS ${local} ${on}\n${body}`;
  if (isUndivided) return [create];
  return [
    create,
    `CREATE TABLE IF NOT EXISTS ${name} ${on} AS ${local}
ENGINE = Distributed('${cluster}', currentDatabase(), '${local}', sipHash64(${shardingColumns(definition)}))`,
  ];
}

function shardingColumns(definition: string): string {
  if (/^\s*event_id /m.test(definition)) return 'event_id';
  const [, key] = /ORDER BY \(([\w, ]+)\)/.exec(definition) ?? [];
  if (key === undefined) throw new Error('a table of a cluster needs a key of several columns');
  return key;
}

/** Columns are changed in both, rows and how they are kept where they are. */
function renderAlter({ first: name, on, second: change }: Parts): readonly string[] {
  const tables = /\bCOLUMN\b/.test(change) ? [localNameOf(name), name] : [localNameOf(name)];
  return tables.map((table) => `ALTER TABLE ${table} ${on} ${change}`);
}

function toLocalTables(select: string): string {
  return select.replaceAll(/\b\w+_v\d+\b/g, localNameOf);
}
