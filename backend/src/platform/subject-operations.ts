import type { RecordPage, SubjectJob } from './subjects.js';

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
