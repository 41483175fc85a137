import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
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
      const body: unknown = request.body;
      const query = parseMetricQuery(Buffer.isBuffer(body) ? body : Buffer.alloc(0));
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
  app.use(foreseeHttpErrors(options.bodyBytesMax));
}

/** Express keeps what middleware leaves behind untyped; this is the one place that reads it back. */
function tenantIn(response: Response): Tenant {
  return response.locals['tenant'] as Tenant;
}

/** Fires when the client goes away before its answer is complete. */
function signalOf(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

const httpErrorSchema = z.object({ status: z.int().min(400).max(499), type: z.string().optional() });

/** What Express and its body reader refuse (too large, bad encoding, bad percent-escape) is the client's mistake. */
function foreseeHttpErrors(bodyBytesMax: number): ErrorRequestHandler {
  return (error: unknown, _request, _response, next) => {
    const known = error instanceof AppError ? undefined : httpErrorSchema.safeParse(error).data;
    if (known === undefined) next(error);
    else next(toAppError(known, error, bodyBytesMax));
  };
}

function toAppError(known: z.infer<typeof httpErrorSchema>, cause: unknown, bodyBytesMax: number): AppError {
  switch (known.type) {
    case 'entity.too.large': {
      const reason = `A body has at most ${bodyBytesMax} bytes.`;
      return new AppError('body_too_large', reason, { status: 413, pointer: '', limit: bodyBytesMax, cause });
    }
    case 'encoding.unsupported': {
      const reason = 'The body may be plain or compressed with gzip, deflate or br.';
      return new AppError('encoding_unsupported', reason, { status: 415, cause });
    }
    default:
      return new AppError('request_invalid', 'The request is not well formed.', {
        status: known.status,
        cause,
      });
  }
}
