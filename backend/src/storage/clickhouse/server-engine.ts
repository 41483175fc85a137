import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { AppError } from '../../platform/errors.js';
import { insertSettings, type ClickHouseEngine } from './client.js';

/** As many inserts at a time: one for each partition that a processor reads, up to this number. */
const insertConnections = 8;

/** Files of PEM for `https://`, read when it is opened. */
export interface ServerTls {
  /** Whom to trust, instead of the authorities that Node brings. */
  readonly caFile: string | undefined;
  /** Who this process is, where the server asks for it. The two go together. */
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
}

interface ReadTls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** `undefined` where nothing is given. Throws `AppError` `tls_file` when a file can't be read. */
function readTls(tls: ServerTls | undefined): ReadTls | undefined {
  const ca = readPem('CLICKHOUSE_CA_FILE', tls?.caFile);
  const cert = readPem('CLICKHOUSE_CERTIFICATE_FILE', tls?.certificateFile);
  const key = readPem('CLICKHOUSE_KEY_FILE', tls?.keyFile);
  if (ca === undefined && cert === undefined) return undefined;
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

function readPem(variable: string, file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch (cause) {
    const reason = `The file that ${variable} names can not be read: ${file}`;
    throw new AppError('tls_file', reason, { status: 500, cause });
  }
}

/**
 * A ClickHouse server, by URL with user, password and database in it. Inserts and cancelling have connections of their
 * own and never wait for a query.
 */
export function openServerEngine(options: {
  url: string;
  connections: number;
  /** When a connection is given up. Statements end by `max_execution_time` before. */
  requestTimeoutMs: number;
  tls?: ServerTls;
}): ClickHouseEngine {
  const tls = options.url.startsWith('https:') ? readTls(options.tls) : undefined;
  const open = (connections: number, isCompressed = true): ReturnType<typeof createClient> =>
    createClient({
      url: options.url,
      max_open_connections: connections,
      // With options of its own for TLS the driver would sign in by the certificate instead of the password.
      ...(tls !== undefined && {
        http_agent: new Agent({ ...tls, keepAlive: true, maxSockets: connections }),
      }),
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
