import type { OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import {
  scheduleListSchema,
  scheduleRequestSchema,
  scheduleRunListSchema,
  scheduleRunSchema,
  scheduleSchema,
} from '@coditect/contracts';
import { z } from 'zod';
import { json, params, refused, type Security } from './openapi-parts.js';

const body = { required: true, content: { 'application/json': { schema: scheduleRequestSchema } } };
const path = '/v1/schedules/{id}';

/** Schedules of reports, in the OpenAPI document. */
export function describeSchedules(registry: OpenAPIRegistry, security: Security): void {
  registry.registerPath({
    method: 'get',
    path: '/v1/schedules',
    summary: 'Lists schedules, the oldest first',
    security,
    responses: { 200: json(scheduleListSchema, 'All of them.'), ...refused(401, 403, 503) },
  });
  registry.registerPath({
    method: 'post',
    path: '/v1/schedules',
    summary: 'Makes a schedule',
    security,
    request: { body },
    responses: {
      201: json(scheduleSchema, 'The schedule, with the secret of its webhooks when it has any.'),
      ...refused(400, 401, 403, 413, 422, 503),
    },
  });
  registry.registerPath({
    method: 'get',
    path,
    summary: 'One schedule',
    security,
    request: { params },
    responses: { 200: json(scheduleSchema, 'The schedule.'), ...refused(401, 403, 404, 409, 503) },
  });
  registry.registerPath({
    method: 'put',
    path,
    summary: 'Replaces a schedule; runs under way stay as they are',
    security,
    request: { params, body },
    responses: {
      200: json(scheduleSchema, 'The schedule, with the secret of its webhooks when these are its first.'),
      ...refused(400, 401, 403, 404, 413, 422, 503),
    },
  });
  registry.registerPath({
    method: 'delete',
    path,
    summary: 'Removes a schedule with its history; reports that it made stay',
    security,
    request: { params },
    responses: { 204: { description: 'It is gone.' }, ...refused(401, 403, 404, 503) },
  });
  describeActions(registry, security);
}

function describeActions(registry: OpenAPIRegistry, security: Security): void {
  for (const [action, summary] of [
    ['pause', 'Pauses a schedule'],
    ['resume', 'Lets a schedule go on; what was due meanwhile is not made up for'],
  ] as const) {
    registry.registerPath({
      method: 'post',
      path: `${path}/${action}`,
      summary,
      security,
      request: { params },
      responses: { 200: json(scheduleSchema, 'The schedule.'), ...refused(401, 403, 404, 409, 503) },
    });
  }
  registry.registerPath({
    method: 'post',
    path: `${path}/run`,
    summary: 'Makes and delivers it now, marked as a test',
    security,
    request: { params },
    responses: { 202: json(scheduleRunSchema, 'The run.'), ...refused(401, 403, 404, 409, 429, 503) },
  });
  registry.registerPath({
    method: 'get',
    path: `${path}/runs`,
    summary: 'Lists runs with what became of their deliveries, the newest first',
    security,
    request: { params, query: z.object({ limit: z.int().min(1).max(500).optional() }) },
    responses: { 200: json(scheduleRunListSchema, 'The runs.'), ...refused(400, 401, 403, 404, 503) },
  });
}
