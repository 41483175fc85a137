import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import helmet from 'helmet';
import { isDoneBefore, type Deadline } from './deadline.js';
import { AppError, toErrorBody } from './errors.js';
import type { Logger } from './logger.js';
import { readServiceTls, requireCertificate, type ServiceTls } from './service-tls.js';
import type { Telemetry } from './telemetry.js';
import type { OpenSpan } from './traces.js';

export interface HttpServiceOptions {
  readonly name: string;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /** Without a certificate it answers over plain HTTP. */
  readonly tls?: ServiceTls | undefined;
  /** The OpenAPI document, asked for once. */
  readonly openapi: () => object;
  /** Rejects or answers false while the service can't do its work. */
  readonly isReady: () => Promise<boolean>;
  /** Adds the service's own routes. Handlers may be async and throw `AppError`. */
  readonly mount: (app: Express) => void;
}

export interface HttpService {
  /** Starts to listen and resolves with the address, such as `http://127.0.0.1:4318`. */
  start(): Promise<string>;
  /** Stops to accept, turns `/readyz` red, waits for answers under way. Who has none at the deadline gets none. */
  close(deadline?: Deadline): Promise<void>;
}

/** How soon a connection is closed after its last answer, while the service stops. */
const idleSweepMs = 20;

/**
 * How long a connection waits for a next request. Longer than clients keep one (Grafana's data proxy and Go: 90 seconds):
 * who closes first must be the client, or a request that meets the end of its connection gets a reset for an answer.
 */
const keepAliveMs = 100_000;

/** An express application with what every service has: health, readiness, metrics, OpenAPI, errors of one shape. */
export function createHttpService(options: HttpServiceOptions): HttpService {
  const app = express();
  let server: Server | undefined;
  let isClosing = false;

  app.disable('x-powered-by');
  app.disable('etag');
  app.use(helmet());
  app.use(measure(options));
  if (options.tls?.clientCaFile !== undefined) app.use(requireCertificate());
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok', service: options.name });
  });
  app.get('/readyz', async (_request, response) => {
    const ready = !isClosing && (await options.isReady().catch(() => false));
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', service: options.name });
  });
  app.get('/metrics', async (_request, response) => {
    response.type(options.telemetry.registry.contentType).send(await options.telemetry.registry.metrics());
  });
  let document: object | undefined;
  app.get('/openapi.json', (_request, response) => {
    document ??= options.openapi();
    response.json(document);
  });
  options.mount(app);
  app.use((request) => {
    throw new AppError('not_found', `There is no ${request.method} ${request.path} here.`, { status: 404 });
  });
  app.use(answerError(options));

  return {
    async start() {
      const tls = await readServiceTls(options.tls);
      const started = tls === undefined ? createServer(app) : createTlsServer(tls, app);
      started.listen(options.port, options.host);
      started.keepAliveTimeout = keepAliveMs;
      server = started;
      await new Promise<void>((resolve, reject) => {
        started.once('listening', resolve);
        started.once('error', reject);
      });
      const address = started.address() as AddressInfo;
      return `${tls === undefined ? 'http' : 'https'}://${options.host.includes(':') ? `[${options.host}]` : options.host}:${address.port}`;
    },
    async close(deadline) {
      isClosing = true;
      const open = server;
      if (open === undefined) return;
      // A connection whose answer was under way becomes idle later, and would be kept for the client's next request.
      const sweep = setInterval(() => {
        open.closeIdleConnections();
      }, idleSweepMs);
      const closed = new Promise<void>((resolve) => {
        open.close(() => {
          resolve();
        });
      });
      if (deadline !== undefined && !(await isDoneBefore(deadline, closed))) {
        options.logger.warn('requests cut, they were not answered in time');
        open.closeAllConnections();
      }
      await closed;
      clearInterval(sweep);
    },
  };
}

/** Asked for all day long by machines: spans of these would bury the others. */
const unspannedPaths: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

function measure({ name: service, telemetry }: HttpServiceOptions): RequestHandler {
  return (request, response, next) => {
    const { method } = request;
    const stop = telemetry.httpDuration.startTimer({ service, method });
    telemetry.httpInFlight.inc({ service });
    const span = unspannedPaths.has(request.path) ? undefined : openSpan(telemetry, service, request);
    response.once('close', () => {
      const matched = request.route as { path?: unknown } | undefined;
      const route = typeof matched?.path === 'string' ? matched.path : 'unmatched';
      const { statusCode: status } = response;
      stop({ route, status: String(status) });
      telemetry.httpInFlight.dec({ service });
      span?.rename(`${method} ${route}`);
      span?.set({ 'http.route': route, 'http.response.status_code': status });
      span?.end(status >= 500 ? new Error(`status ${status}`) : undefined);
    });
    if (span === undefined) next();
    else span.run(next);
  };
}

/** The sender may say which trace its request is a part of. */
function openSpan({ traces }: Telemetry, service: string, request: Request): OpenSpan {
  return traces.open(request.method, {
    kind: 'server',
    from: [request.get('traceparent')],
    attributes: { 'http.request.method': request.method, 'coditect.component': service },
  });
}

function answerError(options: HttpServiceOptions): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const { status, body } = toErrorBody(error);
    options.telemetry.errors.inc({ component: options.name, code: body.error.code });
    if (status >= 500) options.logger.error({ err: error, path: request.path }, 'request failed');
    if (response.headersSent) {
      next(error);
      return;
    }
    if (body.error.retryAfterSeconds !== undefined)
      response.set('retry-after', String(body.error.retryAfterSeconds));
    response.status(status).json(body);
  };
}
