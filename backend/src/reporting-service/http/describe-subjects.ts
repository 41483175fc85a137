import type { OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import {
  ownSubjectRecordsSchema,
  ownSubjectSchema,
  subjectPageSchema,
} from '../../platform/subject-requests.js';
import { subjectJobSchema } from '../../platform/subjects.js';
import { json, params, refused, type Security } from './openapi-parts.js';

/** People about whom a tenant keeps data, in the OpenAPI document. */
export function describeSubjects(registry: OpenAPIRegistry, security: Security): void {
  const job = subjectJobSchema.meta({ id: 'SubjectJob' });
  const bodyOf = (schema: z.ZodType) => ({
    body: { required: true, content: { 'application/json': { schema } } },
  });
  const changes = [
    ['erase', 'Takes nothing more of a person in, and takes them out of everything that is kept', 202],
    ['opt-out', 'Takes nothing more of a person in', 200],
    ['opt-in', 'Takes a person in again', 200],
  ] as const;
  for (const [verb, summary, status] of changes)
    registry.registerPath({
      method: 'post',
      path: `/v1/subjects/${verb}`,
      summary: `${summary} (scope \`admin\`)`,
      security,
      request: bodyOf(ownSubjectSchema),
      responses: {
        [status]: json(job, 'The job; the person is not named.'),
        ...refused(400, 401, 403, 409, 413, 503),
      },
    });
  registry.registerPath({
    method: 'post',
    path: '/v1/subjects/records',
    summary: 'Everything that is kept by and about a person, a page at a time (scope `admin`)',
    security,
    request: bodyOf(ownSubjectRecordsSchema),
    responses: {
      200: json(subjectPageSchema, '`next` is the `cursor` of the next page; null on the last one.'),
      ...refused(400, 401, 403, 413, 503),
    },
  });
  registry.registerPath({
    method: 'get',
    path: '/v1/subjects/jobs',
    summary: 'What was done about people, the newest first; nobody is named (scope `admin`)',
    security,
    responses: { 200: json(z.object({ jobs: z.array(job) }), 'Jobs.'), ...refused(401, 403, 503) },
  });
  registry.registerPath({
    method: 'get',
    path: '/v1/subjects/jobs/{id}',
    summary: 'One job, with the proof of an erasure (scope `admin`)',
    security,
    request: { params },
    responses: { 200: json(job, 'The job.'), ...refused(401, 403, 404, 503) },
  });
}
