import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Logger } from '../../../platform/logger.js';
import { requireAccess } from './access.js';
import type { FrontEngine } from './engine.js';
import { createUnsupported, FrontError, toErrorAnswer } from './front-error.js';
import { readBody } from './read-body.js';
import { readRequest, type FrontRequest } from './read-request.js';
import { createStatementRuns } from './statement-runs.js';
import { doWork, type WorkResult } from './work.js';

export interface HttpFrontOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Of the user `default`; empty lets everyone on this machine in. */
  readonly password: string;
  /** Largest body, inflated. */
  readonly bodyBytesMax: number;
  /** Bodies held in memory at once. */
  readonly heldBytesMax: number;
  readonly logger: Logger;
}

/** The part of ClickHouse's HTTP interface that its clients use, on loopback. */
export interface HttpFront {
  /** Begins to listen and answers 503 until an engine is served. Resolves with the address. */
  start(): Promise<string>;
  serve(engine: FrontEngine): void;
  /** Stops statements, waits for inserts; resolves when every request has its answer. The engine stays open. */
  close(): Promise<void>;
}

interface FrontState extends HttpFrontOptions {
  readonly runs: ReturnType<typeof createStatementRuns>;
  engine: FrontEngine | undefined;
  heldBytes: number;
}

export function createHttpFront(options: HttpFrontOptions): HttpFront {
  const state: FrontState = { ...options, runs: createStatementRuns(), engine: undefined, heldBytes: 0 };
  const server = createServer({ maxHeaderSize: 1_048_576 }, (request, response) => {
    void answer(state, request, response);
  });
  // A large insert may take its time on the way; a client that says nothing at all may not.
  server.requestTimeout = 0;
  server.timeout = 600_000;
  server.keepAliveTimeout = 10_000;
  server.on('clientError', refuseOtherProtocol);
  return {
    start: () => listen(server, options.port),
    serve(engine) {
      state.engine = engine;
    },
    close() {
      state.engine = undefined;
      state.runs.stopAll();
      return closeServer(server);
    },
  };
}

/** A connection is closed soon after its last answer. */
const idleSweepMs = 20;

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => {
      server.closeIdleConnections();
    }, idleSweepMs);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const bound: string | AddressInfo | null = server.address();
      resolve(`http://127.0.0.1:${typeof bound === 'object' ? (bound?.port ?? port) : port}`);
    });
  });
}

function refuseOtherProtocol(
  _error: Error,
  socket: { readonly writable: boolean } & Pick<Socket, 'end'>,
): void {
  if (!socket.writable) return;
  const text = toErrorAnswer(
    createUnsupported("ClickHouse's native protocol (this port speaks HTTP) is"),
  ).text;
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nX-ClickHouse-Exception-Code: 48\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
  );
}

async function answer(state: FrontState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', 'http://localhost');
    requireAccess(request, url, state.password);
    const engine = requireReady(state.engine);
    if (isHealth(request, url)) sendText(response, 200, 'Ok.\n');
    else if (url.pathname === '/') await answerStatement({ state, engine, request, response, url });
    else throw new FrontError(48, 'NOT_IMPLEMENTED', `There is no ${url.pathname}: statements go to /`, 404);
  } catch (error) {
    sendError(state.logger, response, error);
  }
}

function requireReady(engine: FrontEngine | undefined): FrontEngine {
  if (engine !== undefined) return engine;
  throw new FrontError(210, 'NETWORK_ERROR', 'The engine is being opened. Try again', 503);
}

function isHealth(request: IncomingMessage, url: URL): boolean {
  if (url.pathname === '/ping' || url.pathname === '/replicas_status') return true;
  return url.pathname === '/' && request.method !== 'POST' && !url.searchParams.has('query');
}

interface Exchange {
  readonly state: FrontState;
  readonly engine: FrontEngine;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

async function answerStatement(exchange: Exchange): Promise<void> {
  const { engine, request, response, state, url } = exchange;
  const isReadOnly = request.method === 'GET' || request.method === 'HEAD';
  if (!isReadOnly && request.method !== 'POST')
    throw createUnsupported(`The method ${request.method ?? ''} is`);
  const left = new AbortController();
  response.once('close', () => {
    left.abort();
  });
  // Errors in the address are told before a body is read.
  readRequest(url.searchParams);
  const body = await readBody(request, state.bodyBytesMax);
  const release = holdBytes(state, body.length);
  try {
    const form = await readForm(request, body);
    const asked = readRequest([...url.searchParams, ...(form ?? [])]);
    const queryId = asked.queryId ?? randomUUID();
    response.setHeader('X-ClickHouse-Query-Id', queryId);
    const rows = form === undefined ? body : Buffer.alloc(0);
    const work = { request: asked, queryId, body: rows, isReadOnly, left: left.signal };
    await sendResult(exchange, asked, await doWork(engine, state.runs, work));
  } finally {
    release();
  }
}

/** Refuses a body when those under way fill their share of the memory. */
function holdBytes(state: FrontState, bytes: number): () => void {
  if (state.heldBytes > 0 && state.heldBytes + bytes > state.heldBytesMax) {
    const reason = `Requests under way hold ${state.heldBytes} bytes already`;
    throw new FrontError(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', reason, 503);
  }
  state.heldBytes += bytes;
  return () => {
    state.heldBytes -= bytes;
  };
}

/** The fields of a form, in which clients send long parameters. */
async function readForm(
  { headers }: IncomingMessage,
  body: Buffer,
): Promise<readonly (readonly [string, string])[] | undefined> {
  const type = headers['content-type'] ?? '';
  if (!/^multipart\/form-data\b/i.test(type)) return undefined;
  const form = await new Response(body, { headers: { 'content-type': type } }).formData().catch(() => {
    throw new FrontError(36, 'BAD_ARGUMENTS', 'The form of the body can not be read', 400);
  });
  return [...form].map(([name, value]) => {
    if (typeof value === 'string') return [name, value] as const;
    throw createUnsupported(`External data (${name}) is`);
  });
}

/** Shorter answers gain nothing. */
const compressedBytesMin = 1_024;
const compress = promisify<Buffer | Uint8Array, { level: number }, Buffer>(gzip);

async function sendResult(
  { request, response }: Exchange,
  asked: FrontRequest,
  result: WorkResult,
): Promise<void> {
  response.setHeader('Content-Type', contentTypeOf(result.format));
  response.setHeader('X-ClickHouse-Format', result.format);
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
  response.setHeader('X-ClickHouse-Server-Display-Name', 'coditect-stores');
  response.setHeader('X-ClickHouse-Summary', JSON.stringify(summarise(result)));
  const accepts = /\bgzip\b/i.test(String(request.headers['accept-encoding'] ?? ''));
  if (!asked.isCompressed || !accepts || result.bytes.length < compressedBytesMin) {
    response.end(result.bytes);
    return;
  }
  response.setHeader('Content-Encoding', 'gzip');
  response.end(await compress(result.bytes, { level: 1 }));
}

/** Numbers as text, as a server writes them. */
function summarise(result: WorkResult): Readonly<Record<string, string>> {
  return {
    read_rows: String(result.readRows),
    read_bytes: String(result.readBytes),
    written_rows: String(result.writtenRows),
    written_bytes: String(result.writtenBytes),
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: String(result.bytes.length),
    elapsed_ns: String(Math.round(result.elapsedSeconds * 1e9)),
  };
}

function contentTypeOf(format: string): string {
  if (/^JSON.*EachRow|^JSONLines|^NDJSON/.test(format)) return 'application/x-ndjson; charset=UTF-8';
  if (format.startsWith('JSON')) return 'application/json; charset=UTF-8';
  if (format.startsWith('CSV')) return 'text/csv; charset=UTF-8; header=absent';
  if (/^(?:TSV|TabSeparated)/.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  if (/^(?:Parquet|Native|RowBinary|Arrow|ORC|Avro)/.test(format)) return 'application/octet-stream';
  return 'text/plain; charset=UTF-8';
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.end(text);
}

function sendError(logger: Logger, response: ServerResponse, error: unknown): void {
  // Nobody is there any more.
  if (response.destroyed || response.headersSent) {
    response.destroy();
    return;
  }
  const { code, status, text } = toErrorAnswer(error);
  if (code === 1002) logger.error({ err: error }, 'statement failed');
  response.setHeader('X-ClickHouse-Exception-Code', String(code));
  if (status === 503) response.setHeader('Retry-After', '1');
  sendText(response, status, text);
}
