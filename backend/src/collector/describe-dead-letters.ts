import type { OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { errorBodySchema } from '@coditect/contracts';
import { z } from 'zod';
import { deadLetterQuerySchema, replayAllSchema, replayOneSchema } from '../platform/dead-letter-requests.js';
import { deadLetterPageSchema, deadLetterViewSchema, replayReportSchema } from '../platform/dead-letters.js';

const refusals = {
  400: 'A parameter or the body is not what it should be; the pointer says where.',
  401: 'The key is missing, unknown or revoked.',
  403: 'The key lacks the scope `admin`.',
  404: 'There is no such letter, or none of this tenant.',
  429: 'Too much is under way, or the queue is full. Nothing was replayed.',
  503: 'The store or the bus is away. Nothing was replayed.',
} as const;
type Refusal = keyof typeof refusals;

/** Adds what can be asked about dead letters to the document of the collector. */
export function registerDeadLetters(registry: OpenAPIRegistry, security: Record<string, string[]>[]): void {
  const error = errorBodySchema.meta({ id: 'Error' });
  const json = (schema: z.ZodType, description: string) => ({
    description,
    content: { 'application/json': { schema } },
  });
  const refused = (...statuses: readonly Refusal[]) =>
    Object.fromEntries(statuses.map((status) => [status, json(error, refusals[status])]));
  const bodyOf = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
  const params = z.object({ id: z.string() });
  const report = replayReportSchema.meta({ id: 'ReplayReport' });

  registry.registerPath({
    method: 'get',
    path: '/v1/dead-letters',
    summary: 'Messages with events of this tenant that were given up on, the newest first.',
    security,
    request: { query: deadLetterQuerySchema },
    responses: {
      200: json(deadLetterPageSchema.meta({ id: 'DeadLetterPage' }), 'A page.'),
      ...refused(400, 401, 403, 429, 503),
    },
  });
  registry.registerPath({
    method: 'get',
    path: '/v1/dead-letters/{id}',
    summary: "One letter, with the first 100 of this tenant's events.",
    security,
    request: { params },
    responses: {
      200: json(deadLetterViewSchema.meta({ id: 'DeadLetter' }), 'The letter.'),
      ...refused(401, 403, 404, 429, 503),
    },
  });
  registry.registerPath({
    method: 'post',
    path: '/v1/dead-letters/replay',
    summary: 'Feeds waiting letters through again, at most 1,000 a call. A dry run unless told otherwise.',
    security,
    request: { body: bodyOf(replayAllSchema) },
    responses: {
      200: json(report, 'What was done, or would be.'),
      ...refused(400, 401, 403, 429, 503),
    },
  });
  registry.registerPath({
    method: 'post',
    path: '/v1/dead-letters/{id}/replay',
    summary: 'Feeds one letter through again. A dry run unless told otherwise.',
    security,
    request: { params, body: bodyOf(replayOneSchema) },
    responses: {
      200: json(report, 'What was done, or would be.'),
      ...refused(400, 401, 403, 404, 429, 503),
    },
  });
}
