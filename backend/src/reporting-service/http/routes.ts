import { pipeline } from 'node:stream/promises';
import { metricQuerySchema } from '@coditect/contracts';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import {
  bytesOf,
  createGate,
  foreseeHttpErrors,
  parseJsonBody,
  signalOf,
  type Gate,
} from '../../platform/http-requests.js';
import { identifyGrafanaUser, type ReadGrafanaUser } from '../../platform/grafana-user.js';
import { countAnswers } from '../../platform/audit-requests.js';
import type { AuditTrail } from '../../platform/audit-trail.js';
import type { BrandingSettings } from '../../platform/branding.js';
import type { SubjectOperations } from '../../platform/subject-operations.js';
import type { Authenticator, Tenant } from '../../platform/tenancy.js';
import type { ReadUserRole } from '../../platform/user-roles.js';
import type { ReportRequests } from '../report-requests.js';
import type { RollupAnswers } from '../rollup-answers.js';
import type { ScheduleRequests } from '../schedules/schedule-requests.js';
import { mountBrandingRoutes } from './branding-routes.js';
import { contentDisposition, parseIdempotencyKey, parsePage, parseReportRequest } from './parse-report.js';
import { mountScheduleRoutes } from './schedule-routes.js';
import { mountSubjectRoutes } from './subject-routes.js';

export interface RoutesOptions {
  readonly answers: RollupAnswers;
  readonly reports: ReportRequests;
  readonly schedules: ScheduleRequests;
  readonly branding: BrandingSettings;
  readonly subjects?: SubjectOperations | undefined;
  readonly authenticator: Authenticator;
  readonly readUser: ReadGrafanaUser;
  readonly readRole?: ReadUserRole | undefined;
  readonly audit?: AuditTrail | undefined;
  /** Of a single question. */
  readonly queryBytesMax: number;
  readonly reportBytesMax: number;
  readonly framesBytesMax: number;
}

/** Questions want a key with the scope `read`, reports one with `report`; its tenant is whom the answer is about. */
export function mountReportingRoutes(app: Express, options: RoutesOptions): void {
  const gate = createGate(options.authenticator, { trail: options.audit, readRole: options.readRole });
  app.use(identifyGrafanaUser(options.readUser));
  if (options.audit !== undefined) app.use(countAnswers(options.audit, gate.findPrincipal));
  mountQuestions(app, gate, options);
  mountReports(app, gate, options);
  mountReportActions(app, gate, options);
  mountScheduleRoutes(app, gate, { schedules: options.schedules, bodyBytesMax: options.reportBytesMax });
  mountBrandingRoutes(app, gate, options.branding);
  if (options.subjects !== undefined) mountSubjectRoutes(app, gate, options.subjects);
  app.use(foreseeHttpErrors());
}

/** Express types a parameter as one text or several; the routes here have one. */
function idIn(request: Request): string {
  return String(request.params['id']);
}

function readBody(limit: number): RequestHandler {
  return express.raw({ type: () => true, limit });
}

function mountQuestions(app: Express, gate: Gate, options: RoutesOptions): void {
  const tenantIn = (response: Response): Tenant => gate.principalOf(response).tenant;
  const { answers } = options;
  const read = gate.require('read');
  app.get('/v1/kpis', read, (_request, response) => {
    response.json(answers.listKpis(tenantIn(response)));
  });
  app.post('/v1/query', read, readBody(options.queryBytesMax), async (request, response) => {
    const query = parseJsonBody(metricQuerySchema, bytesOf(request));
    response.json(await answers.answerQuery(tenantIn(response), query, signalOf(response)));
  });
  app.get('/v1/status', read, async (_request, response) => {
    response.json(await answers.describeStatus(tenantIn(response), signalOf(response)));
  });
}

function mountReports(app: Express, gate: Gate, options: RoutesOptions): void {
  const tenantIn = (response: Response): Tenant => gate.principalOf(response).tenant;
  const { reports } = options;
  const report = gate.require('report');
  const bytesMax = Math.max(options.framesBytesMax, options.reportBytesMax);
  app.post(
    '/v1/reports',
    gate.change('report', 'report.requested'),
    readBody(bytesMax),
    async (request, response) => {
      const key = parseIdempotencyKey(request.get('idempotency-key'));
      const wanted = parseReportRequest(bytesOf(request), options.reportBytesMax);
      const made = await reports.create(gate.principalOf(response), wanted, key, signalOf(response));
      response.status(202).location(`/v1/reports/${made.id}`).json(made);
    },
  );
  app.get('/v1/reports', report, async (request, response) => {
    response.json(await reports.list(tenantIn(response), parsePage(request.query)));
  });
  app.get('/v1/reports/:id', report, async (request, response) => {
    response.json(await reports.get(tenantIn(response), idIn(request)));
  });
  app.delete('/v1/reports/:id', gate.change('report', 'report.removed'), async (request, response) => {
    await reports.remove(tenantIn(response), idIn(request));
    response.status(204).end();
  });
}

function mountReportActions(app: Express, gate: Gate, { reports }: RoutesOptions): void {
  const tenantIn = (response: Response): Tenant => gate.principalOf(response).tenant;
  const report = gate.require('report');
  app.get('/v1/reports/:id/manifest', report, async (request, response) => {
    response.json(await reports.getManifest(tenantIn(response), idIn(request)));
  });
  app.get('/v1/reports/:id/file', gate.change('report', 'report.downloaded'), async (request, response) => {
    const { file, stream } = await reports.openFile(tenantIn(response), idIn(request));
    response.set({
      'content-type': file.contentType,
      'content-length': String(file.bytes),
      'content-disposition': contentDisposition(file.name),
      'cache-control': 'private, no-store',
    });
    // A client that goes away has the rest of its file never; nobody is there to be told.
    await pipeline(stream, response).catch((error: unknown) => {
      if (!response.destroyed) throw error;
    });
  });
  app.post('/v1/reports/:id/cancel', gate.change('report', 'report.cancelled'), async (request, response) => {
    response.json(await reports.cancel(tenantIn(response), idIn(request)));
  });
  app.post('/v1/reports/:id/retry', gate.change('report', 'report.retried'), async (request, response) => {
    response.status(202).json(await reports.retry(tenantIn(response), idIn(request)));
  });
}
