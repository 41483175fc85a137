import type { Config } from '../../platform/config.js';

export interface RetentionRule {
  /** In words, with the variable that says so. */
  readonly kept: string;
  /** As it is configured; `undefined` for what is kept as long as the store. */
  readonly days?: (config: Config) => number | undefined;
}

const aggregateDays = ({ streamProcessor }: Config): number => streamProcessor.aggregateRetentionDays;
const rollupDays = ({ rollup }: Config): number => rollup.rollupRetentionDays;
const historyDays = ({ reporting }: Config): number => reporting.historyDays;

/** Why something leaves its store. Every table and every other place follows one of these. */
export const retentionRules = {
  rawEvents: {
    kept: '`RAW_RETENTION_DAYS`, from receipt',
    days: ({ streamProcessor }) => streamProcessor.rawRetentionDays,
  },
  identities: {
    kept: '`AGGREGATE_RETENTION_DAYS` and about three months, from receipt',
    days: aggregateDays,
  },
  aggregates: { kept: '`AGGREGATE_RETENTION_DAYS` and up to a month, from receipt', days: aggregateDays },
  dayChecks: { kept: '`AGGREGATE_RETENTION_DAYS`, from the day', days: aggregateDays },
  landing: {
    kept: '`LANDING_RETENTION_DAYS` and up to a week, from receipt; longer where a rollup still needs it',
    days: ({ rollup }) => rollup.landingRetentionDays,
  },
  rollups: { kept: '`ROLLUP_RETENTION_DAYS`, from the day, by whole months', days: rollupDays },
  rollupReceipts: { kept: '`ROLLUP_RETENTION_DAYS`, from receipt', days: rollupDays },
  rollupMonths: { kept: '`ROLLUP_RETENTION_DAYS`, from receipt, by whole months', days: rollupDays },
  deadLetters: {
    kept: '`DEAD_LETTER_RETENTION_DAYS`, from when it was last given up',
    days: ({ deadLetters }) => deadLetters.retentionDays,
  },
  reportFiles: { kept: '`REPORT_RETENTION_DAYS`', days: ({ reporting }) => reporting.retentionDays },
  reports: { kept: '`REPORT_HISTORY_DAYS`, from its end', days: historyDays },
  deliveries: { kept: '`REPORT_HISTORY_DAYS`, with its run', days: historyDays },
  usage: { kept: '`USAGE_RETENTION_DAYS`, from the day', days: ({ retention }) => retention.usageDays },
  subjectJobs: {
    kept: '`SUBJECT_JOB_RETENTION_DAYS`, from its end; without it as long as the store',
    days: ({ retention }) => retention.subjectJobDays,
  },
  audit: {
    kept: '`AUDIT_RETENTION_DAYS`, by whole beginnings of a chain; without it as long as the store',
    days: ({ retention }) => retention.auditDays,
  },
  untilRolledUp: { kept: 'until it is rolled up' },
  untilTakenBack: { kept: 'until it is taken back' },
  untilRemoved: { kept: 'until it is removed' },
  store: { kept: 'as long as the store' },
} as const satisfies Readonly<Record<string, RetentionRule>>;
export type RetentionName = keyof typeof retentionRules;
