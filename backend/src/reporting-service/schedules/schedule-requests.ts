import type {
  ReportRequest,
  Schedule,
  ScheduleList,
  ScheduleRequest,
  ScheduleRun,
} from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';
import type { ScheduleStore } from '../../platform/schedules.js';
import type { Quotas } from '../../platform/quotas.js';
import type { Principal, Tenant } from '../../platform/tenancy.js';
import { checkSchedule } from './check-schedule.js';
import { findFirstRun, keepNextRun, toReportRequest } from './plan-runs.js';

/** Throws whatever makes a question of the report impossible, its pointer leading into `queries`. */
export type CheckReport = (tenant: Tenant, request: ReportRequest, signal: AbortSignal) => Promise<void>;

export interface ScheduleRequestsOptions {
  readonly store: ScheduleStore;
  readonly quotas: Quotas;
  readonly checkReport: CheckReport;
  readonly canMail: boolean;
  readonly allowPrivate: boolean;
  readonly schedulesMax: number;
  /** There may be a run to make. */
  readonly wake: () => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * What can be asked about schedules. Another tenant's is as unknown as one that never was: 404 `schedule_unknown`. One that
 * this version can't read is 409 `schedule_unreadable` wherever its content matters; it can be replaced and removed.
 */
export interface ScheduleRequests {
  create(principal: Principal, request: ScheduleRequest, signal: AbortSignal): Promise<Schedule>;
  list(tenant: Tenant): Promise<ScheduleList>;
  get(tenant: Tenant, id: string): Promise<Schedule>;
  replace(tenant: Tenant, id: string, request: ScheduleRequest, signal: AbortSignal): Promise<Schedule>;
  setPaused(tenant: Tenant, id: string, paused: boolean): Promise<Schedule>;
  remove(tenant: Tenant, id: string): Promise<void>;
  /** Throws 429 `quota_exceeded`. Makes and delivers it now, whether or not it is paused, and does not wait for its period to be complete. */
  run(tenant: Tenant, id: string): Promise<ScheduleRun>;
  listRuns(tenant: Tenant, id: string, limit: number): Promise<readonly ScheduleRun[]>;
}

const testRunsMax = 5;

export function createScheduleRequests(options: ScheduleRequestsOptions): ScheduleRequests {
  const { store, now } = options;

  async function check(tenant: Tenant, request: ScheduleRequest, signal: AbortSignal): Promise<void> {
    const { canMail, allowPrivate, checkReport } = options;
    checkSchedule(request, { nowMs: now(), canMail, allowPrivate });
    await checkReport(tenant, toReportRequest(request, now()), signal);
  }
  async function get(tenant: Tenant, id: string): Promise<Schedule> {
    return (await store.find(tenant.id, id)) ?? unknown();
  }

  return {
    get,
    list: (tenant) => store.list(tenant.id),
    async create({ tenant, keyId }, request, signal) {
      await check(tenant, request, signal);
      const nextRunAt = findFirstRun(request, now());
      const { schedulesMax } = options;
      return store.add(tenant.id, { request, createdBy: keyId, nextRunAt, schedulesMax });
    },
    async replace(tenant, id, request, signal) {
      if (!(await store.has(tenant.id, id))) unknown();
      await check(tenant, request, signal);
      const changed = await store.change(tenant.id, id, (before) => ({
        request,
        nextRunAt: keepNextRun(before, request, now()),
      }));
      return changed ?? unknown();
    },
    async setPaused(tenant, id, paused) {
      const changed = await store.change(tenant.id, id, (before) => {
        const request = { ...(before.request ?? unreadable()), paused };
        return { request, nextRunAt: keepNextRun(before, request, now()) };
      });
      return changed ?? unknown();
    },
    async remove(tenant, id) {
      if (!(await store.remove(tenant.id, id))) unknown();
    },
    async run(tenant, id) {
      const schedule = await get(tenant, id);
      await options.quotas.require(tenant.id, 'reportMinutesPerDay');
      const run = await store.addTestRun(tenant.id, id, {
        dueAt: new Date(now()),
        request: toReportRequest(schedule, now()),
        deliveries: schedule.deliveries,
        runsMax: testRunsMax,
      });
      options.wake();
      return run ?? unknown();
    },
    async listRuns(tenant, id, limit) {
      return (await store.listRuns(tenant.id, id, limit)) ?? unknown();
    },
  };
}

function unreadable(): never {
  const reason = 'This version of the service can not read the schedule. Replace or remove it.';
  throw new AppError('schedule_unreadable', reason, { status: 409 });
}

function unknown(): never {
  throw new AppError('schedule_unknown', 'There is no schedule with this id.', { status: 404 });
}
