import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import {
  kpiListSchema,
  metricAnswerSchema,
  metricQuerySchema,
  reportListSchema,
  reportManifestSchema,
  reportRequestSchema,
  reportSchema,
  serviceStatusSchema,
} from '@coditect/contracts';
import { z } from 'zod';
import { describeBranding } from './describe-branding.js';
import { describeSchedules } from './describe-schedules.js';
import { describeSubjects } from './describe-subjects.js';
import { json, params, refused, type Security } from './openapi-parts.js';

/** The OpenAPI 3.1 document, made from the schemas of the contracts. */
export function describeReportingApi(version: string): object {
  const registry = new OpenAPIRegistry();
  const key = registry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer' });
  const security = [{ [key.name]: [] }];
  describeQuestions(registry, security);
  describeReports(registry, security);
  describeReport(registry, security);
  describeSchedules(registry, security);
  describeBranding(registry, security);
  describeSubjects(registry, security);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'CODITECT Analytics reporting service',
      version,
      description:
        'Answers questions about KPIs from rollups (scope `read`), and makes reports and sends them on a schedule (scope `report`).',
    },
  });
}

function describeQuestions(registry: OpenAPIRegistry, security: Security): void {
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
    request: { body: { required: true, content: { 'application/json': { schema: metricQuerySchema } } } },
    responses: {
      200: json(metricAnswerSchema, 'Columns and rows; the value is the last column.'),
      ...refused(400, 401, 403, 413, 422, 429, 503, 504),
    },
  });
  registry.registerPath({
    method: 'get',
    path: '/v1/status',
    summary: 'Who is asking, what has landed and how fresh it is',
    security,
    responses: { 200: json(serviceStatusSchema, 'The status.'), ...refused(401, 403, 429, 503, 504) },
  });
}

function describeReports(registry: OpenAPIRegistry, security: Security): void {
  registry.registerPath({
    method: 'post',
    path: '/v1/reports',
    summary: 'Asks for a report',
    description: 'The same Idempotency-Key with the same body is the same report.',
    security,
    request: {
      headers: z.object({ 'idempotency-key': z.string().max(255).optional() }),
      body: { required: true, content: { 'application/json': { schema: reportRequestSchema } } },
    },
    responses: {
      202: json(reportSchema, 'The report, on its way.'),
      ...refused(400, 401, 403, 409, 413, 422, 429, 503),
    },
  });
  registry.registerPath({
    method: 'get',
    path: '/v1/reports',
    summary: 'Reports, the newest first',
    security,
    request: {
      query: z.object({
        limit: z.int().min(1).max(200).optional(),
        before: z.string().optional().describe('The `next` of the page before.'),
        state: z.string().optional().describe('Only these states, separated by commas.'),
      }),
    },
    responses: { 200: json(reportListSchema, 'A page.'), ...refused(400, 401, 403, 503) },
  });
}

function describeReport(registry: OpenAPIRegistry, security: Security): void {
  const path = '/v1/reports/{id}';
  const about = { security, request: { params } };
  registry.registerPath({
    method: 'get',
    path,
    summary: 'A report, with its state and progress',
    ...about,
    responses: { 200: json(reportSchema, 'The report.'), ...refused(401, 403, 404, 503) },
  });
  registry.registerPath({
    method: 'delete',
    path,
    summary: 'Removes a report, its file and its history',
    ...about,
    responses: { 204: { description: 'It is gone.' }, ...refused(401, 403, 404, 503) },
  });
  registry.registerPath({
    method: 'get',
    path: `${path}/file`,
    summary: 'The file of a report that is done',
    ...about,
    responses: {
      200: {
        description: 'PDF, CSV or zip.',
        content: { 'application/pdf': {}, 'text/csv': {}, 'application/zip': {} },
      },
      ...refused(401, 403, 404, 409, 410, 503),
    },
  });
  registry.registerPath({
    method: 'get',
    path: `${path}/manifest`,
    summary: 'What each table of a report holds',
    ...about,
    responses: { 200: json(reportManifestSchema, 'The manifest.'), ...refused(401, 403, 404, 409, 503) },
  });
  registry.registerPath({
    method: 'post',
    path: `${path}/cancel`,
    summary: 'Cancels a report that waits or is being made',
    ...about,
    responses: { 200: json(reportSchema, 'The report, cancelled.'), ...refused(401, 403, 404, 409, 503) },
  });
  registry.registerPath({
    method: 'post',
    path: `${path}/retry`,
    summary: 'Makes a report again that failed, was cancelled or expired',
    ...about,
    responses: { 202: json(reportSchema, 'The report, queued.'), ...refused(401, 403, 404, 409, 503) },
  });
}
