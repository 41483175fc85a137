import type { Report, ReportList, Schedule, ScheduleList, ScheduleRun } from '@coditect/contracts';

/** What is always there has to be of its kind; what may be absent is read where it is used. */
type Shape<T> = {
  [Key in keyof T as undefined extends T[Key] ? never : Key]: (value: unknown) => boolean;
};

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => typeof value === 'number';
const isFlag = (value: unknown) => typeof value === 'boolean';
const isOneOf =
  (...words: string[]) =>
  (value: unknown) =>
    typeof value === 'string' && words.includes(value);
const orNull = (check: (value: unknown) => boolean) => (value: unknown) => value === null || check(value);
const isListOf = (check: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(check);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every field that the type names, each of its kind; the service may add others. */
function hasShape<T>(value: unknown, shape: Shape<T>): value is T {
  const checks = Object.entries<(value: unknown) => boolean>(shape);
  return isRecord(value) && checks.every(([name, check]) => check(value[name]));
}

const isState = isOneOf('queued', 'running', 'done', 'failed', 'cancelled', 'expired');
const isFormat = isOneOf('pdf', 'csv');

const reportShape: Shape<Report> = {
  id: isText,
  title: isText,
  format: isFormat,
  content: isOneOf('queries', 'frames'),
  state: isState,
  progress: isNumber,
  attempt: isNumber,
  createdAt: isText,
  startedAt: orNull(isText),
  finishedAt: orNull(isText),
  expiresAt: orNull(isText),
  failure: orNull((value) =>
    hasShape<NonNullable<Report['failure']>>(value, { code: isText, reason: isText }),
  ),
  file: orNull((value) =>
    hasShape<NonNullable<Report['file']>>(value, {
      name: isText,
      contentType: isText,
      bytes: isNumber,
      rows: isNumber,
      sha256: isText,
    }),
  ),
  scheduleId: orNull(isText),
  notices: isListOf((value) =>
    hasShape<Report['notices'][number]>(value, { severity: isText, code: isText, text: isText }),
  ),
};

const scheduleShape: Shape<Schedule> = {
  id: isText,
  title: isText,
  format: isFormat,
  options: isRecord,
  cron: isText,
  timeZone: isText,
  weekdaysOnly: isFlag,
  startAt: orNull(isText),
  endAt: orNull(isText),
  paused: isFlag,
  period: isText,
  queries: isListOf((query) => isRecord(query) && isText(query['metric'])),
  deliveries: isListOf((delivery) => isRecord(delivery) && isOneOf('email', 'webhook')(delivery['kind'])),
  createdAt: isText,
  updatedAt: isText,
  nextRunAt: orNull(isText),
  lastRunAt: orNull(isText),
};

const runShape: Shape<ScheduleRun> = {
  id: isText,
  dueAt: isText,
  isTest: isFlag,
  reportId: orNull(isText),
  state: isState,
  deliveries: isListOf((value) =>
    hasShape<ScheduleRun['deliveries'][number]>(value, {
      kind: isText,
      target: isText,
      state: isOneOf('waiting', 'delivered', 'failed'),
      attempts: isNumber,
      reason: orNull(isText),
      at: orNull(isText),
    }),
  ),
};

/** @throws Error when something other than the reporting service has answered. */
export function readReport(body: unknown): Report {
  if (!hasShape<Report>(body, reportShape)) throw strangeAnswer();
  return body;
}

/** @throws Error when something other than the reporting service has answered. */
export function readReportList(body: unknown): ReportList {
  const shape: Shape<ReportList> = { reports: Array.isArray, next: orNull(isText) };
  if (!hasShape<ReportList>(body, shape)) throw strangeAnswer();
  return { reports: body.reports.map(readReport), next: body.next };
}

/** @throws Error when something other than the reporting service has answered. */
export function readSchedule(body: unknown): Schedule {
  if (!hasShape<Schedule>(body, scheduleShape)) throw strangeAnswer();
  return body;
}

/** @throws Error when something other than the reporting service has answered. */
export function readSchedules(body: unknown): ScheduleList {
  if (!hasShape<ScheduleList>(body, { schedules: Array.isArray })) throw strangeAnswer();
  const { schedules, unreadable } = body;
  if (unreadable !== undefined && !isListOf(isText)(unreadable)) throw strangeAnswer();
  return { schedules: schedules.map(readSchedule), ...(unreadable !== undefined && { unreadable }) };
}

/** @throws Error when something other than the reporting service has answered. */
export function readScheduleRun(body: unknown): ScheduleRun {
  if (!hasShape<ScheduleRun>(body, runShape)) throw strangeAnswer();
  return body;
}

/** @throws Error when something other than the reporting service has answered. */
export function readScheduleRuns(body: unknown): ScheduleRun[] {
  if (!hasShape<{ runs: unknown[] }>(body, { runs: Array.isArray })) throw strangeAnswer();
  return body.runs.map(readScheduleRun);
}

function strangeAnswer(): Error {
  return new Error(
    'The answer does not come from a reporting service of this version. Check the reporting URL.',
  );
}
