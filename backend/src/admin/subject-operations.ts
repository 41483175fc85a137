import type { AuditTrail } from '../platform/audit-trail.js';
import type { SubjectOperations } from '../platform/subject-operations.js';
import type { Subject, SubjectJob } from '../platform/subjects.js';

export type NamedSubject = Subject & { readonly digest: string };

/** The same; that it was done is in the audit log under the job's id. How an erasure ends is in the job. */
export function recordSubjects(
  subjects: SubjectOperations,
  {
    getId,
    trail,
  }: { readonly getId: (idOrName: string) => Promise<string>; readonly trail: Pick<AuditTrail, 'record'> },
): SubjectOperations {
  const actor = { kind: 'commandLine' } as const;
  const idOf = ({ id }: SubjectJob): string => id;
  return {
    ...subjects,
    eraseSubject: async (request) =>
      trail.record(
        { tenantId: await getId(request.tenant), actor, action: 'subject.erased' },
        () => subjects.eraseSubject(request),
        idOf,
      ),
    optOutSubject: async (request) =>
      trail.record(
        { tenantId: await getId(request.tenant), actor, action: 'subject.opted-out' },
        () => subjects.optOutSubject(request),
        idOf,
      ),
    optInSubject: async (request) =>
      trail.record(
        {
          tenantId: await getId(request.tenant),
          actor,
          action: 'subject.opted-in',
        },
        () => subjects.optInSubject(request),
        idOf,
      ),
    readSubjectRecords: async (request) => {
      if (request.cursor !== undefined) return subjects.readSubjectRecords(request);
      const deed = { tenantId: await getId(request.tenant), actor, action: 'subject.exported' } as const;
      return trail.record(deed, () => subjects.readSubjectRecords(request));
    },
  };
}
