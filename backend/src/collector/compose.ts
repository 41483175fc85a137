import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../platform/errors.js';
import { createHttpService, type HttpService } from '../platform/http-service.js';
import type { Logger } from '../platform/logger.js';
import type { ServiceTls } from '../platform/service-tls.js';
import type { Telemetry } from '../platform/telemetry.js';
import type { Authenticator } from '../platform/tenancy.js';
import type { WebhookStore } from '../platform/webhooks.js';
import { limitIntake, type Admission } from './admission.js';
import type { BodyBudget } from './body-budget.js';
import { mountDeadLetterRoutes, type DeadLetterAccess } from './http/dead-letter-routes.js';
import { createEventsRoute } from './http/events-route.js';
import { createGate } from './http/gate.js';
import { createGithubRoute } from './http/github-route.js';
import { createHeldRefusals } from './http/held-refusals.js';
import { createLogsRoute } from './http/logs-route.js';
import type { Intake } from './intake.js';
import type { CollectorLimits } from './limits.js';
import { createOpenApiDocument } from './openapi.js';

interface CollectorConfig {
  readonly host: string;
  readonly tls?: ServiceTls | undefined;
  /** 0 takes a free port. */
  readonly port: number;
  /** Of the product, for the OpenAPI document. */
  readonly version: string;
  readonly limits: CollectorLimits;
}

export interface CollectorOptions {
  readonly config: CollectorConfig;
  readonly intake: Intake;
  /** How much each tenant may send. Shared, as the bodies are, with every other door of the process. */
  readonly admission: Admission;
  readonly bodies: BodyBudget;
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  /** Without them no webhook is taken. */
  readonly webhooks?: Pick<WebhookStore, 'findWebhook'>;
  /** Without them nobody sees dead letters here. */
  readonly deadLetters?: DeadLetterAccess;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /** Can events be stored now? Always, when left out. */
  readonly isReady?: () => Promise<boolean>;
}

const githubPath = '/v1/webhooks/github/:webhookId';

/** The collector's HTTP service. The intake is the caller's, because the importer and the simulator share it. */
export function createCollector(options: CollectorOptions): HttpService {
  const { admission, bodies, config, deadLetters, logger, telemetry, webhooks } = options;
  const intake = limitIntake(options.intake, admission);
  const { limits } = config;
  const refusals = createHeldRefusals({ now: () => performance.now(), sleep });
  const gate = createGate({ authenticator: options.authenticator, limits, admission, refusals });
  return createHttpService({
    name: 'collector',
    host: config.host,
    port: config.port,
    tls: config.tls,
    logger,
    telemetry,
    openapi: () => createOpenApiDocument(config.version),
    isReady: options.isReady ?? (() => Promise.resolve(true)),
    mount: (app) => {
      app.post('/v1/events', createEventsRoute({ gate, intake, limits, bodies }));
      app.post('/v1/logs', createLogsRoute({ gate, intake, limits, bodies, telemetry, logger }));
      if (webhooks !== undefined) {
        app.post(githubPath, createGithubRoute({ webhooks, intake, limits, bodies, telemetry }));
      }
      if (deadLetters !== undefined) mountDeadLetterRoutes(app, { ...deadLetters, gate, limits, bodies });
      app.all(['/v1/events', '/v1/logs', githubPath], (_request, response) => {
        response.set('allow', 'POST');
        throw new AppError('method_not_allowed', 'Send a POST request.', { status: 405 });
      });
    },
  });
}
