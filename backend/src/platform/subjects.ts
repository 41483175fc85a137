import { createHmac } from 'node:crypto';
import { z } from 'zod';

/** A person about whom a tenant keeps data, as producers name it and as the stores know it. */
export interface Subject {
  readonly tenantId: string;
  readonly userId: string;
  readonly pseudonym: string;
}

/** How many rows or files had something of the person, by table. What has nothing is not in it. */
export const tracesSchema = z.record(z.string(), z.int());
export type Traces = z.infer<typeof tracesSchema>;

/** One thing that is kept of a person, and the table that keeps it. */
export const subjectRecordSchema = z.object({ table: z.string(), record: z.record(z.string(), z.unknown()) });
export type SubjectRecord = z.infer<typeof subjectRecordSchema>;

export interface RecordPage {
  readonly records: readonly SubjectRecord[];
  /** For the next page; `undefined` behind the last one. */
  readonly next: string | undefined;
}

/** One of the stores that keep something of people. */
export interface SubjectStore {
  /** Looks into every text of every table of the tenant: for erasures and their proof, not for panels. */
  findTraces(subject: Subject): Promise<Traces>;
  /**
   * Takes the person out; what only counts stays. Safe to repeat, and after a crash. Resolves with what was changed; one
   * pass may leave what arrives meanwhile.
   */
  erase(subject: Subject): Promise<Traces>;
  /** Everything by and about the person, a page at a time; without a cursor the first one. */
  readRecords(subject: Subject, cursor: string | undefined): Promise<RecordPage>;
  /** Texts of a tenant in which a person may be named, once or oftener: pseudonyms, and what is like an id that was sent. */
  listNames(tenantId: string): AsyncIterable<string>;
  /** Makes the engine give freed space back, so that nothing is left of it on disk. */
  compact(): Promise<void>;
}

/** Stands where a person was named in something that is somebody else's. No pseudonym and no id of a producer is like it. */
export const erasedText = 'erased';

const wholeTextMin = 5;
const wholeTextMax = 254;

/** As the door makes them of ids. */
export function isPseudonym(text: string): boolean {
  return /^u_[0-9a-f]{16}$/.test(text);
}

/** A pseudonym, or a text that erasing would look for as it was sent. */
export function mayBeName(text: string): boolean {
  return text.length >= wholeTextMin && text.length <= wholeTextMax && /\D/.test(text);
}

/**
 * The id as producers send it, where it is worth a search: it is stored in no column of ours, but a producer may have
 * put it into a text that nobody knows to be personal. `42` or `bob` would be found in what has nothing to do with them.
 */
export function findableId({ userId }: Subject): string | undefined {
  return userId.length >= wholeTextMin && /\D/.test(userId) ? userId : undefined;
}

/** Why nothing of a person is taken in any more. */
export type SuppressionReason = 'erased' | 'opted-out';

/** Who is no longer taken in, as digests. */
export interface SuppressionStore {
  /** Twice is no error; the later reason counts. */
  suppress(tenantId: string, digest: string, reason: SuppressionReason): Promise<void>;
  lift(tenantId: string, digest: string): Promise<void>;
  list(tenantId: string): Promise<ReadonlySet<string>>;
  /** Those that were erased, and not only opted out. */
  listErased(tenantId: string): Promise<ReadonlySet<string>>;
}

/** Tells nobody who is meant who does not have the tenant's salt and a name to try. */
export function suppressionDigest(salt: string, { pseudonym, tenantId }: Omit<Subject, 'userId'>): string {
  return createHmac('sha256', salt).update(`suppression\n${tenantId}\n${pseudonym}`).digest('base64url');
}

export const subjectJobKinds = ['erase', 'export', 'opt-out', 'opt-in'] as const;
export type SubjectJobKind = (typeof subjectJobKinds)[number];

const tracesByStoreSchema = z.record(z.string(), tracesSchema);

/** What an erasure did, and that nothing is left. */
export const erasureProofSchema = z.object({
  /** Everything that was accepted before this moment had been stored when the first pass began. */
  storedUntil: z.string(),
  passes: z.int(),
  /** By store and table. */
  changed: tracesByStoreSchema,
  /** Of the scan at the end: nothing, where it is done. */
  left: tracesByStoreSchema,
  compacted: z.boolean(),
});
export type ErasureProof = z.infer<typeof erasureProofSchema>;

/** What was asked for about a person, who is not named. Times are ISO-8601 UTC. */
export const subjectJobSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  kind: z.enum(subjectJobKinds),
  state: z.enum(['running', 'done', 'failed']),
  proof: erasureProofSchema.nullable(),
  failure: z.object({ code: z.string(), reason: z.string() }).nullable(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
});
export type SubjectJob = z.infer<typeof subjectJobSchema>;

export type SubjectJobEnd =
  | { readonly state: 'done'; readonly proof: ErasureProof | null }
  | {
      readonly state: 'failed';
      readonly code: string;
      readonly reason: string;
      readonly proof: ErasureProof | null;
    };

/** Jobs stay when all that they were about is gone. */
export interface SubjectJobStore {
  /** Running from now on. Throws `AppError` 409 `erasure_running` where another erasure is. */
  begin(tenantId: string, kind: SubjectJobKind): Promise<SubjectJob>;
  /** Whoever gives no sign of life for minutes has ended. */
  stayAlive(id: string): Promise<void>;
  end(id: string, end: SubjectJobEnd): Promise<void>;
  find(id: string): Promise<SubjectJob | undefined>;
  /** Newest first. */
  list(tenantId: string | undefined): Promise<readonly SubjectJob[]>;
  /** Removes those that had ended before. Resolves with how many there were. */
  forget(before: Date): Promise<number>;
}

/** Beside control data lie letters and reports. */
export interface ControlSubjects extends SubjectStore {
  /** Every report of the tenant with its file: a file can't be searched. Resolves with how many there were. */
  removeReports(tenantId: string): Promise<number>;
}
