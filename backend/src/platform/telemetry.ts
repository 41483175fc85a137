import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Telemetry of one process: a registry and the four counts that every component shares. */
export interface Telemetry {
  readonly registry: Registry;
  readonly received: Counter<'component'>;
  readonly sent: Counter<'component'>;
  readonly dropped: Counter<'component' | 'reason'>;
  readonly errors: Counter<'component' | 'code'>;
  readonly lagSeconds: Gauge<'component'>;
  readonly underWay: Gauge<'component'>;
  readonly idFilterFill: Gauge<'partition'>;
  readonly insertDuration: Histogram;
  readonly insertBytes: Histogram;
  readonly landingDuration: Histogram;
  readonly rollupDuration: Histogram;
  readonly rollupMarks: Gauge;
  readonly rollupMarkAgeSeconds: Gauge;
  readonly rollupClosedAgeSeconds: Gauge;
  readonly reconciliationDifferences: Gauge;
  readonly reports: Gauge<'state'>;
  readonly reportQueueAge: Gauge;
  readonly reportDuration: Histogram<'format' | 'outcome'>;
  readonly reportDeliveries: Counter<'kind' | 'outcome'>;
  readonly answerCache: Counter<'outcome'>;
  readonly answerCacheBytes: Gauge;
  readonly liveStreams: Gauge;
  readonly liveQuestions: Gauge;
  readonly httpDuration: Histogram<'service' | 'method' | 'route' | 'status'>;
}

export function createTelemetry(options: { defaultMetrics: boolean }): Telemetry {
  const registry = new Registry();
  const registers = [registry];
  if (options.defaultMetrics) collectDefaultMetrics({ register: registry });
  return {
    registry,
    received: new Counter({
      name: 'coditect_received_total',
      help: 'Events taken in, by component.',
      labelNames: ['component'],
      registers,
    }),
    sent: new Counter({
      name: 'coditect_sent_total',
      help: 'Events handed on or stored, by component.',
      labelNames: ['component'],
      registers,
    }),
    dropped: new Counter({
      name: 'coditect_dropped_total',
      help: 'Events not kept, by component and reason.',
      labelNames: ['component', 'reason'],
      registers,
    }),
    errors: new Counter({
      name: 'coditect_errors_total',
      help: 'Failures, by component and code.',
      labelNames: ['component', 'code'],
      registers,
    }),
    lagSeconds: new Gauge({
      name: 'coditect_lag_seconds',
      help: 'Distance behind the input, by component.',
      labelNames: ['component'],
      registers,
    }),
    underWay: new Gauge({
      name: 'coditect_under_way_events',
      help: 'Events taken in and not yet handed on, by component.',
      labelNames: ['component'],
      registers,
    }),
    idFilterFill: new Gauge({
      name: 'coditect_id_filter_fill_ratio',
      help: 'Share of the bits that are set in the filter of stored event ids, by partition.',
      labelNames: ['partition'],
      registers,
    }),
    insertDuration: new Histogram({
      name: 'coditect_insert_duration_seconds',
      help: 'Time that an insert into ClickHouse takes, with every view behind it.',
      buckets: [0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
      registers,
    }),
    insertBytes: new Histogram({
      name: 'coditect_insert_bytes',
      help: 'Size of an insert into ClickHouse as JSON. Many small ones cost more than few large ones.',
      buckets: [1e3, 1e4, 1e5, 1e6, 2e6, 5e6, 1e7, 2e7],
      registers,
    }),
    landingDuration: new Histogram({
      name: 'coditect_landing_duration_seconds',
      help: 'Time that one transaction of landing into TimescaleDB takes.',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
      registers,
    }),
    ...createRollupTelemetry(registers),
    ...createReportTelemetry(registers),
    ...createAnswerTelemetry(registers),
    httpDuration: new Histogram({
      name: 'coditect_http_request_duration_seconds',
      help: 'Time to answer a request.',
      labelNames: ['service', 'method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    }),
  };
}

function createRollupTelemetry(
  registers: Registry[],
): Pick<
  Telemetry,
  | 'rollupDuration'
  | 'rollupMarks'
  | 'rollupMarkAgeSeconds'
  | 'rollupClosedAgeSeconds'
  | 'reconciliationDifferences'
> {
  return {
    rollupDuration: new Histogram({
      name: 'coditect_rollup_duration_seconds',
      help: 'Time that one transaction of the rollup takes.',
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
      registers,
    }),
    rollupMarks: new Gauge({
      name: 'coditect_rollup_marks',
      help: 'Marks of landed events that wait for the rollup.',
      registers,
    }),
    rollupMarkAgeSeconds: new Gauge({
      name: 'coditect_rollup_mark_age_seconds',
      help: 'How long the oldest mark has waited for the rollup.',
      registers,
    }),
    rollupClosedAgeSeconds: new Gauge({
      name: 'coditect_rollup_closed_age_seconds',
      help: 'Time since the end of the last closed day, of the tenant that is furthest behind. Above 86,400 and the delay, days stay open.',
      registers,
    }),
    reconciliationDifferences: new Gauge({
      name: 'coditect_reconciliation_differences',
      help: 'Days and types of events for which TimescaleDB and ClickHouse disagree.',
      registers,
    }),
  };
}

function createReportTelemetry(
  registers: Registry[],
): Pick<Telemetry, 'reports' | 'reportQueueAge' | 'reportDuration' | 'reportDeliveries'> {
  return {
    reports: new Gauge({
      name: 'coditect_reports',
      help: 'Reports of all processes that wait or are being made, by state.',
      labelNames: ['state'],
      registers,
    }),
    reportQueueAge: new Gauge({
      name: 'coditect_report_queue_age_seconds',
      help: 'How long the first report in the queue has waited.',
      registers,
    }),
    reportDuration: new Histogram({
      name: 'coditect_report_duration_seconds',
      help: 'Time from the start of a report to its end, by what became of it.',
      labelNames: ['format', 'outcome'],
      buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800],
      registers,
    }),
    reportDeliveries: new Counter({
      name: 'coditect_report_deliveries_total',
      help: 'Attempts to send a report of a schedule, by kind and what became of them; failed ones are given up.',
      labelNames: ['kind', 'outcome'],
      registers,
    }),
  };
}

function createAnswerTelemetry(
  registers: Registry[],
): Pick<Telemetry, 'answerCache' | 'answerCacheBytes' | 'liveStreams' | 'liveQuestions'> {
  return {
    answerCache: new Counter({
      name: 'coditect_answer_cache_total',
      help: 'Questions that the cache of answers could take part in: hit, miss, or bypassed by who asked.',
      labelNames: ['outcome'],
      registers,
    }),
    answerCacheBytes: new Gauge({
      name: 'coditect_answer_cache_bytes',
      help: 'Memory that kept answers take.',
      registers,
    }),
    liveStreams: new Gauge({
      name: 'coditect_live_streams',
      help: 'Live answers that somebody listens to.',
      registers,
    }),
    liveQuestions: new Gauge({
      name: 'coditect_live_questions',
      help: 'Different questions among the live answers: each is asked again and again.',
      registers,
    }),
  };
}
