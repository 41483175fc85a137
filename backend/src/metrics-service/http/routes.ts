import express, { type Express, type Response } from 'express';
import type { AuditLog } from '../../platform/audit.js';
import { countAnswers } from '../../platform/audit-requests.js';
import type { AuditTrail } from '../../platform/audit-trail.js';
import type { GoalSettings } from '../../platform/goals.js';
import { identifyGrafanaUser, type ReadGrafanaUser } from '../../platform/grafana-user.js';
import { bytesOf, createGate, foreseeHttpErrors, signalOf } from '../../platform/http-requests.js';
import type { Authenticator, Tenant } from '../../platform/tenancy.js';
import type { Analyses } from '../analyses/answer-analysis.js';
import type { LiveStreams } from '../live/live-streams.js';
import type { MetricsAnswers } from '../metrics-answers.js';
import { mountAuditRoutes } from './audit-routes.js';
import { mountAnalysisRoutes } from './analysis-routes.js';
import { mountEventRoutes, type EventRoutesOptions } from './event-routes.js';
import { mountLiveRoutes } from './live-routes.js';
import { mountGoalRoutes } from './goal-routes.js';
import { parseMetricQuery, parseValuesQuery } from './parse-request.js';
import type { ReadUserRole } from '../../platform/user-roles.js';
import { createRequestLog, type RequestLogOptions } from './request-log.js';
import { sendReply, wantsFresh } from './send-reply.js';
import { mountUsageRoutes, type UsageRoutesOptions } from './usage-routes.js';

export interface RoutesOptions extends EventRoutesOptions {
  readonly answers: MetricsAnswers;
  readonly analyses: Analyses;
  readonly live: LiveStreams;
  readonly authenticator: Authenticator;
  readonly requestLog: RequestLogOptions;
  readonly readUser: ReadGrafanaUser;
  readonly readRole?: ReadUserRole | undefined;
  readonly goals?: GoalSettings | undefined;
  readonly usage?: UsageRoutesOptions | undefined;
  readonly audit?: { readonly log: AuditLog; readonly trail: AuditTrail } | undefined;
}

/**
 * The questions over HTTP. Every one wants a key with the scope `read`, changing goals one with `admin`; its tenant is whom
 * the answer is about.
 */
export function mountMetricsRoutes(app: Express, options: RoutesOptions): void {
  const { answers } = options;
  const gate = createGate(options.authenticator, {
    trail: options.audit?.trail,
    readRole: options.readRole,
  });
  const read = gate.require('read');
  const tenantIn = (response: Response): Tenant => gate.principalOf(response).tenant;

  app.use(createRequestLog(options.requestLog, gate.findPrincipal));
  app.use(identifyGrafanaUser(options.readUser));
  if (options.audit !== undefined) {
    app.use(countAnswers(options.audit.trail, gate.findPrincipal));
    mountAuditRoutes(app, gate, options.audit.log);
  }
  app.get('/v1/kpis', read, (_request, response) => {
    response.json(answers.listKpis(tenantIn(response)));
  });
  app.post(
    '/v1/query',
    read,
    express.raw({ type: () => true, limit: options.bodyBytesMax }),
    async (request, response) => {
      const question = { query: parseMetricQuery(bytesOf(request)), isFresh: wantsFresh(request) };
      sendReply(response, await answers.answerQuery(tenantIn(response), question, signalOf(response)));
    },
  );
  mountAnalysisRoutes(app, gate, options);
  mountEventRoutes(app, gate, options);
  mountLiveRoutes(app, gate, options);
  app.get('/v1/dimensions/:name/values', read, async (request, response) => {
    const { prefix, limit } = parseValuesQuery(request.query);
    const question = { dimension: String(request.params['name']), prefix, limit };
    response.json(await answers.listDimensionValues(tenantIn(response), question, signalOf(response)));
  });
  app.get('/v1/status', read, async (_request, response) => {
    response.json(await answers.describeStatus(tenantIn(response), signalOf(response)));
  });
  if (options.usage !== undefined) mountUsageRoutes(app, gate, options.usage);
  if (options.goals !== undefined) mountGoalRoutes(app, gate, options.goals);
  app.use(foreseeHttpErrors());
}
