import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { erasedText, type Subject, type SubjectStore, type Traces } from '../../../platform/subjects.js';
import type { ClickHouse } from '../client.js';
import { forgetInHand, withInHand } from './in-hand.js';
import { listNames } from './list-names.js';
import { readRecords } from './read-records.js';
import { listUnfinished, mutationSettings, rewriteRows } from './rewrite-rows.js';
import type { OpenShards, Shards } from './shards.js';
import { writeSubjectSql, type SubjectSql } from './subject-sql.js';
import { listSubjectTables, type SubjectTable } from './subject-tables.js';

const rawTable = 'events_raw_v1';
/** A scan reads everything that there is of a tenant. */
const scanTimeoutMs = 600_000;
const countRow = z.object({ rows: z.number() });
const nameRow = z.object({ name: z.string() });

/**
 * People in ClickHouse, on every server that has rows. One call of `erase` at a time, over all processes: the caller has
 * the lock. A server that is away makes each of these fail: what it has would be left.
 */
export function createClickHouseSubjects(open: OpenShards): SubjectStore {
  async function onShards<T>(work: (shards: Shards) => Promise<T>): Promise<T> {
    const { close, shards } = await open();
    try {
      return await work(shards);
    } finally {
      await close();
    }
  }
  return {
    findTraces: (subject) =>
      onShards((shards) =>
        withInHand(shards.flat(), subject, async (inHand) => findTraces(shards, writeSubjectSql(inHand))),
      ),
    erase: (subject) =>
      onShards(async (shards) => {
        for (const server of shards.flat()) await forgetInHand(server);
        return withInHand(shards.flat(), subject, async (inHand) => {
          const erasure = { mark: markOf(subject), sql: writeSubjectSql(inHand) };
          const found = await findTraces(shards, erasure.sql);
          for (const [first] of shards) {
            await catchUp(first);
            await eraseOn(first, erasure);
          }
          return found;
        });
      }),
    readRecords: (subject, cursor) =>
      onShards((shards) =>
        withInHand(shards.flat(), subject, async (inHand) => {
          const asked = shards.map(([first]) => first);
          if (cursor === undefined) for (const server of asked) await catchUp(server);
          return readRecords(asked, {
            sql: writeSubjectSql(inHand),
            tenantId: subject.tenantId,
            cursor,
          });
        }),
      ),
    async *listNames(tenantId) {
      const { close, shards } = await open();
      try {
        for (const [first] of shards) yield* listNames(first, tenantId);
      } finally {
        await close();
      }
    },
    compact: () =>
      onShards(async (shards) => {
        for (const server of shards.flat()) await removeOldParts(server);
      }),
  };
}

/** Every replica is asked: of those of a shard the one counts that has most, of shards all. */
async function findTraces(shards: Shards, sql: SubjectSql): Promise<Traces> {
  const sums: Record<string, number> = {};
  for (const replicas of shards) {
    const most: Record<string, number> = {};
    for (const replica of replicas) {
      const traces = await countTraces(replica, await listSubjectTables(replica), sql);
      for (const [table, rows] of Object.entries(traces)) most[table] = Math.max(most[table] ?? 0, rows);
    }
    for (const [table, rows] of Object.entries(most)) sums[table] = (sums[table] ?? 0) + rows;
  }
  return sums;
}

/** One replica is asked for all of a shard: first it gets what only others have so far. */
async function catchUp(server: ClickHouse): Promise<void> {
  const replicated = await server.query({
    name: 'subject-replicas',
    sql: `SELECT name FROM system.tables
      WHERE database = currentDatabase() AND startsWith(engine, 'Replicated') AND name IN {tables:Array(String)}`,
    params: { tables: (await listSubjectTables(server)).map(({ name }) => name) },
    row: nameRow,
  });
  for (const { name } of replicated) await server.command(`SYSTEM SYNC REPLICA ${name}`);
}

/** On one replica, which brings it to those of its shard. */
async function eraseOn(server: ClickHouse, erasure: Erasure): Promise<void> {
  const tables = await listSubjectTables(server);
  const found = await countTraces(server, tables, erasure.sql);
  const unfinished = await listUnfinished(server, erasure.mark);
  for (const table of tables) {
    if (table.title in found) await takeOut(server, table, erasure);
    else if (unfinished.has(table.name)) await rewriteRows(server, table, erasure);
  }
}

/** In the name of a table: the same for the same person, and no name. */
function markOf({ pseudonym, tenantId }: Subject): string {
  return createHash('sha256').update(`${tenantId}\n${pseudonym}`).digest('hex').slice(0, 12);
}

async function countTraces(
  clickHouse: ClickHouse,
  tables: readonly SubjectTable[],
  sql: SubjectSql,
): Promise<Traces> {
  const traces: Record<string, number> = {};
  for (const table of tables) {
    const [row] = await clickHouse.query({
      name: 'subject-traces',
      sql: `SELECT count() AS rows FROM ${table.name} WHERE ${sql.holds(table)}`,
      row: countRow,
      timeoutMs: scanTimeoutMs,
    });
    if (row !== undefined && row.rows > 0) traces[table.title] = row.rows;
  }
  return traces;
}

interface Erasure {
  readonly mark: string;
  readonly sql: SubjectSql;
}

async function takeOut(clickHouse: ClickHouse, table: SubjectTable, erasure: Erasure): Promise<void> {
  const { sql } = erasure;
  if (table.title === rawTable) {
    await stripEvents(clickHouse, table, sql);
    if (await isNamed(clickHouse, table, sql)) await rewriteRows(clickHouse, table, erasure);
    return;
  }
  // A row about nobody else tells nothing without the person.
  if (table.userKey === 'key')
    await clickHouse.command(
      `ALTER TABLE ${table.name} DELETE WHERE ${sql.isUserKeys} SETTINGS ${mutationSettings}`,
    );
  await rewriteRows(clickHouse, table, erasure);
}

async function isNamed(clickHouse: ClickHouse, table: SubjectTable, sql: SubjectSql): Promise<boolean> {
  const left = await countTraces(clickHouse, [table], sql);
  return table.title in left;
}

/**
 * An event of the person keeps its time, type, dimensions and measures, which the aggregates have summed, and loses what
 * tells it from others. One of somebody else loses the name. No row goes: totals stay what they were in every table.
 */
async function stripEvents(clickHouse: ClickHouse, table: SubjectTable, sql: SubjectSql): Promise<void> {
  const own: Readonly<Record<string, string>> = {
    user_id: `''`,
    session_id: `''`,
    subject: `''`,
    id: `''`,
    source: `'${erasedText}'`,
    attributes: `CAST(map(), 'Map(LowCardinality(String), String)')`,
  };
  const changes = table.texts.map((text) => {
    const stripped = own[text.name];
    const named = sql.without(text);
    return `${text.name} = ${stripped === undefined ? named : `if(${sql.isUsers}, ${stripped}, ${named})`}`;
  });
  await clickHouse.command(
    `ALTER TABLE ${table.name} UPDATE ${changes.join(', ')} WHERE ${sql.names(table.texts)} SETTINGS ${mutationSettings}`,
  );
}

/** The engine looks for old parts every five minutes at most. */
const oldPartsMsMax = 360_000;
const eager = {
  old_parts_lifetime: 1,
  cleanup_delay_period: 1,
  cleanup_delay_period_random_add: 0,
  max_cleanup_delay_period: 2,
};
const pauseMs = 500;

/** A changed part takes the place of the old one, which stays on disk for minutes. Here it does not. */
async function removeOldParts(clickHouse: ClickHouse): Promise<void> {
  const tables = (await listSubjectTables(clickHouse)).map(({ name }) => name);
  for (const name of tables)
    await clickHouse.command(
      `ALTER TABLE ${name} MODIFY SETTING ${Object.entries(eager)
        .map(([setting, value]) => `${setting} = ${value}`)
        .join(', ')}`,
    );
  try {
    const deadline = performance.now() + oldPartsMsMax;
    while ((await countOldParts(clickHouse, tables)) > 0) {
      // Something still reads them. The job fails, and asks again when it is repeated.
      if (performance.now() > deadline) throw new Error('old parts are still on disk');
      await sleep(pauseMs);
    }
  } finally {
    for (const name of tables)
      await clickHouse.command(`ALTER TABLE ${name} RESET SETTING ${Object.keys(eager).join(', ')}`);
  }
}

async function countOldParts(clickHouse: ClickHouse, tables: readonly string[]): Promise<number> {
  const [row] = await clickHouse.query({
    name: 'old-parts',
    sql: `SELECT count() AS rows FROM system.parts
      WHERE database = currentDatabase() AND NOT active AND table IN {tables:Array(String)}`,
    params: { tables },
    row: countRow,
  });
  return row?.rows ?? 0;
}
