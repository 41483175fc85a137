import { port, wholeNumber } from './config-variable.js';

const mebibyte = 1_048_576;
const hundredYearsDays = 36_500;

/** Writes events into ClickHouse, each once. */
export const streamProcessorSection = {
  port: port('STREAM_PROCESSOR_PORT', {
    description: 'Health and telemetry of a stream processor that runs alone.',
    fallback: 4326,
  }),
  rawRetentionDays: wholeNumber('RAW_RETENTION_DAYS', {
    description: 'How long raw events are kept, counted from their receipt.',
    unit: 'days',
    fallback: 400,
    min: 1,
    max: hundredYearsDays,
  }),
  aggregateRetentionDays: wholeNumber('AGGREGATE_RETENTION_DAYS', {
    description:
      'How long aggregates are kept, and the event ids that guard them against counting twice. At least `RAW_RETENTION_DAYS`.',
    unit: 'days',
    fallback: 1_830,
    min: 1,
    max: hundredYearsDays,
  }),
  dedupFilterBytesMax: wholeNumber('DEDUP_FILTER_BYTES_MAX', {
    description:
      'Memory of the filter that tells new event ids without a look-up in the store. Two bytes an id keep it sharp; each partition gets its part, down to a power of two.',
    unit: 'bytes',
    fallback: 64 * mebibyte,
    min: 1_024,
    max: 512 * mebibyte,
  }),
  insertRowsMax: wholeNumber('INSERT_ROWS_MAX', {
    description:
      'Most rows in one insert. Low enough that requests are read while the insert before is under way.',
    unit: 'rows',
    fallback: 12_000,
    min: 1,
    max: 1_000_000,
  }),
  insertSharedRowsMax: wholeNumber('INSERT_SHARED_ROWS_MAX', {
    description:
      'Without a broker: most rows of one tenant in an insert while other tenants send as well. Those who have less than an eighth of it waiting are written together, beside it.',
    unit: 'rows',
    fallback: 2_000,
    min: 1,
    max: 1_000_000,
  }),
  insertIntervalMs: wholeNumber('INSERT_INTERVAL_MS', {
    description: 'Least time from one insert to the next. Thin traffic then makes few, larger parts.',
    unit: 'ms',
    fallback: 100,
    min: 0,
    max: 60_000,
  }),
  joinEventsMax: wholeNumber('JOIN_EVENTS_MAX', {
    description: 'Behind RabbitMQ: most events in one insert of a partition.',
    unit: 'events',
    fallback: 40_000,
    min: 1,
    max: 500_000,
  }),
  joinIntervalMs: wholeNumber('JOIN_INTERVAL_MS', {
    description:
      'Behind RabbitMQ: least time from one insert of a partition to the next, unless it is full. Thin traffic then makes few, larger parts.',
    unit: 'ms',
    fallback: 1_000,
    min: 0,
    max: 60_000,
  }),
  insertAttemptsMax: wholeNumber('INSERT_ATTEMPTS_MAX', {
    description: 'How often an insert is tried before the senders are told to come back.',
    unit: 'attempts',
    fallback: 4,
    min: 1,
    max: 100,
  }),
};
