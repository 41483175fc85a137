import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { brandingRequestSchema } from '@coditect/contracts';
import express, { type Express, type RequestHandler } from 'express';
import type { Config } from '../platform/config.js';
import { AppError } from '../platform/errors.js';
import { parseParameters } from '../platform/http-requests.js';
import { createHttpService, type HttpService } from '../platform/http-service.js';
import type { Logger } from '../platform/logger.js';
import { rollupRequestSchema } from '../platform/rollup-requests.js';
import type { Telemetry } from '../platform/telemetry.js';
import { removeAdminFile, writeAdminFile } from './admin-file.js';
import {
  auditListSchema,
  createKeySchema,
  createTenantSchema,
  createWebhookSchema,
  importSchema,
  rotateKeySchema,
  setMinGroupSizeSchema,
  verifyAuditSchema,
} from './api.js';
import type { BackupOperations } from './backup-operations.js';
import { mountBackups } from './backup-routes.js';
import { mountDeadLetters } from './dead-letter-routes.js';
import { mountGoals } from './goal-routes.js';
import { mountLimits } from './limit-routes.js';
import { createOpenApiDocument } from './openapi.js';
import type { Operations } from './operations.js';
import { parseBody } from './parse-body.js';
import { mountRedaction } from './redaction-routes.js';
import type { SubjectOperations } from '../platform/subject-operations.js';
import { mountSubjects } from './subject-routes.js';
import { mountUsers } from './user-routes.js';

export interface AdminServerOptions {
  readonly config: Pick<Config, 'platform' | 'admin'>;
  readonly operations: Operations;
  /** Where everything is embedded. */
  readonly backups?: BackupOperations;
  /** Without them nothing is done about people from here. */
  readonly subjects?: SubjectOperations;
  readonly version: string;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
}

/** Roomy enough for a chunk of an import, whose lines are at most 1 MiB each. */
const bodyBytesMax = 8_388_608;

/**
 * The endpoint over which the command line speaks to this instance. Listens on loopback only, whatever `LISTEN_HOST`
 * says, with a token that is made at each start and lies in `DATA_DIR/admin.json`, readable by this user only. The
 * file is there from the end of `start` until the beginning of `close`.
 */
export function createAdminServer(options: AdminServerOptions): HttpService {
  const { dataDir } = options.config.platform;
  const token = randomBytes(32).toString('base64url');
  const startedAt = options.now().toISOString();
  const service = createHttpService({
    name: 'admin',
    host: '127.0.0.1',
    port: options.config.admin.port,
    logger: options.logger,
    telemetry: options.telemetry,
    openapi: () => createOpenApiDocument(options.version),
    isReady: () => Promise.resolve(true),
    mount(app) {
      app.use('/admin', requireToken(token));
      app.use('/admin', readJson());
      app.get('/admin/v1/status', (_request, response) => {
        response.json({ service: 'admin', version: options.version, pid: process.pid, startedAt });
      });
      mountControl(app, options.operations);
      mountBranding(app, options.operations);
      mountGoals(app, options.operations);
      mountLimits(app, options.operations);
      mountRedaction(app, options.operations);
      mountUsers(app, options.operations);
      mountWebhooks(app, options.operations);
      mountEvents(app, options.operations);
      mountDeadLetters(app, options.operations);
      mountAudit(app, options.operations);
      if (options.backups !== undefined) mountBackups(app, options.backups);
      if (options.subjects !== undefined) mountSubjects(app, options.subjects);
    },
  });
  return {
    async start() {
      const url = await service.start();
      await writeAdminFile(dataDir, { url, token, pid: process.pid });
      return url;
    },
    async close() {
      await removeAdminFile(dataDir, token);
      await service.close();
    },
  };
}

function mountControl(app: Express, operations: Operations): void {
  app.get('/admin/v1/tenants', async (_request, response) => {
    response.json(await operations.listTenants());
  });
  app.post('/admin/v1/tenants', async (request, response) => {
    const { name, timeZone } = parseBody(createTenantSchema, request.body);
    response.json(await operations.createTenant(name, { timeZone }));
  });
  app.get('/admin/v1/tenants/:tenant', async (request, response) => {
    response.json(await operations.getTenant(request.params.tenant));
  });
  app.put('/admin/v1/tenants/:tenant/min-group-size', async (request, response) => {
    const { minGroupSize } = parseBody(setMinGroupSizeSchema, request.body);
    response.json(await operations.setMinGroupSize(request.params.tenant, minGroupSize));
  });
  app.get('/admin/v1/keys', async (request, response) => {
    const { tenant } = request.query;
    response.json(await operations.listKeys(typeof tenant === 'string' ? tenant : undefined));
  });
  app.post('/admin/v1/keys', async (request, response) => {
    const { tenant, scopes, lifeDays } = parseBody(createKeySchema, request.body);
    response.json(await operations.createKey(tenant, scopes, { lifeDays }));
  });
  app.post('/admin/v1/keys/:id/rotate', async (request, response) => {
    response.json(await operations.rotateKey(request.params.id, parseBody(rotateKeySchema, request.body)));
  });
  app.post('/admin/v1/keys/:id/revoke', async (request, response) => {
    response.json(await operations.revokeKey(request.params.id));
  });
}

function mountBranding(app: Express, operations: Operations): void {
  const path = '/admin/v1/tenants/:tenant/branding';
  app.get(path, async (request, response) => {
    response.json(await operations.getBranding(request.params.tenant));
  });
  app.put(path, async (request, response) => {
    const wanted = parseBody(brandingRequestSchema, request.body);
    response.json(await operations.putBranding(request.params.tenant, wanted));
  });
  app.delete(path, async (request, response) => {
    response.json(await operations.removeBranding(request.params.tenant));
  });
}

function mountWebhooks(app: Express, operations: Operations): void {
  app.get('/admin/v1/webhooks', async (request, response) => {
    const { tenant } = request.query;
    response.json(await operations.listWebhooks(typeof tenant === 'string' ? tenant : undefined));
  });
  app.post('/admin/v1/webhooks', async (request, response) => {
    const { tenant, kind } = parseBody(createWebhookSchema, request.body);
    response.json(await operations.createWebhook(tenant, kind));
  });
  app.post('/admin/v1/webhooks/:id/revoke', async (request, response) => {
    response.json(await operations.revokeWebhook(request.params.id));
  });
}

function mountEvents(app: Express, operations: Operations): void {
  app.post('/admin/v1/import', async (request, response) => {
    const { tenant, candidates } = parseBody(importSchema, request.body);
    response.json(await operations.importEvents(tenant, candidates));
  });
  app.get('/admin/v1/tenants/:tenant/verification', async (request, response) => {
    response.json(await operations.verify(request.params.tenant));
  });
  app.post('/admin/v1/rollups', async (request, response) => {
    response.json(await operations.rollUp(parseBody(rollupRequestSchema, request.body)));
  });
  app.get('/admin/v1/migrations', async (_request, response) => {
    response.json(await operations.listMigrations());
  });
}

function mountAudit(app: Express, operations: Operations): void {
  app.get('/admin/v1/audit', async (request, response) => {
    response.json(await operations.listAudit(parseParameters(auditListSchema, request.query)));
  });
  app.post('/admin/v1/audit/verify', async (request, response) => {
    response.json(await operations.verifyAudit(parseBody(verifyAuditSchema, request.body)));
  });
}

function requireToken(token: string): RequestHandler {
  const expected = digestOf(`Bearer ${token}`);
  return (request, _response, next) => {
    if (!timingSafeEqual(digestOf(request.headers.authorization ?? ''), expected)) {
      throw new AppError('token_invalid', 'The token of DATA_DIR/admin.json is needed here.', {
        status: 401,
      });
    }
    next();
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function readJson(): RequestHandler {
  const read = express.json({ limit: bodyBytesMax });
  return (request, response, next) => {
    read(request, response, (cause?: unknown) => {
      if (cause === undefined) next();
      else
        next(new AppError('body_invalid', 'The body is not JSON, or is too long.', { status: 400, cause }));
    });
  };
}
