import { z } from 'zod';

/** What is written down. A closed list: reading the log needs no guessing. */
export type AuditAction =
  | 'queries.answered'
  | 'report.requested'
  | 'report.downloaded'
  | 'report.removed'
  | 'report.cancelled'
  | 'report.retried'
  | 'schedule.created'
  | 'schedule.changed'
  | 'schedule.removed'
  | 'schedule.paused'
  | 'schedule.resumed'
  | 'schedule.run'
  | 'goals.changed'
  | 'branding.changed'
  | 'tenant.created'
  | 'settings.changed'
  | 'redaction.changed'
  | 'kpis.changed'
  | 'events.imported'
  | 'user.role-changed'
  | 'key.created'
  | 'key.rotated'
  | 'key.revoked'
  | 'webhook.created'
  | 'webhook.revoked'
  | 'dead-letters.replayed'
  | 'subject.exported'
  | 'subject.erased'
  | 'subject.opted-out'
  | 'subject.opted-in'
  | 'audit.shortened';

const actorSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('key'),
    keyId: z.string(),
    /** As Grafana, or whoever holds the key, says it. */
    user: z.string().optional(),
    /** Grafana has signed who it is (`X-Grafana-Id`). */
    isUserVerified: z.boolean().optional(),
  }),
  z.object({ kind: z.literal('commandLine') }),
  z.object({ kind: z.literal('process'), name: z.string() }),
]);
/** Who did it: the holder of a key, an operator at the machine, or the product by itself. */
export type AuditActor = z.infer<typeof actorSchema>;

const detailsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
type AuditDetails = Readonly<z.infer<typeof detailsSchema>>;

/** Something that is done, or was. */
export interface Deed {
  /** `undefined` for what concerns no single tenant. */
  readonly tenantId: string | undefined;
  readonly actor: AuditActor;
  readonly action: AuditAction;
  /** Id of what it was done to. Of a person whose data was erased the id of the job, never the person's. */
  readonly target?: string | undefined;
  readonly details?: AuditDetails;
}

/** A change is written down twice: before it is done, and how it ended. What is missing tells of a crash. */
type AuditOutcome = 'begun' | 'done' | 'failed';

export interface AuditRecord extends Deed {
  readonly at: Date;
  readonly outcome: AuditOutcome;
}

export const auditEntrySchema = z.object({
  /** Counts from 1 in each chain. */
  position: z.int(),
  at: z.string(),
  /** `null` in the chain of the platform. */
  tenant: z.string().nullable(),
  actor: actorSchema,
  action: z.string(),
  target: z.string().nullable(),
  outcome: z.string(),
  details: detailsSchema,
  /** SHA-256 over this entry and the hash of the one before it. */
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export const auditPageSchema = z.object({
  /** The newest first. */
  entries: z.array(auditEntrySchema),
  /** Where the next page begins: its `before`. `null` on the last one. */
  nextBefore: z.int().nullable(),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

export const auditPageMax = 1_000;

export const auditQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(auditPageMax).default(100),
  /** Only entries of lower positions. */
  before: z.coerce.number().int().min(1).optional(),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;

export const auditVerificationSchema = z.object({
  tenant: z.string().nullable(),
  /** How many entries fit, from the first on that is there. */
  entries: z.int(),
  /** How many were removed before them by their age, as a later entry says. */
  removed: z.int(),
  /** The last of them: note it elsewhere, and nobody can take entries off the end unseen. */
  head: z.object({ position: z.int(), hash: z.string() }).nullable(),
  /** The first that does not fit. */
  broken: z.object({ position: z.int(), reason: z.string() }).nullable(),
});
export type AuditVerification = z.infer<typeof auditVerificationSchema>;

export interface AuditShortening {
  readonly removed: number;
  /** Chains that do not fit; `null` is the platform's. */
  readonly broken: readonly (string | null)[];
}

/** A head that was noted earlier. */
export interface NotedHead {
  readonly position: number;
  readonly hash: string;
}

/**
 * Entries that stay: one chain for each tenant and one for the platform (`undefined`), in which every entry has the hash
 * of the one before. Writers of several processes take turns.
 */
export interface AuditLog {
  /** In this order within each chain; all or none. Durable when it resolves. */
  append(records: readonly AuditRecord[]): Promise<void>;
  list(tenantId: string | undefined, query: AuditQuery): Promise<AuditPage>;
  /** Reads a whole chain. With a head that was noted, it must still be there. */
  verify(tenantId: string | undefined, noted?: NotedHead): Promise<AuditVerification>;
  /**
   * Removes what is older from the beginning of each chain, and notes that at its end. Of a chain that does not fit nothing
   * is removed. Safe to repeat.
   */
  shorten(before: Date): Promise<AuditShortening>;
}
