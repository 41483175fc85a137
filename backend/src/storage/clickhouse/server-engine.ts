import { Readable } from 'node:stream';
import { createClient } from '@clickhouse/client';
import { insertSettings, type ClickHouseEngine } from './client.js';

/** A ClickHouse server, by URL with user, password and database in it. */
export function openServerEngine(options: {
  url: string;
  connections: number;
  requestTimeoutMs: number;
}): ClickHouseEngine {
  const client = createClient({
    url: options.url,
    max_open_connections: options.connections + 2,
    request_timeout: options.requestTimeoutMs,
    compression: { request: true, response: true },
  });
  return {
    async run(sql, params, id) {
      const result = await client.query({
        query: sql,
        query_params: params,
        query_id: id,
        format: 'JSONEachRow',
      });
      return result.json<unknown>();
    },
    async command(sql) {
      await client.command({ query: sql, clickhouse_settings: { wait_end_of_query: 1 } });
    },
    async insert(request) {
      const { stream } = await client.exec({
        query: `INSERT INTO ${request.table} FORMAT JSONEachRow`,
        values: Readable.from([request.ndjson]),
        clickhouse_settings: {
          ...insertSettings,
          insert_deduplication_token: request.token,
          async_insert: 0,
          wait_end_of_query: 1,
        },
      });
      stream.resume();
    },
    async cancel(id) {
      const query = 'KILL QUERY WHERE query_id = {id:String} ASYNC';
      await client.query({ query, query_params: { id }, format: 'JSONEachRow' }).then(
        () => undefined,
        () => undefined,
      );
    },
    async close() {
      await client.close();
    },
  };
}
