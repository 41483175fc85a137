import type {
  KpiDescription,
  MetricQueryInput,
  Report,
  ReportList,
  ReportRequestInput,
  ReportState,
  Schedule,
  ScheduleList,
  ScheduleRequestInput,
  ScheduleRun,
} from '@coditect/contracts';

/** The data source's id, by which its panels are told from others. */
export const datasourcePluginId = 'coditect-analytics-datasource';

/**
 * The reporting service behind the data source's own proxy: its key decides the tenant. Every rejection is an `Error`
 * whose message can be shown as it is.
 */
export interface ReportsClient {
  /** Sent twice with the same `idempotencyKey` it makes one report. */
  create(request: ReportRequestInput, idempotencyKey: string): Promise<Report>;
  find(id: string): Promise<Report>;
  /** The newest first, of one state or of all; `before` is the `next` of the page before. */
  list(page: { limit: number; before?: string; state?: ReportState }): Promise<ReportList>;
  cancel(id: string): Promise<Report>;
  retry(id: string): Promise<Report>;
  remove(id: string): Promise<void>;
  file(id: string): Promise<Blob>;
  /** Where a browser can fetch the file by itself, relative to Grafana's base address. */
  fileAddress(id: string): string;
  schedules(): Promise<ScheduleList>;
  createSchedule(schedule: ScheduleRequestInput): Promise<Schedule>;
  updateSchedule(id: string, schedule: ScheduleRequestInput): Promise<Schedule>;
  removeSchedule(id: string): Promise<void>;
  /** Changes nothing else of it, so that what others write at the same time stays. */
  pauseSchedule(id: string): Promise<Schedule>;
  /** Goes on with the next run that is due, and makes up for none. */
  resumeSchedule(id: string): Promise<Schedule>;
  /** Runs it now; a test is marked as one and sent like any other run. */
  runSchedule(id: string): Promise<ScheduleRun>;
  scheduleRuns(id: string): Promise<ScheduleRun[]>;
}

/** What a panel adds to the queries that are saved in it. Times are milliseconds since 1970. */
export interface PanelCircumstances {
  fromMs: number;
  toMs: number;
  timeZone: string;
  maxDataPoints: number | undefined;
  panelPluginId: string;
  adHocFilters: ReadonlyArray<{ key: string; operator: string; value: string; values?: string[] }>;
  scopedVars: Record<string, { text?: unknown; value?: unknown } | undefined>;
}

/** The questions that one query of a panel stands for: values per interval, values over the whole range, or both. */
export interface PanelQuestions {
  refId: string;
  series?: MetricQueryInput;
  total?: MetricQueryInput;
  /** Sentences about what was left out. */
  unused: string[];
}

/** What the app asks of a data source instance of ours. */
export interface ReportsSource {
  /** `undefined` while the data source has no address of a reporting service. */
  readonly reports: ReportsClient | undefined;
  /** The questions of a panel, made as the data source makes them for the panel itself. */
  planQuestions(targets: readonly unknown[], circumstances: PanelCircumstances): Promise<PanelQuestions[]>;
  kpis(): Promise<KpiDescription[]>;
}

/** Tells an instance that can make reports from other data sources, and from older versions of ours. */
export function isReportsSource(instance: unknown): instance is ReportsSource {
  return (
    typeof instance === 'object' &&
    instance !== null &&
    'reports' in instance &&
    'planQuestions' in instance &&
    typeof instance.planQuestions === 'function' &&
    'kpis' in instance &&
    typeof instance.kpis === 'function'
  );
}
