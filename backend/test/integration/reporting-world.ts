import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventEnvelope } from '@coditect/contracts';
import { parseConfig, type Config } from '../../src/platform/config.js';
import { AppError } from '../../src/platform/errors.js';
import { createLogger } from '../../src/platform/logger.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { scopes, type Authenticator } from '../../src/platform/tenancy.js';
import { createReportingService, type ReportingServiceOptions } from '../../src/reporting-service/compose.js';
import { renderPdf } from '../../src/reporting-service/pdf/render-pdf.js';
import { canDrawLogo } from '../../src/reporting-service/pdf/try-logo.js';
import { createLandingWriter } from '../../src/storage/timescale/landing-writer.js';
import { openEmbeddedTimescale, type TestTimescale } from '../../src/testkit/test-timescale.js';
import { openReportStoreWorld, type ReportStoreWorld } from './report-store-world.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

export interface ReportingWorld {
  readonly url: string;
  readonly reports: ReportStoreWorld;
  readonly timescale: TestTimescale;
  store(events: readonly EventEnvelope[]): Promise<void>;
  send(method: string, path: string, init?: SendOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface SendOptions {
  readonly body?: unknown;
  /** `acme`, or `acme:read` for a key with that scope alone. */
  readonly tenant?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The key says which tenant and which scopes. */
const authenticator: Authenticator = {
  async authenticate(authorization, scope) {
    const [id, only] = (authorization ?? '').replace('Bearer ', '').split(':');
    if (id === undefined || id === '') throw new AppError('key_missing', 'No key.', { status: 401 });
    const held = scopes.filter((name) => only === undefined || name === only);
    if (!held.includes(scope)) throw new AppError('scope_missing', 'Another scope.', { status: 403 });
    return { tenant: { id, name: id, timeZone: 'UTC' }, keyId: 'key', scopes: held };
  },
  getUserSalt: async () => 'salt',
};

/** A thread runs compiled files only: this is the one that ships. */
const workerFile = join(__dirname, '../../dist/reporting-service/pdf/pdf-worker.js');
const logoWorkerFile = join(__dirname, '../../dist/reporting-service/pdf/logo-worker.js');

/** A reporting service on engines of its own. */
export async function openReportingWorld(
  options: Partial<ReportingServiceOptions> & { readonly reporting?: Partial<Config['reporting']> } = {},
): Promise<ReportingWorld> {
  const dataDir = await mkdtemp(join(tmpdir(), 'coditect-reporting-'));
  const timescale = await openEmbeddedTimescale();
  const reports = await openReportStoreWorld();
  const config = parseConfig({ DATA_DIR: dataDir });
  const nowMs = Date.UTC(2026, 3, 1);
  const service = createReportingService({
    config: { ...config, reporting: { ...config.reporting, retryDelayMs: 0, ...options.reporting, port: 0 } },
    database: timescale.timescale.database,
    reports,
    schedules: reports.schedules,
    branding: reports.branding,
    authenticator,
    watermark: () => nowMs,
    logger: createLogger({ level: 'error', pretty: false, service: 'test' }),
    telemetry: createTelemetry({ defaultMetrics: false }),
    now: () => nowMs,
    version: '0.0.0',
    drawPdf: (document, drawing) => renderPdf(document, { ...drawing, workerFile }),
    canDrawLogo: (logo) => canDrawLogo(logo, logoWorkerFile),
    ...options,
  });
  const url = await service.start();
  const landing = createLandingWriter(timescale.timescale.database);
  return {
    url,
    reports,
    timescale,
    async store(events) {
      await landing.land(events);
    },
    async send(method, path, { body, tenant = 'acme', headers = {} } = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { ...(tenant !== null && { authorization: `Bearer ${tenant}` }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: isJson ? readJson(text) : undefined,
      };
    },
    async close() {
      // Each whatever became of the one before: what stays open keeps the process of the tests.
      try {
        await service.close();
      } finally {
        const closed = await Promise.allSettled([reports.close(), timescale.close()]);
        await rm(dataDir, { recursive: true, force: true });
        for (const one of closed) if (one.status === 'rejected') throw one.reason;
      }
    },
  };
}

function readJson(text: string): unknown {
  return JSON.parse(text);
}
