import type {
  Delivery,
  ReportRequest,
  Schedule,
  ScheduleList,
  ScheduleRequest,
  ScheduleRun,
} from '@coditect/contracts';
import type { Tenant } from './tenancy.js';

export interface NewSchedule {
  readonly request: ScheduleRequest;
  /** Id of the key that wrote it. */
  readonly createdBy: string;
  readonly nextRunAt: Date | null;
  /** Most schedules of the tenant. */
  readonly schedulesMax: number;
}

/** What an edit begins with. */
export interface CurrentSchedule {
  /** `undefined` when this version can't read it. */
  readonly request: ScheduleRequest | undefined;
  readonly nextRunAt: Date | null;
}

export interface ScheduleEdit {
  readonly request: ScheduleRequest;
  readonly nextRunAt: Date | null;
}

/** A run that somebody asked for, beside those that are due. */
export interface TestRun {
  readonly dueAt: Date;
  readonly request: ReportRequest;
  readonly deliveries: readonly Delivery[];
  /** Most runs of the schedule that may be under way. */
  readonly runsMax: number;
}

/**
 * Schedules of tenants. Another tenant's id is as unknown as one that never was. Writes are durable when they resolve. The
 * secret of webhooks is made with the first one, and is in the answer to that write and in no other.
 */
export interface ScheduleStore {
  /** Throws `AppError` 422 `too_many_schedules`. */
  add(tenantId: string, schedule: NewSchedule): Promise<Schedule>;
  /** The oldest first. One that can't be read takes no other along. */
  list(tenantId: string): Promise<ScheduleList>;
  /** Also when it can't be read. */
  has(tenantId: string, id: string): Promise<boolean>;
  /** Throws `AppError` 409 `schedule_unreadable`. */
  find(tenantId: string, id: string): Promise<Schedule | undefined>;
  /** `edit` is given what is there; nobody else writes meanwhile. What it throws is thrown, and nothing is changed. */
  change(
    tenantId: string,
    id: string,
    edit: (current: CurrentSchedule) => ScheduleEdit,
  ): Promise<Schedule | undefined>;
  /** With its history, and with what was not delivered yet. */
  remove(tenantId: string, id: string): Promise<boolean>;
  /** The newest first. */
  listRuns(tenantId: string, id: string, limit: number): Promise<readonly ScheduleRun[] | undefined>;
  /** Throws `AppError` 429 `too_many_runs`. */
  addTestRun(tenantId: string, id: string, run: TestRun): Promise<ScheduleRun | undefined>;
}

/** A schedule one of whose runs is due. */
export interface DueSchedule {
  readonly tenantId: string;
  readonly id: string;
  readonly request: ScheduleRequest;
  /** The first run that was not taken yet. */
  readonly dueAt: Date;
}

export interface DuePlan {
  readonly run:
    { readonly dueAt: Date; readonly request: ReportRequest; readonly waitUntil: Date } | undefined;
  /** Recorded, and not made. */
  readonly skipped: readonly Date[];
  readonly nextRunAt: Date | null;
}

/** A run for which no report was asked for yet. */
export interface WaitingRun {
  readonly tenantId: string;
  readonly scheduleId: string;
  readonly id: string;
  readonly isTest: boolean;
  readonly request: ReportRequest;
  readonly waitUntil: Date;
}

/** Runs of all tenants' schedules. Any number of processes may share them; each run is made once. */
export interface ScheduleRuns {
  /** Takes what is due, each once, and answers how many schedules that were. */
  takeDue(plan: (due: DueSchedule) => DuePlan): Promise<number>;
  /**
   * In turn, so that many runs of one tenant do not hide those of others. A run that can't be read is left out, and given
   * up when it has waited long enough: the version that wrote it may be there until then.
   */
  listWaiting(): Promise<readonly WaitingRun[]>;
  /** The report of a run is in the queue. */
  begin(run: WaitingRun, reportId: string, notice: string | undefined): Promise<void>;
  /** No report can be made of it; nothing is delivered. */
  giveUp(run: WaitingRun, reason: string): Promise<void>;
  /** Runs whose report has ended can be delivered from now on. Answers how many. */
  settle(): Promise<number>;
  /** Forgets what ended this long ago. */
  forget(historyDays: number): Promise<number>;
}

/** One delivery that this process has taken in hand. `attempt` tells its turn from earlier and later ones. */
export interface DeliveryJob {
  readonly tenant: Tenant;
  readonly scheduleId: string;
  readonly schedule: Pick<ScheduleRequest, 'title' | 'cron' | 'timeZone' | 'period' | 'format'>;
  readonly runId: string;
  readonly position: number;
  readonly kind: Delivery['kind'];
  /** A mail address, or the address of a webhook. */
  readonly target: string;
  readonly attempt: number;
  readonly dueAt: Date;
  readonly isTest: boolean;
  readonly reportId: string;
  readonly request: ReportRequest;
  /** What is to be known of the run. */
  readonly notice: string | undefined;
}

/** What is to be delivered, of all tenants. What is said about a turn that is over changes nothing. */
export interface DeliveryQueue {
  /**
   * Of the tenant with the fewest in hand. One whose process was silent until the lease ended is claimed again; one that
   * can't be read has failed, and the next is claimed.
   */
  claim(leaseMs: number): Promise<DeliveryJob | undefined>;
  delivered(job: DeliveryJob): Promise<void>;
  postpone(job: DeliveryJob, reason: string, dueAt: Date): Promise<void>;
  fail(job: DeliveryJob, reason: string): Promise<void>;
  /**
   * What webhooks of the schedule are signed with. Throws `AppError` 503 `secrets_key_wrong` when it was encrypted with
   * another key than this process has.
   */
  findSecret(job: DeliveryJob): Promise<string | undefined>;
}
