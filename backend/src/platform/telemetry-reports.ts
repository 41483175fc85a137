import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Of the rollups. */
export interface RollupTelemetry {
  readonly rollupDuration: Histogram;
  readonly rollupMarks: Gauge;
  readonly rollupMarkAgeSeconds: Gauge;
  readonly rollupClosedAgeSeconds: Gauge;
  readonly reconciliationDifferences: Gauge;
}

export function createRollupTelemetry(registers: Registry[]): RollupTelemetry {
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

/** Of reports and their deliveries. */
export interface ReportTelemetry {
  readonly reports: Gauge<'state'>;
  readonly reportQueueAge: Gauge;
  readonly reportDuration: Histogram<'format' | 'outcome'>;
  readonly reportDeliveries: Counter<'kind' | 'outcome'>;
}

export function createReportTelemetry(registers: Registry[]): ReportTelemetry {
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
