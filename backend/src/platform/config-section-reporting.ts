import { port, wholeNumber } from './config-variable.js';

const mebibyte = 1_048_576;

/** Of the one that makes reports. Bounds of a single question are those of the metrics service. */
export const reportingSection = {
  port: port('REPORTING_PORT', { description: 'Where reports are made.', fallback: 4328 }),
  bodyBytesMax: wholeNumber('REPORT_BODY_BYTES_MAX', {
    description: 'Largest body of a request for a report that is recomputed.',
    unit: 'bytes',
    fallback: mebibyte,
    min: 1_024,
    max: 64 * mebibyte,
  }),
  framesBytesMax: wholeNumber('REPORT_FRAMES_BYTES_MAX', {
    description: 'Largest body of a request for a report with the values of a panel.',
    unit: 'bytes',
    fallback: 5 * mebibyte,
    min: 1_024,
    max: 64 * mebibyte,
  }),
  queuedMax: wholeNumber('REPORT_QUEUED_MAX', {
    description: 'Most reports of one tenant that wait. Further ones are answered 429 with Retry-After.',
    unit: 'reports',
    fallback: 1_000,
    min: 1,
    max: 1_000_000,
  }),
  concurrency: wholeNumber('REPORT_CONCURRENCY', {
    description: 'Most reports that one process makes at once.',
    unit: 'reports',
    fallback: 2,
    min: 1,
    max: 64,
  }),
  attemptsMax: wholeNumber('REPORT_ATTEMPTS_MAX', {
    description: 'How often a report is begun before it has failed.',
    unit: 'attempts',
    fallback: 3,
    min: 1,
    max: 100,
  }),
  retryDelayMs: wholeNumber('REPORT_RETRY_DELAY_MS', {
    description:
      'Wait before a report is begun again after an error that may pass; four times as long each time.',
    unit: 'ms',
    fallback: 5_000,
    min: 0,
    max: 600_000,
  }),
  leaseMs: wholeNumber('REPORT_LEASE_MS', {
    description:
      'How long a process that makes a report may be silent before another one begins it again. Clocks have to agree to a fraction of it.',
    unit: 'ms',
    fallback: 60_000,
    min: 5_000,
    max: 3_600_000,
  }),
  timeoutMs: wholeNumber('REPORT_TIMEOUT_MS', {
    description: 'Longest time that one report may take.',
    unit: 'ms',
    fallback: 1_800_000,
    min: 1_000,
    max: 86_400_000,
  }),
  rowsMax: wholeNumber('REPORT_ROWS_MAX', {
    description: 'Most rows of a report in CSV.',
    unit: 'rows',
    fallback: 10_000_000,
    min: 1,
    max: 1_000_000_000,
  }),
  pdfRowsMax: wholeNumber('REPORT_PDF_ROWS_MAX', {
    description: 'Most rows of a report in PDF, where every row is printed.',
    unit: 'rows',
    fallback: 20_000,
    min: 1,
    max: 1_000_000,
  }),
  retentionDays: wholeNumber('REPORT_RETENTION_DAYS', {
    description: 'How long the file of a report is kept.',
    unit: 'days',
    fallback: 7,
    min: 1,
    max: 3_650,
  }),
  historyDays: wholeNumber('REPORT_HISTORY_DAYS', {
    description: 'How long a report that has ended is listed, and its Idempotency-Key remembered.',
    unit: 'days',
    fallback: 90,
    min: 1,
    max: 3_650,
  }),
} as const;
