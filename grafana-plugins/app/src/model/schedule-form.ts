import type {
  CompareTo,
  Delivery,
  RelativePeriod,
  ReportFormat,
  Schedule,
  ScheduledQuery,
  ScheduleRequestInput,
} from '@coditect/contracts';
import { fromLocalText, toLocalText } from './period';

/** How often, as people say it; whatever else a cron line can say stays a cron line. */
export type Rhythm = 'daily' | 'weekly' | 'monthly' | 'lastDay' | 'cron';

/** What the editor of a schedule holds. Texts are as they are typed. */
export interface ScheduleForm {
  title: string;
  format: ReportFormat;
  metrics: string[];
  groupBy: string[];
  compareTo: CompareTo;
  /** `total`, or an interval. */
  detail: 'total' | '1h' | '1d' | '1w';
  period: RelativePeriod;
  rhythm: Rhythm;
  /** `HH:mm`. */
  time: string;
  /** 0 is Sunday, as in cron. */
  weekday: number;
  dayOfMonth: number;
  cron: string;
  timeZone: string;
  weekdaysOnly: boolean;
  /** `YYYY-MM-DD`, or empty for without. */
  startDay: string;
  endDay: string;
  emails: string;
  webhooks: string;
  paused: boolean;
}

export type FormProblems = Partial<Record<keyof ScheduleForm, string>>;

export const periodWords: Readonly<Record<RelativePeriod, string>> = {
  yesterday: 'Yesterday',
  last7Days: 'Last 7 days',
  last28Days: 'Last 28 days',
  previousWeek: 'Previous week',
  previousMonth: 'Previous month',
  monthToDate: 'Month to date',
};

export const weekdayNames = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;

export function emptyForm(timeZone: string): ScheduleForm {
  return {
    title: '',
    format: 'pdf',
    metrics: [],
    groupBy: [],
    compareTo: 'previousPeriod',
    detail: 'total',
    period: 'previousWeek',
    rhythm: 'weekly',
    time: '07:00',
    weekday: 1,
    dayOfMonth: 1,
    cron: '0 7 * * 1',
    timeZone,
    weekdaysOnly: false,
    startDay: '',
    endDay: '',
    emails: '',
    webhooks: '',
    paused: false,
  };
}

interface Moment {
  rhythm: Rhythm;
  time: string;
  weekday: number;
  dayOfMonth: number;
}

const cronLine = /^(\d{1,2}) (\d{1,2}) (\*|L|\d{1,2}) \* (\*|[0-6])$/u;

/** Reads a cron line as one of the rhythms that the editor has words for. */
export function readRhythm(cron: string): Moment {
  const plain: Moment = { rhythm: 'cron', time: '07:00', weekday: 1, dayOfMonth: 1 };
  const [, minute = '', hour = '', day = '', weekday = ''] = cronLine.exec(cron.trim()) ?? [];
  if (minute === '' || (day !== '*' && weekday !== '*')) {
    return plain;
  }
  const timed = { ...plain, time: `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}` };
  if (weekday !== '*') {
    return { ...timed, rhythm: 'weekly', weekday: Number(weekday) };
  }
  if (day === 'L') {
    return { ...timed, rhythm: 'lastDay' };
  }
  return day === '*'
    ? { ...timed, rhythm: 'daily' }
    : { ...timed, rhythm: 'monthly', dayOfMonth: Number(day) };
}

export function toCron({ rhythm, time, weekday, dayOfMonth, cron }: Moment & { cron: string }): string {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  switch (rhythm) {
    case 'daily':
      return `${minute} ${hour} * * *`;
    case 'weekly':
      return `${minute} ${hour} * * ${weekday}`;
    case 'monthly':
      return `${minute} ${hour} ${dayOfMonth} * *`;
    case 'lastDay':
      return `${minute} ${hour} L * *`;
    case 'cron':
      return cron.trim();
  }
}

/** `Every Monday at 07:00, Europe/Berlin`. */
export function describeRhythm({
  cron,
  timeZone,
  weekdaysOnly,
}: Pick<Schedule, 'cron' | 'timeZone' | 'weekdaysOnly'>): string {
  const { rhythm, time, weekday, dayOfMonth } = readRhythm(cron);
  const words: Record<Rhythm, string> = {
    daily: `Every ${weekdaysOnly ? 'weekday' : 'day'} at ${time}`,
    weekly: `Every ${weekdayNames[weekday] ?? 'week'} at ${time}`,
    monthly: `On day ${dayOfMonth} of the month at ${time}`,
    lastDay: `On the last day of the month at ${time}`,
    cron: `cron ${cron}`,
  };
  const without = weekdaysOnly && rhythm !== 'daily' ? ', not on weekends' : '';
  return `${words[rhythm]}${without}, ${timeZone}`;
}

/** Whether the editor can show the queries of a schedule without losing what it has no field for. */
export function isEditable(queries: readonly ScheduledQuery[]): boolean {
  const [first] = queries;
  const likeFirst = (query: ScheduledQuery): boolean =>
    JSON.stringify({ ...query, metric: '' }) === JSON.stringify({ ...first, metric: '' });
  return queries.every((query) => likeFirst(query) && hasFields(query));
}

const partsWithField = new Set(['metric', 'groupBy', 'compareTo', 'total', 'interval']);

/** Parts that are not named above have no field, also those that a later version of the service gives. */
function hasFields(query: ScheduledQuery): boolean {
  const { filters = [], ...parts } = query;
  const isKept = Object.entries(parts).every(
    ([name, part]) => part === undefined || partsWithField.has(name),
  );
  return isKept && filters.length === 0 && detailOf(query) !== undefined;
}

function detailOf(query: ScheduledQuery | undefined): ScheduleForm['detail'] | undefined {
  const details: ReadonlyArray<ScheduleForm['detail']> = ['total', '1h', '1d', '1w'];
  return details.find((detail) => detail === (query?.total === true ? 'total' : query?.interval));
}

/** The day on which an instant falls in the schedule's own zone. */
function dayOf(instant: string | null, timeZone: string): string {
  return instant === null ? '' : toLocalText(Date.parse(instant), timeZone).slice(0, 10);
}

/** The instant of a day's clock in the schedule's own zone; one that is kept stays exactly as it is. */
function instantOf(day: string, clock: string, timeZone: string, kept: string | null): string | null {
  if (day === '') return null;
  if (kept !== null && dayOf(kept, timeZone) === day) return kept;
  return new Date(fromLocalText(`${day}T${clock}`, timeZone)).toISOString();
}

export function toForm(schedule: Schedule): ScheduleForm {
  const [first] = schedule.queries;
  const targets = (kind: Delivery['kind']): string =>
    schedule.deliveries
      .flatMap((delivery) =>
        delivery.kind !== kind ? [] : delivery.kind === 'email' ? delivery.to : [delivery.url],
      )
      .join('\n');
  return {
    title: schedule.title,
    format: schedule.format,
    metrics: schedule.queries.map(({ metric }) => metric),
    groupBy: first?.groupBy ?? [],
    compareTo: first?.compareTo ?? 'none',
    detail: detailOf(first) ?? 'total',
    period: schedule.period,
    ...readRhythm(schedule.cron),
    cron: schedule.cron,
    timeZone: schedule.timeZone,
    weekdaysOnly: schedule.weekdaysOnly,
    startDay: dayOf(schedule.startAt, schedule.timeZone),
    endDay: dayOf(schedule.endAt, schedule.timeZone),
    emails: targets('email'),
    webhooks: targets('webhook'),
    paused: schedule.paused,
  };
}

const listOf = (text: string): string[] => text.split(/[\s,;]+/u).filter((part) => part !== '');

function deliveriesOf({ emails, webhooks }: ScheduleForm): Delivery[] {
  const to = listOf(emails);
  return [
    ...(to.length > 0 ? [{ kind: 'email' as const, to }] : []),
    ...listOf(webhooks).map((url) => ({ kind: 'webhook' as const, url })),
  ];
}

/** @param kept the schedule that is edited: what the editor has no field for stays as it is */
export function toRequest(form: ScheduleForm, kept?: Schedule): ScheduleRequestInput {
  const keepsQueries = kept !== undefined && !isEditable(kept.queries);
  const asked = form.detail === 'total' ? { total: true as const } : { interval: form.detail };
  return {
    title: form.title.trim(),
    format: form.format,
    ...(kept !== undefined && { options: kept.options }),
    cron: toCron(form),
    timeZone: form.timeZone.trim(),
    weekdaysOnly: form.weekdaysOnly,
    startAt: instantOf(form.startDay, '00:00:00', form.timeZone, kept?.startAt ?? null),
    endAt: instantOf(form.endDay, '23:59:59', form.timeZone, kept?.endAt ?? null),
    paused: form.paused,
    period: form.period,
    queries: keepsQueries
      ? kept.queries
      : form.metrics.map((metric) => ({
          metric,
          ...asked,
          groupBy: form.groupBy,
          compareTo: form.compareTo,
        })),
    deliveries: deliveriesOf(form),
  };
}

const looksLikeEmail = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;
const looksLikeUrl = /^https?:\/\/[^\s/]+/u;

/** What has to be changed before the form can be sent, by field. The service checks the rest. */
export function explainForm(form: ScheduleForm): FormProblems {
  const email = listOf(form.emails).find((address) => !looksLikeEmail.test(address));
  const webhook = listOf(form.webhooks).find((url) => !looksLikeUrl.test(url));
  const checks: FormProblems = {
    ...(form.title.trim() === '' && { title: 'Give the schedule a title.' }),
    ...(form.metrics.length === 0 && { metrics: 'Choose at least one KPI.' }),
    ...(form.timeZone.trim() === '' && { timeZone: 'Choose a time zone.' }),
    ...(email !== undefined && { emails: `${email} is no e-mail address.` }),
    ...(webhook !== undefined && {
      webhooks: `${webhook} is no address of a webhook: start it with https://.`,
    }),
  };
  if (form.rhythm === 'cron' && form.cron.trim().split(/\s+/u).length !== 5) {
    checks.cron = 'A cron line has five fields: minute, hour, day, month, weekday.';
  }
  if (form.startDay !== '' && form.endDay !== '' && form.endDay < form.startDay) {
    checks.endDay = 'The last day comes before the first one.';
  }
  return checks;
}
