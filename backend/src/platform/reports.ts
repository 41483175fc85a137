import type { Notice, Report, ReportManifest, ReportRequest, ReportState } from '@coditect/contracts';
import type { Tenant } from './tenancy.js';

/** A request for a report, as it is put in the queue. */
export interface NewReport {
  readonly request: ReportRequest;
  /** Two requests with the same key are one report, when they are equal. */
  readonly idempotencyKey: string | undefined;
  readonly scheduleId: string | null;
  /** Id of the key or schedule that asked. */
  readonly requestedBy: string;
  /** Starts that it gets, the first one included. */
  readonly attemptsMax: number;
  /** Most reports of the tenant that may wait. */
  readonly queuedMax: number;
}

/** A report that this process has begun. `attempt` tells its start from earlier and later ones. */
export interface ReportJob {
  readonly tenant: Tenant;
  readonly id: string;
  readonly attempt: number;
  readonly isLastAttempt: boolean;
  readonly scheduleId: string | null;
  readonly request: ReportRequest;
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
}

/** What came out of a report. */
export interface ReportOutcome {
  readonly file: NonNullable<Report['file']>;
  readonly notices: readonly Notice[];
  readonly manifest: ReportManifest;
}

export type ReportFailure = NonNullable<Report['failure']>;

/** Names a start of a report, as its file does. */
export interface ReportStart {
  readonly tenantId: string;
  readonly id: string;
  readonly attempt: number;
}

export interface ReportPage {
  readonly limit: number;
  /** The `next` of the page before. */
  readonly before: string | undefined;
  readonly states: readonly ReportState[];
}

/** Reports of tenants. Another tenant's id is as unknown as one that never was. Writes are durable when they resolve. */
export interface ReportStore {
  /**
   * Puts a report in the queue, or finds the one that was asked for with the same key. Throws `AppError` 409
   * `idempotency_conflict` when that one was another request, 429 `too_many_reports` when the tenant's queue is full.
   */
  add(tenantId: string, report: NewReport): Promise<Report>;
  /** The newest first. Throws `AppError` 400 `cursor_invalid`. */
  list(tenantId: string, page: ReportPage): Promise<{ reports: readonly Report[]; next: string | null }>;
  find(tenantId: string, id: string): Promise<Report | undefined>;
  /** `null` while it has none. */
  findManifest(tenantId: string, id: string): Promise<ReportManifest | null | undefined>;
  /** Answers with the report as it is afterwards; one that is neither queued nor running stays as it is. */
  cancel(tenantId: string, id: string): Promise<Report | undefined>;
  /** Back to the queue, for those that failed, were cancelled or expired; any other stays as it is: `isQueued` is false. */
  retry(
    tenantId: string,
    id: string,
    attemptsMax: number,
  ): Promise<{ readonly report: Report; readonly isQueued: boolean } | undefined>;
  /** Removes it with its history. Answers which start its file is of, `undefined` when there was no such report. */
  remove(tenantId: string, id: string): Promise<ReportStart | undefined>;
}

/**
 * The queue of all tenants, for those who make reports; any number of them may share it. What is said about a start that is
 * over, because it was cancelled or because somebody else has taken the report, changes nothing and answers false.
 */
export interface ReportQueue {
  /**
   * Begins the next report: of the tenant with the fewest under way, then of the one whose turn was longest ago. One
   * whose maker was silent until its lease ended is begun again, or has failed when that was its last start.
   */
  claim(owner: string, leaseMs: number): Promise<ReportJob | undefined>;
  /** A sign of life with the progress, 0 to 1. */
  keep(start: ReportStart, progress: number, leaseMs: number): Promise<boolean>;
  finish(start: ReportStart, outcome: ReportOutcome, expiresAt: Date): Promise<boolean>;
  /** The start was in vain: again at the given time. */
  postpone(start: ReportStart, dueAt: Date): Promise<boolean>;
  fail(start: ReportStart, failure: ReportFailure): Promise<boolean>;
  /** As if it had not been begun, for a maker that stops. */
  release(start: ReportStart): Promise<boolean>;
  /** Releases what a maker of this name had begun and can't be making any more. Answers how many. */
  releaseAll(owner: string): Promise<number>;
  /** Reports whose files are due to go become `expired`; they are answered, so that the files can be removed. */
  expire(): Promise<readonly ReportStart[]>;
  /** Forgets reports that ended this long ago. */
  forget(historyDays: number): Promise<readonly ReportStart[]>;
  /** Which of these starts have or will have a file. */
  findLive(starts: readonly Pick<ReportStart, 'id' | 'attempt'>[]): Promise<ReadonlySet<string>>;
  countInHand(): Promise<{
    readonly queued: number;
    readonly running: number;
    readonly oldestQueuedMs: number | null;
  }>;
}
