import { wholeNumber } from './config-variable.js';

const hundredYearsDays = 36_500;

/** Of the batch processor's rollups. */
export const rollupSection = {
  intervalMs: wholeNumber('ROLLUP_INTERVAL_MS', {
    description: 'From one rollup of what has landed to the next.',
    unit: 'ms',
    fallback: 30_000,
    min: 100,
    max: 3_600_000,
  }),
  closeDelayMs: wholeNumber('ROLLUP_CLOSE_DELAY_MS', {
    description: 'From local midnight to the close of the day before. What comes later is a late event.',
    unit: 'ms',
    fallback: 600_000,
    min: 0,
    max: 86_400_000,
  }),
  daysMax: wholeNumber('ROLLUP_DAYS_MAX', {
    description: 'Most local days that are rolled up in one transaction.',
    unit: 'days',
    fallback: 7,
    min: 1,
    max: 366,
  }),
  eventsMax: wholeNumber('ROLLUP_EVENTS_MAX', {
    description:
      'Most newly landed events whose days are rolled up in one transaction, unless one day has more. The embedded engine does nothing else meanwhile.',
    unit: 'events',
    fallback: 50_000,
    min: 1,
    max: 100_000_000,
  }),
  landingRetentionDays: wholeNumber('LANDING_RETENTION_DAYS', {
    description:
      'How long single events are kept for reports, counted from their receipt, in steps of a week. Longer where a rollup still needs them.',
    unit: 'days',
    fallback: 120,
    min: 8,
    max: hundredYearsDays,
  }),
  landingCompressAfterDays: wholeNumber('LANDING_COMPRESS_AFTER_DAYS', {
    description:
      'Age, from the end of its week, at which landing is compressed where the edition of TimescaleDB can; 0 for never.',
    unit: 'days',
    fallback: 7,
    min: 0,
    max: hundredYearsDays,
  }),
  rollupRetentionDays: wholeNumber('ROLLUP_RETENTION_DAYS', {
    description:
      'How long rollups are kept, counted from the day itself, by whole months. At least `LANDING_RETENTION_DAYS`.',
    unit: 'days',
    fallback: 1_830,
    min: 62,
    max: hundredYearsDays,
  }),
} as const;
