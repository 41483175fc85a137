import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { insertSettings, type ClickHouseEngine } from './client.js';

/** As many inserts at a time: one for each partition that a processor reads, up to this number. */
const insertConnections = 8;

/**
 * A ClickHouse server, by URL with user, password and database in it. Inserts and cancelling have connections of their
 * own and never wait for a query.
 */
export function openServerEngine(options: {
  url: string;
  connections: number;
  /** When a connection is given up. Statements end by `max_execution_time` before. */
  requestTimeoutMs: number;
}): ClickHouseEngine {
  const open = (connections: number, isCompressed = true): ReturnType<typeof createClient> =>
    createClient({
      url: options.url,
      max_open_connections: connections,
      request_timeout: options.requestTimeoutMs,
      compression: { request: isCompressed, response: isCompressed },
      // Long lists travel in the body: an address of some kilobytes is refused by what stands before a server.
      use_multipart_params_auto: true,
      // Errors are thrown, and logged where they are handled.
      log: { level: ClickHouseLogLevel.OFF },
    });
  const client = open(options.connections);
  // Rows of an insert go as they are: to compress them takes longer than ClickHouse needs to store them.
  const inserter = open(insertConnections, false);
  const controller = open(2);
  return {
    async run(sql, params, id) {
      const result = await client.query({
        query: sql,
        query_params: params,
        query_id: id,
        format: 'JSON',
        // The status then tells of errors that come late, too; answers are bounded, so the server can hold them.
        clickhouse_settings: { wait_end_of_query: 1 },
      });
      const { data, statistics } = await result.json<unknown>();
      return { rows: data, rowsRead: statistics?.rows_read ?? 0 };
    },
    async command(sql) {
      await client.command({ query: sql, clickhouse_settings: { wait_end_of_query: 1 } });
    },
    async insert(request) {
      const { stream } = await inserter.exec({
        query: `INSERT INTO ${request.table} FORMAT JSONEachRow`,
        values: Readable.from([request.ndjson]),
        ...(request.traceparent !== undefined && { http_headers: { traceparent: request.traceparent } }),
        clickhouse_settings: {
          ...insertSettings,
          insert_deduplication_token: request.token,
          async_insert: 0,
          wait_end_of_query: 1,
        },
      });
      // Rejects when the answer breaks off: the outcome is unknown then, and the insert is repeated under its token.
      await finished(stream.resume());
    },
    async cancel(id) {
      const query = 'KILL QUERY WHERE query_id = {id:String} ASYNC';
      await controller.query({ query, query_params: { id }, format: 'JSONEachRow' }).then(
        (result) => result.text().catch(() => undefined),
        () => undefined,
      );
    },
    async close() {
      await Promise.all([client.close(), inserter.close(), controller.close()]);
    },
  };
}
