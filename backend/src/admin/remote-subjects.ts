import { z } from 'zod';
import { subjectJobSchema } from '../platform/subjects.js';
import type { SubjectOperations } from '../platform/subject-operations.js';
import { subjectPageSchema } from '../platform/subject-requests.js';

type Call = <T>(method: 'GET' | 'POST', path: string, schema: z.ZodType<T>, body?: object) => Promise<T>;

/** People, by the running instance. */
export function createRemoteSubjects(call: Call): SubjectOperations {
  return {
    eraseSubject: (request) => call('POST', '/subjects/erase', subjectJobSchema, request),
    optOutSubject: (request) => call('POST', '/subjects/opt-out', subjectJobSchema, request),
    optInSubject: (request) => call('POST', '/subjects/opt-in', subjectJobSchema, request),
    readSubjectRecords: (request) => call('POST', '/subjects/records', subjectPageSchema, request),
    getSubjectJob: (id) => call('GET', `/subjects/jobs/${encodeURIComponent(id)}`, subjectJobSchema),
    listSubjectJobs: (tenant) =>
      call(
        'GET',
        tenant === undefined ? '/subjects/jobs' : `/subjects/jobs?tenant=${encodeURIComponent(tenant)}`,
        z.array(subjectJobSchema),
      ),
  };
}
