import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { createChdbConnection, type ChdbConnection } from 'chdb/connection';
import { insertSettings, type ClickHouseEngine } from './client.js';
import { forgetTokensWithoutParts } from './embedded-deduplication-log.js';
import { createFairPool } from './fair-pool.js';

type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

interface Member {
  readonly client: ClickHouseClient;
  readonly connection: ChdbConnection;
}

const killPauseMs = 50;

/** Of inserts: one for what many rows need, and one for few rows beside it. */
const inserters = 2;

/** Who has what is asked for no tenant: look-ups of the writers, upkeep, commands. */
const ourselves = '';

/**
 * The ClickHouse engine inside this process, on a folder of its own. A connection runs one statement at a time, so
 * queries take turns on a pool, fair to their tenants; inserts and cancelling have connections of their own and never wait for
 * a query. One process per folder: the engine locks it.
 */
export function openEmbeddedEngine(options: { path: string; connections: number }): ClickHouseEngine {
  mkdirSync(options.path, { recursive: true });
  forgetTokensWithoutParts(options.path);
  const members: Member[] = [];
  const open = (): Member => {
    const connection = createChdbConnection({ path: options.path });
    // The two packages declare the same interface, each with a private field of its own, which TypeScript tells apart.
    const client = createClient({ connection: connection as unknown as ClientConnection });
    const member = { connection, client };
    members.push(member);
    return member;
  };
  const inserting = createFairPool(Array.from({ length: inserters }, open));
  const controller = open();
  const asking = createFairPool(Array.from({ length: options.connections }, open));
  const running = new Set<string>();

  return {
    async run(sql, params, id, owner = ourselves) {
      const member = await asking.acquire(owner, id);
      running.add(id);
      try {
        const result = await member.client.query({ query: sql, query_params: params, format: 'JSON' });
        const { data, statistics } = await result.json<unknown>();
        return { rows: data, rowsRead: statistics?.rows_read ?? 0 };
      } catch (error) {
        await forget(member);
        throw error;
      } finally {
        running.delete(id);
        asking.release(owner, member);
      }
    },
    async command(sql) {
      const member = await asking.acquire(ourselves);
      try {
        await member.client.command({ query: sql });
      } finally {
        asking.release(ourselves, member);
      }
    },
    async insert(request) {
      const member = await inserting.acquire(ourselves);
      try {
        await member.connection.chdb.rawInsert({
          table: request.table,
          values: request.ndjson,
          format: 'JSONEachRow',
          settings: { ...insertSettings, insert_deduplication_token: request.token },
        });
      } finally {
        inserting.release(ourselves, member);
      }
    },
    async cancel(id) {
      if (!asking.withdraw(id)) await killWhile(() => running.has(id), controller.client, id);
    },
    async close() {
      for (const member of members) await member.client.close();
    },
  };
}

/** A statement that failed keeps its place among those that run, and what it holds, until its connection has another one. */
async function forget({ client }: Member): Promise<void> {
  await client.command({ query: 'SELECT 1 FORMAT Null' }).catch(() => undefined);
}

/** Again and again: a statement that is told before the engine has begun it goes on. */
async function killWhile(isRunning: () => boolean, client: ClickHouseClient, id: string): Promise<void> {
  const query = `KILL QUERY WHERE position(query, {id:String}) > 0 AND position(query, 'KILL QUERY') = 0 ASYNC`;
  while (isRunning()) {
    await client.query({ query, query_params: { id }, format: 'JSONEachRow' }).catch(() => undefined);
    await sleep(killPauseMs);
  }
}
