import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClickHouseError, ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { createLogger } from '../../src/platform/logger.js';
import { openFrontEngine, type FrontEngine } from '../../src/storage/clickhouse/http-front/engine.js';
import { createHttpFront } from '../../src/storage/clickhouse/http-front/http-front.js';

export const password = 'öffne:dich';
export const bodyBytesMax = 1_048_576;

export const basic = {
  Authorization: `Basic ${Buffer.from(`default:${password}`).toString('base64')}`,
} as const;

export interface FrontWorld {
  readonly url: string;
  readonly engine: FrontEngine;
  readonly client: ClickHouseClient;
  /** What `/ping` was answered before there was an engine. */
  readonly earlyStatus: number;
  open(options?: Parameters<typeof createClient>[0]): ClickHouseClient;
  post(query: string, body?: Buffer | string, headers?: Record<string, string>): Promise<Response>;
  rows(query: string, params?: Record<string, unknown>): Promise<unknown[]>;
  close(): Promise<void>;
}

/** An engine of its own behind the front, with a password. */
async function openFrontWorld(): Promise<FrontWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'coditect-front-'));
  const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
  const front = createHttpFront({ port: 0, password, bodyBytesMax, heldBytesMax: 8 * bodyBytesMax, logger });
  const url = await front.start();
  const { status: earlyStatus } = await fetch(`${url}/ping`, { headers: basic });
  const engine = await openFrontEngine({
    path: join(folder, 'clickhouse'),
    scratchPath: join(folder, 'scratch'),
    connections: 4,
    waitingMax: 100,
  });
  front.serve(engine);
  const log = { level: ClickHouseLogLevel.OFF };
  const open: FrontWorld['open'] = (options = {}) =>
    createClient({ url, password, log, use_multipart_params_auto: true, ...options });
  const client = open();
  return {
    url,
    engine,
    client,
    earlyStatus,
    open,
    post: (query, body, headers) =>
      fetch(`${url}/?query=${encodeURIComponent(query)}`, {
        method: 'POST',
        headers: { ...basic, ...headers },
        ...(body !== undefined && { body }),
      }),
    async rows(query, params = {}) {
      const result = await client.query({ query, query_params: params, format: 'JSONEachRow' });
      return result.json();
    },
    async close() {
      await client.close();
      await front.close();
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A world of its own for the tests of one file, open while they run. */
export function useFrontWorld(): Pick<FrontWorld, 'open' | 'post' | 'rows'> & {
  readonly world: () => FrontWorld;
} {
  let opened: FrontWorld | undefined;
  const world = (): FrontWorld => {
    if (opened === undefined) throw new Error('the world is open within tests only');
    return opened;
  };
  beforeAll(async () => {
    opened = await openFrontWorld();
  });
  afterAll(() => opened?.close());
  return {
    world,
    open: (options) => world().open(options),
    post: (...request) => world().post(...request),
    rows: (...question) => world().rows(...question),
  };
}

/** Code and type of the error in which work ends. */
export async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no error',
    (error: unknown) => (error instanceof ClickHouseError ? `${error.code} ${error.type}` : error),
  );
}
