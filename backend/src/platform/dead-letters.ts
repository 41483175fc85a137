import { eventEnvelopeSchema, type EventEnvelope } from '@coditect/contracts';
import { z } from 'zod';

/** Where a dead letter came to its end: on its way to a store, or at the door for AMQP producers. */
export const deadLetterOrigins = ['stream', 'batch', 'intake'] as const;
export type DeadLetterOrigin = (typeof deadLetterOrigins)[number];

/** A message given up on, kept whole with its reason. */
export interface DeadLetter {
  /** Of the message, and of this letter: the same message given up twice is one letter with a new reason. */
  readonly messageId: string;
  readonly origin: DeadLetterOrigin;
  /** Stable, such as `row_refused`, `delivery_limit`, `message_unreadable`. */
  readonly code: string;
  /** One sentence for a person. */
  readonly reason: string;
  /** How often it was delivered, as far as it is known. */
  readonly attempts: number;
  /** What it holds. Empty when it can't be read; `body` then is all there is. */
  readonly events: readonly EventEnvelope[];
  /** For what can't be read as events: the bytes as they came, and the tenant if it is known. */
  readonly raw?: {
    readonly tenantId: string | undefined;
    readonly contentType: string;
    readonly body: Buffer;
  };
}

/** Where messages go that are given up. Resolves when the letter is safe; only then may the message be forgotten. Safe to repeat. */
export interface DeadLetterSink {
  add(letter: DeadLetter): Promise<void>;
}

/** Asks for the letters of all, which only the operator may. A symbol, so that no text from outside can be it. */
export const everyTenant = Symbol('every tenant');
/** A tenant's id, or the operator's view. Letters whose tenant is unknown are seen by the operator only. */
export type LetterScope = string | typeof everyTenant;

export const deadLetterStates = ['waiting', 'replayed'] as const;
export type DeadLetterState = (typeof deadLetterStates)[number];

/** A letter as it is listed. Times are ISO-8601 UTC. */
export const deadLetterSummarySchema = z.object({
  id: z.string(),
  messageId: z.string(),
  origin: z.enum(deadLetterOrigins),
  code: z.string(),
  reason: z.string(),
  attempts: z.int(),
  /** When it was given up first, and last. */
  firstAt: z.string(),
  at: z.string(),
  state: z.enum(deadLetterStates),
  replayedAt: z.string().nullable(),
  replays: z.int(),
  /** How many events of the one who asks it holds. */
  events: z.int(),
  /** False when no event could be made out and only the bytes are kept. */
  readable: z.boolean(),
});
export type DeadLetterSummary = Readonly<z.infer<typeof deadLetterSummarySchema>>;

export const deadLetterPageSchema = z.object({
  letters: z.array(deadLetterSummarySchema),
  /** Where the next page begins; null on the last one. */
  next: z.string().nullable(),
});
export type DeadLetterPage = Readonly<z.infer<typeof deadLetterPageSchema>>;

/** Codes whose reasons quote nothing of what is in the message. */
const plainReasonCodes: ReadonlySet<string> = new Set(['delivery_limit', 'message_unreadable']);

/**
 * The reason as it may be told to one who sees the message only in part: what a store says of a row may quote it, and
 * the row may be another tenant's.
 */
export function tellReason(code: string, reason: string, seesAll: boolean): string {
  if (seesAll || plainReasonCodes.has(code)) return reason;
  return 'The message holds events of other tenants as well; only the operator sees why it was given up.';
}

/** How many events of a letter are shown. */
export const shownEventsMax = 100;

/** A letter as it is looked at: with the events of the one who asks. Bytes that never passed the checks are not shown. */
export const deadLetterViewSchema = z.object({
  ...deadLetterSummarySchema.shape,
  firstEvents: z.array(eventEnvelopeSchema),
  truncated: z.boolean(),
  raw: z.object({ contentType: z.string(), bytes: z.int() }).nullable(),
});
export type DeadLetterView = Readonly<z.infer<typeof deadLetterViewSchema>>;

export interface DeadLetterFilter {
  readonly state?: DeadLetterState | undefined;
  readonly code?: string | undefined;
  readonly origin?: DeadLetterOrigin | undefined;
}

export interface DeadLetterPosition {
  readonly limit: number;
  /** As an earlier page of the same order gave it. */
  readonly cursor?: string | undefined;
  /** By the time at which a letter was given up first, which never changes. */
  readonly order: 'newest' | 'oldest';
}

/** A letter with everything in it, of every tenant. To be sent on, never to be shown. */
export interface WholeDeadLetter {
  readonly letter: DeadLetter;
  /** Changes each time the letter is given up. */
  readonly version: number;
}

/** What was removed for its age; `waiting` is the part that nobody replayed, and is lost with it. */
export interface ExpiredLetters {
  readonly letters: number;
  readonly waiting: { readonly letters: number; readonly events: number };
}

/** What is to be seen of dead letters. Another tenant's letter is no letter. Throws `AppError` 400 `cursor_invalid`. */
export interface DeadLetterReader {
  list(scope: LetterScope, filter: DeadLetterFilter, position: DeadLetterPosition): Promise<DeadLetterPage>;
  find(scope: LetterScope, id: string): Promise<DeadLetterView | undefined>;
}

/** Keeps dead letters. `add` merges events into the letter that is there and makes it wait again. */
export interface DeadLetterStore extends DeadLetterSink, DeadLetterReader {
  /** How many match behind a position, the oldest first. */
  countFrom(scope: LetterScope, filter: DeadLetterFilter, cursor: string): Promise<number>;
  findWhole(scope: LetterScope, id: string): Promise<WholeDeadLetter | undefined>;
  /** False when the letter was given up anew since it was read, or is gone: it stays as it is. */
  markReplayed(id: string, version: number): Promise<boolean>;
  /** Removes what was last given up longer ago than letters are kept. */
  removeExpired(now: Date): Promise<ExpiredLetters>;
}

/** What a replay did, or would do. */
export const replayReportSchema = z.object({
  dryRun: z.boolean(),
  /** Letters that were tried. */
  letters: z.int(),
  /** The events of the one who asks in these. */
  events: z.int(),
  replayed: z.int(),
  failed: z.array(z.object({ id: z.string(), code: z.string(), reason: z.string() })),
  /** Letters that match and were not tried in this call. */
  remaining: z.int(),
  /** Where the next call begins while something remains; null is the beginning. */
  next: z.string().nullable(),
});
export type ReplayReport = Readonly<z.infer<typeof replayReportSchema>>;
