import type { AuditTrail } from '../platform/audit-trail.js';
import type { RecordPage, Subject, SubjectJob } from '../platform/subjects.js';

export interface SubjectRequest {
  /** Id or name. */
  readonly tenant: string;
  /** As producers send it. */
  readonly user: string;
}

/** What can be done about a person. Answers name jobs and never the person. */
export interface SubjectOperations {
  /** Nothing more of the person is taken in, and what there is goes. Resolves when it has begun: ask for the job. */
  eraseSubject(request: SubjectRequest & { readonly compact?: boolean | undefined }): Promise<SubjectJob>;
  /** Nothing more of the person is taken in. What there is stays. */
  optOutSubject(request: SubjectRequest): Promise<SubjectJob>;
  /** Takes an opt-out, or what an erasure left behind, back: the person is taken in from now on. */
  optInSubject(request: SubjectRequest): Promise<SubjectJob>;
  /** Everything that is kept, a page at a time; the first page is a job. */
  readSubjectRecords(
    request: SubjectRequest & { readonly cursor?: string | undefined },
  ): Promise<{ readonly records: RecordPage['records']; readonly next: string | null }>;
  /** Throws `AppError` `subject_job_unknown`. */
  getSubjectJob(id: string): Promise<SubjectJob>;
  listSubjectJobs(tenant?: string): Promise<readonly SubjectJob[]>;
}

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
          action: 'subject.opted-out',
          details: { back: true },
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
