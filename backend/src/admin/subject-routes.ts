import type { Express } from 'express';
import { parseBody } from './parse-body.js';
import type { SubjectOperations } from '../platform/subject-operations.js';
import { eraseSubjectSchema, subjectRecordsSchema, subjectSchema } from '../platform/subject-requests.js';

/** People of any tenant. Who is meant stands in bodies alone: addresses are logged. */
export function mountSubjects(app: Express, operations: SubjectOperations): void {
  app.post('/admin/v1/subjects/erase', async (request, response) => {
    response.json(await operations.eraseSubject(parseBody(eraseSubjectSchema, request.body)));
  });
  app.post('/admin/v1/subjects/opt-out', async (request, response) => {
    response.json(await operations.optOutSubject(parseBody(subjectSchema, request.body)));
  });
  app.post('/admin/v1/subjects/opt-in', async (request, response) => {
    response.json(await operations.optInSubject(parseBody(subjectSchema, request.body)));
  });
  app.post('/admin/v1/subjects/records', async (request, response) => {
    response.json(await operations.readSubjectRecords(parseBody(subjectRecordsSchema, request.body)));
  });
  app.get('/admin/v1/subjects/jobs', async (request, response) => {
    const { tenant } = request.query;
    response.json(await operations.listSubjectJobs(typeof tenant === 'string' ? tenant : undefined));
  });
  app.get('/admin/v1/subjects/jobs/:id', async (request, response) => {
    response.json(await operations.getSubjectJob(request.params.id));
  });
}
