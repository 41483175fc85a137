import {
  annotationQuerySchema,
  annotationsSchema,
  eventSearchSchema,
  eventVolumeQuerySchema,
  eventVolumeSchema,
  foundEventsSchema,
  liveQuerySchema,
} from '@coditect/contracts';
import type { OpenAPIRegistry, ResponseConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

interface Parts {
  readonly registry: OpenAPIRegistry;
  readonly security: Record<string, string[]>[];
  readonly json: (schema: z.ZodType, description: string) => ResponseConfig;
  readonly refused: (
    ...statuses: readonly (400 | 401 | 403 | 404 | 413 | 422 | 429 | 503 | 504)[]
  ) => Record<string, ResponseConfig>;
}

const questions = [
  {
    path: '/v1/events/search',
    summary: 'Single events, page by page',
    asked: eventSearchSchema,
    answer: foundEventsSchema,
    says: 'Events in their order; next goes on behind them.',
  },
  {
    path: '/v1/events/volume',
    summary: 'How many events there are of each level, by time',
    asked: eventVolumeQuerySchema,
    answer: eventVolumeSchema,
    says: 'Every bucket of the range.',
  },
  {
    path: '/v1/annotations',
    summary: 'Releases, outages, changes of licences and other events worth a mark',
    asked: annotationQuerySchema,
    answer: annotationsSchema,
    says: 'Annotations in order of time.',
  },
] as const;

/** What is asked about single events, and answers that are told as they change. */
export function describeEvents({ registry, security, json, refused }: Parts): void {
  const asking = (schema: z.ZodType) => ({
    body: { required: true, content: { 'application/json': { schema } } },
  });
  for (const { path, summary, asked, answer, says } of questions) {
    registry.registerPath({
      method: 'post',
      path,
      summary,
      security,
      request: asking(asked),
      responses: { 200: json(answer, says), ...refused(400, 401, 403, 413, 422, 429, 503, 504) },
    });
  }
  registry.registerPath({
    method: 'post',
    path: '/v1/query/live',
    summary: 'The answer to a metric query at once and whenever it changes',
    security,
    request: asking(liveQuerySchema),
    responses: {
      200: {
        description:
          'Server-sent events: answer (the body of POST /v1/query), refused (an error; the stream ends when it is final), comments as signs of life.',
        content: { 'text/event-stream': { schema: z.string() } },
      },
      ...refused(400, 401, 403, 413, 422, 429, 503, 504),
    },
  });
}
