import express, { type Express, type Request, type Response } from 'express';
import { bytesOf, foreseeHttpErrors, signalOf } from '../../platform/http-requests.js';
import type { Authenticator, Tenant } from '../../platform/tenancy.js';
import type { MetricsAnswers } from '../metrics-answers.js';
import { parseMetricQuery, parseValuesQuery } from './parse-request.js';

export interface RoutesOptions {
  readonly answers: MetricsAnswers;
  readonly authenticator: Authenticator;
  readonly bodyBytesMax: number;
}

/** The four questions over HTTP. Every one wants a key with the scope `read`; its tenant is whom the answer is about. */
export function mountMetricsRoutes(app: Express, options: RoutesOptions): void {
  const { answers } = options;
  const tenantOf = async (request: Request): Promise<Tenant> => {
    const principal = await options.authenticator.authenticate(request.headers.authorization, 'read');
    return principal.tenant;
  };
  // The key is looked at before the body, so that a stranger can't make us read one.
  const authenticate = async (request: Request, response: Response, next: () => void): Promise<void> => {
    response.locals['tenant'] = await tenantOf(request);
    next();
  };

  app.get('/v1/kpis', async (request, response) => {
    await tenantOf(request);
    response.json(answers.listKpis());
  });
  app.post(
    '/v1/query',
    authenticate,
    express.raw({ type: () => true, limit: options.bodyBytesMax }),
    async (request, response) => {
      const tenant = tenantIn(response);
      const query = parseMetricQuery(bytesOf(request));
      response.json(await answers.answerQuery(tenant, query, signalOf(response)));
    },
  );
  app.get('/v1/dimensions/:name/values', async (request, response) => {
    const tenant = await tenantOf(request);
    const { prefix, limit } = parseValuesQuery(request.query);
    const question = { dimension: request.params.name, prefix, limit };
    response.json(await answers.listDimensionValues(tenant, question, signalOf(response)));
  });
  app.get('/v1/status', async (request, response) => {
    const tenant = await tenantOf(request);
    response.json(await answers.describeStatus(tenant, signalOf(response)));
  });
  app.use(foreseeHttpErrors());
}

/** Express keeps what middleware leaves behind untyped; this is the one place that reads it back. */
function tenantIn(response: Response): Tenant {
  return response.locals['tenant'] as Tenant;
}
