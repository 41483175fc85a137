import express, { type Express, type Response } from 'express';
import { AppError } from '../../platform/errors.js';
import { bytesOf, parseJsonBody, type Gate } from '../../platform/http-requests.js';
import type { SubjectOperations } from '../../platform/subject-operations.js';
import { ownSubjectRecordsSchema, ownSubjectSchema } from '../../platform/subject-requests.js';
import type { SubjectJob } from '../../platform/subjects.js';

const bodyBytesMax = 16_384;

/**
 * People of the tenant of a key with the scope `admin`. Who is meant stands in bodies alone: addresses are logged. What was done is
 * named by its job, here and in the audit log.
 */
export function mountSubjectRoutes(app: Express, gate: Gate, subjects: SubjectOperations): void {
  const body = express.raw({ type: () => true, limit: bodyBytesMax });
  const tenantIn = (response: Response): string => gate.principalOf(response).tenant.id;
  const answerJob = (response: Response, status: number, job: SubjectJob): void => {
    response.status(status).location(`/v1/subjects/jobs/${job.id}`).json(job);
  };

  app.post('/v1/subjects/erase', gate.change('admin', 'subject.erased'), body, async (request, response) => {
    const { user } = parseJsonBody(ownSubjectSchema, bytesOf(request));
    answerJob(response, 202, await subjects.eraseSubject({ tenant: tenantIn(response), user }));
  });
  app.post(
    '/v1/subjects/opt-out',
    gate.change('admin', 'subject.opted-out'),
    body,
    async (request, response) => {
      const { user } = parseJsonBody(ownSubjectSchema, bytesOf(request));
      answerJob(response, 200, await subjects.optOutSubject({ tenant: tenantIn(response), user }));
    },
  );
  app.post(
    '/v1/subjects/opt-in',
    gate.change('admin', 'subject.opted-in'),
    body,
    async (request, response) => {
      const { user } = parseJsonBody(ownSubjectSchema, bytesOf(request));
      answerJob(response, 200, await subjects.optInSubject({ tenant: tenantIn(response), user }));
    },
  );
  app.post(
    '/v1/subjects/records',
    gate.change('admin', 'subject.exported'),
    body,
    async (request, response) => {
      const wanted = parseJsonBody(ownSubjectRecordsSchema, bytesOf(request));
      response.set('cache-control', 'private, no-store');
      response.json(await subjects.readSubjectRecords({ tenant: tenantIn(response), ...wanted }));
    },
  );
  app.get('/v1/subjects/jobs', gate.require('admin'), async (_request, response) => {
    response.json({ jobs: await subjects.listSubjectJobs(tenantIn(response)) });
  });
  app.get('/v1/subjects/jobs/:id', gate.require('admin'), async (request, response) => {
    const job = await subjects.getSubjectJob(String(request.params['id']));
    // Another tenant's job is as unknown as one that never was.
    if (job.tenant !== tenantIn(response))
      throw new AppError('subject_job_unknown', 'There is no such job.', { status: 404 });
    response.json(job);
  });
}
