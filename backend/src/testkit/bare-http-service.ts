import type { Express } from 'express';
import { foreseeHttpErrors } from '../platform/http-requests.js';
import { createHttpService, type HttpService } from '../platform/http-service.js';
import { createLogger, type Logger } from '../platform/logger.js';
import { createTelemetry } from '../platform/telemetry.js';

const silent = createLogger({ level: 'silent', pretty: false, service: 'test' });

/** A service of its own with nothing but these routes, which foresees errors as the others do. */
export function createBareService(mount: (app: Express) => void, logger: Logger = silent): HttpService {
  return createHttpService({
    name: 'test',
    host: '127.0.0.1',
    port: 0,
    logger,
    telemetry: createTelemetry({ defaultMetrics: false }),
    openapi: () => ({}),
    isReady: () => Promise.resolve(true),
    mount(app) {
      mount(app);
      app.use(foreseeHttpErrors());
    },
  });
}
