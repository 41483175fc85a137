import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { createClickHouse, type ClickHouse } from '../../src/storage/clickhouse/client.js';
import { openServerEngine } from '../../src/storage/clickhouse/server-engine.js';

interface Received {
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let clickHouse: ClickHouse;
let received: Received[] = [];
let answer: (request: Received, response: ServerResponse) => void;

/** Records what arrives and answers as a test says, in the manner of ClickHouse's HTTP interface. */
beforeAll(async () => {
  server = createServer((request, response) => {
    void buffer(request).then((raw) => {
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      const one = {
        url: new URL(request.url ?? '/', 'http://clickhouse'),
        headers: request.headers,
        body: body.toString('utf8'),
      };
      received.push(one);
      answer(one, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

beforeEach(() => {
  received = [];
  answer = (_request, response) => response.end();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://writer:p%40ss@127.0.0.1:${address.port}/analytics`;
  clickHouse = createClickHouse(openServerEngine({ url, connections: 1, requestTimeoutMs: 5_000 }), {
    queryTimeoutMs: 2_000,
  });
});

afterEach(async () => {
  await clickHouse.close();
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

function fail(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code === 159 ? 408 : 500, { 'x-clickhouse-exception-code': String(code) });
  response.end(`Code: ${code}. DB::Exception: ${text}. (SOME_NAME) (version 25.8.1.1 (official build))`);
}

const valueRow = z.object({ value: z.number() });

/** As a server writes it. */
function answerOf(data: readonly object[]): string {
  return JSON.stringify({ meta: [], data, rows: data.length, statistics: { rows_read: 8 } });
}

describe('inserting into a ClickHouse server', () => {
  const ndjson = Buffer.from('{"id":"日本"}\n{"id":"two"}');

  it('sends the rows as they are, uncompressed, under their token and for every view', async () => {
    await clickHouse.insert({ table: 'events_raw_v1', ndjson, token: 'token-1' });
    const [request] = received;
    expect(request?.body).toBe(ndjson.toString('utf8'));
    expect(request?.headers['content-encoding']).toBeUndefined();
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('writer:p@ss').toString('base64')}`);
    expect(Object.fromEntries(request?.url.searchParams ?? [])).toMatchObject({
      query: 'INSERT INTO events_raw_v1 FORMAT JSONEachRow',
      database: 'analytics',
      insert_deduplication_token: 'token-1',
      deduplicate_blocks_in_dependent_materialized_views: '1',
      async_insert: '0',
      wait_end_of_query: '1',
    });
  });

  it('tells rows that can not be read from a server that can not take any', async () => {
    const insert = (): Promise<void> =>
      clickHouse.insert({ table: 'events_raw_v1', ndjson, token: 'token-2' });
    answer = (_request, response) => {
      fail(response, 69, 'Decimal value is too big');
    };
    await expect(insert()).rejects.toMatchObject({ code: 'rows_refused', retryable: false });
    answer = (_request, response) => {
      fail(response, 252, 'Too many parts');
    };
    await expect(insert()).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
    answer = (_request, response) => response.destroy();
    await expect(insert()).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
  });

  it('says that it is away to one who waits for an answer, whoever speaks in its place', async () => {
    const lookUp = (): Promise<unknown> =>
      clickHouse.query({ name: 'lookup', sql: 'SELECT 1 AS value', row: valueRow, isAwaited: true });
    answer = (_request, response) => {
      response.writeHead(502, { 'content-type': 'text/html' });
      response.end('<h1>Bad gateway</h1>');
    };
    await expect(lookUp()).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
    answer = (_request, response) => {
      fail(response, 202, 'Too many simultaneous queries');
    };
    await expect(lookUp()).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
    answer = (_request, response) => {
      fail(response, 16, 'No such column');
    };
    await expect(lookUp()).rejects.not.toMatchObject({ code: 'store_unavailable' });
  });

  it('does not take an answer that breaks off for success', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setImmediate(() => response.destroy());
    };
    await expect(clickHouse.insert({ table: 'events_raw_v1', ndjson, token: 't' })).rejects.toThrow();
  });

  it('never waits for a query', async () => {
    const held: ServerResponse[] = [];
    answer = (request, response) => {
      if (request.url.searchParams.has('insert_deduplication_token')) response.end();
      else held.push(response);
    };
    const query = clickHouse.query({ name: 'slow', sql: 'SELECT 1 AS value', row: valueRow });
    await clickHouse.insert({ table: 'events_raw_v1', ndjson, token: 't' });
    for (const response of held) response.end(answerOf([{ value: 1 }]));
    expect(await query).toEqual([{ value: 1 }]);
  });
});

describe('asking a ClickHouse server', () => {
  it('binds parameters apart from the statement and reads compressed rows', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(answerOf([{ value: 1 }, { value: 2 }])));
    };
    const read: number[] = [];
    const rows = await clickHouse.query({
      name: 'bound',
      onRead: (rowsRead) => read.push(rowsRead),
      sql: 'SELECT value FROM t WHERE a = {a:String} AND b IN {b:Array(String)}',
      params: { a: "it's \\ \n 日", b: ["o'ne", ''] },
      row: valueRow,
    });
    expect(rows).toEqual([{ value: 1 }, { value: 2 }]);
    expect(read).toEqual([8]);
    const { searchParams } = received[0]?.url ?? new URL('http://none');
    expect(searchParams.get('param_a')).toBe("it\\'s \\\\ \\n 日");
    expect(searchParams.get('param_b')).toBe("['o\\'ne','']");
    expect(searchParams.get('wait_end_of_query')).toBe('1');
    expect(received[0]?.body).toContain('max_execution_time = 2,');
  });

  it('sends a long list in the body, where its length does no harm', async () => {
    answer = (_request, response) => response.end(answerOf([{ value: 1 }]));
    const ids = Array.from(
      { length: 3_000 },
      (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    );
    await clickHouse.query({
      name: 'list',
      sql: 'SELECT 1 AS value WHERE a IN {ids:Array(UUID)}',
      params: { ids },
      row: valueRow,
    });
    const [request] = received;
    expect(request?.url.href.length).toBeLessThan(2_000);
    expect(request?.headers['content-type']).toMatch(/^multipart\/form-data/);
    const list = /name="param_ids"\r\n\r\n(.*)\r\n/.exec(request?.body ?? '')?.[1] ?? '';
    expect(list.split(',')).toHaveLength(3_000);
    // http_max_field_value_size of a server.
    expect(list.length).toBeLessThan(131_072);
  });

  it('tells a statement that ran out of time from a fault', async () => {
    answer = (_request, response) => {
      fail(response, 159, 'Timeout exceeded');
    };
    await expect(
      clickHouse.query({ name: 'late', sql: 'SELECT 1 AS value', row: valueRow }),
    ).rejects.toMatchObject({ code: 'query_timeout', status: 504 });
  });

  it('stops the statement on the server when the caller goes away, though all connections are taken', async () => {
    const held: ServerResponse[] = [];
    answer = (request, response) => {
      if (request.body.startsWith('KILL')) {
        response.end();
        for (const one of held) fail(one, 394, 'Query was cancelled');
      } else {
        held.push(response);
        controller.abort();
      }
    };
    const controller = new AbortController();
    await expect(
      clickHouse.query({ name: 'left', sql: 'SELECT 1 AS value', row: valueRow, signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'query_cancelled' });
    while (received.length < 2) await new Promise((resolve) => setImmediate(resolve));
    const [query, kill] = received;
    expect(kill?.body).toMatch(/^KILL QUERY WHERE query_id = \{id:String\} ASYNC/);
    expect(kill?.url.searchParams.get('param_id')).toBe(query?.url.searchParams.get('query_id'));
  });
});
