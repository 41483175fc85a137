import type { ReportsClient } from '@coditect/plugins-shared';
import { firstValueFrom, type Observable } from 'rxjs';
import { classifyFailure, describeFailure, type ServiceWords } from './model/failure';
import {
  readReport,
  readReportList,
  readSchedule,
  readScheduleRun,
  readScheduleRuns,
  readSchedules,
} from './model/report-answers';

/** The part of Grafana's HTTP client that reports need. */
export interface ReportFetcher {
  fetch<T>(request: {
    url: string;
    method?: string;
    data?: unknown;
    params?: Record<string, string>;
    headers?: Record<string, string>;
    responseType?: 'blob';
    showErrorAlert?: boolean;
    showSuccessAlert?: boolean;
  }): Observable<{ data: T }>;
}

type Ask = (
  method: string,
  path: string,
  more?: Omit<Parameters<ReportFetcher['fetch']>[0], 'url'>,
) => Promise<unknown>;

const words: ServiceWords = { service: 'reporting service', url: 'reporting URL', scope: 'report' };

/** @param proxyUrl the data source's address at Grafana, without a slash at its end */
export function createReportsClient(deps: { fetcher: () => ReportFetcher; proxyUrl: string }): ReportsClient {
  const base = `${deps.proxyUrl}/reports/v1`;
  const ask: Ask = async (method, path, more = {}) => {
    const request = {
      url: `${base}/${path}`,
      method,
      showErrorAlert: false,
      showSuccessAlert: false,
      ...more,
    };
    try {
      const { data } = await firstValueFrom(deps.fetcher().fetch<unknown>(request));
      return data;
    } catch (error) {
      throw new Error(describeFailure(classifyFailure(await withReadBody(error)), words), { cause: error });
    }
  };
  return { ...reportCalls(ask, base), ...scheduleCalls(ask) };
}

type ReportCalls = Omit<ReportsClient, keyof ScheduleCalls>;
type ScheduleCalls = Pick<
  ReportsClient,
  | 'schedules'
  | 'createSchedule'
  | 'updateSchedule'
  | 'removeSchedule'
  | 'pauseSchedule'
  | 'resumeSchedule'
  | 'runSchedule'
  | 'scheduleRuns'
>;

const encoded = encodeURIComponent;

function reportCalls(ask: Ask, base: string): ReportCalls {
  return {
    create: async (request, idempotencyKey) =>
      readReport(
        await ask('POST', 'reports', { data: request, headers: { 'Idempotency-Key': idempotencyKey } }),
      ),
    find: async (id) => readReport(await ask('GET', `reports/${encoded(id)}`)),
    list: async ({ limit, before, state }) => {
      const params = { limit: String(limit), ...(before && { before }), ...(state && { state }) };
      return readReportList(await ask('GET', 'reports', { params }));
    },
    cancel: async (id) => readReport(await ask('POST', `reports/${encoded(id)}/cancel`)),
    retry: async (id) => readReport(await ask('POST', `reports/${encoded(id)}/retry`)),
    remove: async (id) => {
      await ask('DELETE', `reports/${encoded(id)}`);
    },
    file: async (id) => {
      const data = await ask('GET', `reports/${encoded(id)}/file`, { responseType: 'blob' });
      if (!(data instanceof Blob)) throw new Error('The reporting service sent no file.');
      return data;
    },
    fileAddress: (id) => `${base}/reports/${encoded(id)}/file`.replace(/^\/+/u, ''),
  };
}

function scheduleCalls(ask: Ask): ScheduleCalls {
  return {
    schedules: async () => readSchedules(await ask('GET', 'schedules')),
    createSchedule: async (schedule) => readSchedule(await ask('POST', 'schedules', { data: schedule })),
    updateSchedule: async (id, schedule) =>
      readSchedule(await ask('PUT', `schedules/${encoded(id)}`, { data: schedule })),
    removeSchedule: async (id) => {
      await ask('DELETE', `schedules/${encoded(id)}`);
    },
    pauseSchedule: async (id) => readSchedule(await ask('POST', `schedules/${encoded(id)}/pause`)),
    resumeSchedule: async (id) => readSchedule(await ask('POST', `schedules/${encoded(id)}/resume`)),
    runSchedule: async (id) => readScheduleRun(await ask('POST', `schedules/${encoded(id)}/run`)),
    scheduleRuns: async (id) => readScheduleRuns(await ask('GET', `schedules/${encoded(id)}/runs`)),
  };
}

/** Whoever asks for a file gets its refusal as a file too. */
async function withReadBody(error: unknown): Promise<unknown> {
  if (typeof error !== 'object' || error === null || !('data' in error) || !(error.data instanceof Blob)) {
    return error;
  }
  const text = await error.data.text();
  try {
    const data: unknown = JSON.parse(text);
    return { ...error, data };
  } catch {
    return { ...error, data: text };
  }
}
