import type { ServiceTls } from '../platform/service-tls.js';
import { createHttpService, type HttpService } from '../platform/http-service.js';
import type { Logger } from '../platform/logger.js';
import type { Telemetry } from '../platform/telemetry.js';

export interface BatchProcessorServiceOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly tls?: ServiceTls | undefined;
  readonly version: string;
  readonly isReady: () => Promise<boolean>;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** Health, readiness and telemetry of a batch processor that has no requests to answer. */
export function createBatchProcessorService(options: BatchProcessorServiceOptions): HttpService {
  return createHttpService({
    ...options,
    name: 'batch-processor',
    openapi: () => ({
      openapi: '3.1.0',
      info: {
        title: 'CODITECT Analytics batch processor',
        version: options.version,
        description: 'Lands events from the broker and rolls days up. Health and telemetry only.',
      },
      paths: {},
    }),
    mount: () => undefined,
  });
}
