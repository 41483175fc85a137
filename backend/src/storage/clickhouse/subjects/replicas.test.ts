import type { Subject } from '../../../platform/subjects.js';
import type { ClickHouse } from '../client.js';
import { createClickHouseSubjects } from './subject-store.js';

const ada: Subject = { tenantId: 'acme', userId: 'ada@acme.example', pseudonym: 'u_9f3b7c21d5e8a604' };
const local = 'events_per_minute_v1_local';
const engine = `ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/default/${local}', '{replica}') PARTITION BY toYYYYMM(minute) ORDER BY (tenant_id, type)`;

/** A replica with one table, which names the person in `traces` rows until its rows are moved. */
function createReplica(traces: number): { clickHouse: ClickHouse; sent: string[] } {
  const sent: string[] = [];
  const answers: Readonly<Record<string, readonly unknown[]>> = {
    'subject-columns': [
      { table: local, name: 'tenant_id', type: 'LowCardinality(String)', isKey: 1 },
      { table: local, name: 'type', type: 'LowCardinality(String)', isKey: 1 },
    ],
    'subject-traces': [{ rows: traces }],
    'rows-to-rewrite': [{ rows: traces }],
    'rewritten-engine': [{ engine_full: engine }],
    'subject-replicas': [{ name: local }],
    'rewritten-partitions': [{ partition: '202603' }],
  };
  const clickHouse: ClickHouse = {
    query: (query) => Promise.resolve((answers[query.name] ?? []).map((row) => query.row.parse(row))),
    command: (sql) => Promise.resolve(void sent.push(sql)),
    insert: ({ ndjson, table }) => Promise.resolve(void sent.push(`INSERT INTO ${table} ${String(ndjson)}`)),
    close: () => Promise.resolve(),
  };
  return { clickHouse, sent };
}

function openBoth(first: ClickHouse, second: ClickHouse): Parameters<typeof createClickHouseSubjects>[0] {
  return () => Promise.resolve({ shards: [[first, second]], close: () => Promise.resolve() });
}

describe('a person on replicas', () => {
  it('is in hand on each of them, and rows are changed on one, which waits for the others', async () => {
    const [first, second] = [createReplica(2), createReplica(2)];
    await createClickHouseSubjects(openBoth(first.clickHouse, second.clickHouse)).erase(ada);
    const [, created = '', inserted = ''] = second.sent;
    const inHand = /subject_in_hand_\w+/.exec(created)?.[0] ?? '?';
    expect(inserted).toContain(`INSERT INTO ${inHand} {"tenant_id":"acme","pseudonym":"${ada.pseudonym}"`);
    expect(second.sent.map((sql) => sql.split(' ', 2).join(' '))).toEqual([
      'KILL MUTATION',
      'CREATE TABLE',
      'INSERT INTO',
      'DROP TABLE',
    ]);
    const changes = first.sent.filter((sql) => sql.startsWith('ALTER'));
    expect(changes.map((sql) => sql.slice(sql.indexOf('SETTINGS')))).toEqual([
      'SETTINGS mutations_sync = 2, allow_nondeterministic_mutations = 1, mutations_execute_subqueries_on_initiator = 0',
      'SETTINGS alter_sync = 2',
    ]);
    expect(changes[0]).toContain(`FROM ${inHand}`);
    expect([...first.sent, ...second.sent].filter((sql) => sql.includes(ada.pseudonym))).toEqual(
      [...first.sent, ...second.sent].filter((sql) => sql.startsWith('INSERT INTO subject_in_hand')),
    );
  });

  it('is looked for on a replica that has caught up with the others', async () => {
    const { clickHouse, sent } = createReplica(2);
    const subjects = createClickHouseSubjects(openBoth(clickHouse, createReplica(2).clickHouse));
    await subjects.erase(ada);
    const words = sent.map((sql) => sql.split(' ', 2).join(' '));
    expect(sent).toContain(`SYSTEM SYNC REPLICA ${local}`);
    expect(words.indexOf('SYSTEM SYNC')).toBeLessThan(words.indexOf('ALTER TABLE'));
  });

  it('leaves rewritten rows in a replicated table with a path of its own, as parts move between such tables only', async () => {
    const { clickHouse, sent } = createReplica(2);
    await createClickHouseSubjects(openBoth(clickHouse, createReplica(0).clickHouse)).erase(ada);
    const draft = sent.find((sql) => sql.startsWith('CREATE TABLE draft_')) ?? '';
    expect(draft).toMatch(
      /^CREATE TABLE (draft_\w+) AS events_per_minute_v1_local ENGINE = ReplicatedAggregatingMergeTree\('\/clickhouse\/tables\/\{shard\}\/default\/\1', '\{replica\}'\)/,
    );
  });

  it('is found where one replica still has what the others have not', async () => {
    const subjects = createClickHouseSubjects(
      openBoth(createReplica(0).clickHouse, createReplica(1).clickHouse),
    );
    expect(await subjects.findTraces(ada)).toEqual({ events_per_minute_v1: 1 });
  });

  it('is forgotten by the others when one goes away', async () => {
    const [first, second] = [createReplica(1), createReplica(1)];
    const gone: ClickHouse = { ...second.clickHouse, query: () => Promise.reject(new Error('gone')) };
    await expect(createClickHouseSubjects(openBoth(first.clickHouse, gone)).findTraces(ada)).rejects.toThrow(
      'gone',
    );
    expect(first.sent.at(-1)).toMatch(/^DROP TABLE IF EXISTS subject_in_hand_\w+ SYNC$/);
  });
});
