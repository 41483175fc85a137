import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import {
  dimensionValuesSchema,
  errorBodySchema,
  kpiListSchema,
  metricAnswerSchema,
  panelQuerySchema,
  serviceStatusSchema,
} from '@coditect/contracts';
import { z } from 'zod';
import { describeGoals } from './describe-goals.js';
import { describeAnalyses } from './describe-analyses.js';
import { describeEvents } from './describe-events.js';
import { describeOwnAccount } from './describe-own-account.js';

const refusals = {
  400: 'The body or a parameter is not what it should be; the pointer says where.',
  401: 'The key is missing, unknown or revoked.',
  403: 'The key has another scope.',
  404: 'There is nothing of this name.',
  413: 'The body is too large.',
  422: 'The question is understood and can not be answered; pointer and limit say why.',
  429: 'Too many questions at once; Retry-After says when to come back.',
  503: 'The store does not answer; Retry-After says when to come back.',
  504: 'The question took too long.',
} as const;
type Refusal = keyof typeof refusals;

/** The OpenAPI 3.1 document, made from the schemas of the contracts. */
export function describeMetricsApi(version: string): object {
  const registry = new OpenAPIRegistry();
  const key = registry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer' });
  const security = [{ [key.name]: [] }];
  const json = (schema: z.ZodType, description: string) => ({
    description,
    content: { 'application/json': { schema } },
  });
  const refused = (...statuses: readonly Refusal[]) =>
    Object.fromEntries(statuses.map((status) => [status, json(errorBodySchema, refusals[status])]));

  registry.registerPath({
    method: 'get',
    path: '/v1/kpis',
    summary: 'Every KPI with its definition, unit and dimensions',
    security,
    responses: { 200: json(kpiListSchema, 'The catalogue.'), ...refused(401, 403) },
  });
  registry.registerPath({
    method: 'post',
    path: '/v1/query',
    summary: 'Answers a metric query',
    security,
    request: { body: { required: true, content: { 'application/json': { schema: panelQuerySchema } } } },
    responses: {
      200: json(
        metricAnswerSchema,
        'Columns and rows; the value is the last column, `null` where there is none: also of buckets that have not begun.',
      ),
      ...refused(400, 401, 403, 413, 422, 429, 503, 504),
    },
  });
  describeAnalyses({ registry, security, json, refused });
  describeEvents({ registry, security, json, refused });
  registry.registerPath({
    method: 'get',
    path: '/v1/dimensions/{name}/values',
    summary: 'Values of a dimension, the most frequent first',
    security,
    request: {
      params: z.object({ name: z.string() }),
      query: z.object({ prefix: z.string().optional(), limit: z.int().min(1).optional() }),
    },
    responses: {
      200: json(dimensionValuesSchema, 'The values.'),
      ...refused(400, 401, 403, 404, 429, 503, 504),
    },
  });
  registry.registerPath({
    method: 'get',
    path: '/v1/status',
    summary: 'Who is asking, what is stored and how fresh it is',
    security,
    responses: { 200: json(serviceStatusSchema, 'The status.'), ...refused(401, 403, 429, 503, 504) },
  });
  describeOwnAccount({ registry, security, json, refused });
  describeGoals({ registry, security, json, refused });
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'CODITECT Analytics metrics service',
      version,
      description: 'Answers questions about KPIs.',
    },
  });
}
