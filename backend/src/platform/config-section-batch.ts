import { optional, port, serverUrl, wholeNumber } from './config-variable.js';

/** Where reports are read from. */
export const timescaleSection = {
  url: optional(
    serverUrl('TIMESCALE_URL', {
      description: 'TimescaleDB server with landing and rollups, in its schema `analytics`.',
      protocols: ['postgres', 'postgresql'],
    }),
    'the server at `DATABASE_URL`; without that too, the embedded engine in `DATA_DIR/timescale`',
  ),
  readUrl: optional(
    serverUrl('TIMESCALE_READ_URL', {
      description:
        'A replica from which the reporting service reads. Its server has to confirm a commit when the replica shows it (`synchronous_commit = remote_apply`): reports say as of when they are.',
      protocols: ['postgres', 'postgresql'],
    }),
    'reports are read where events land',
  ),
  connections: wholeNumber('TIMESCALE_CONNECTIONS', {
    description: 'Most connections to TimescaleDB from one process.',
    unit: 'connections',
    fallback: 5,
    min: 1,
    max: 200,
  }),
  queryTimeoutMs: wholeNumber('TIMESCALE_QUERY_TIMEOUT_MS', {
    description: 'Longest wait for a connection to TimescaleDB, and longest statement there.',
    unit: 'ms',
    fallback: 30_000,
    min: 100,
    max: 3_600_000,
  }),
} as const;

/** Of the one that lands events and rolls them up. */
export const batchProcessorSection = {
  port: port('BATCH_PROCESSOR_PORT', {
    description: 'Health and telemetry of a batch processor that runs alone.',
    fallback: 4327,
  }),
  landingRowsMax: wholeNumber('LANDING_ROWS_MAX', {
    description: 'Most rows that land in one transaction.',
    unit: 'rows',
    fallback: 10_000,
    min: 1,
    max: 100_000,
  }),
  landingSharedRowsMax: wholeNumber('LANDING_SHARED_ROWS_MAX', {
    description:
      'Without a broker: most rows of one tenant in a landing while other tenants send as well. Those who have less than an eighth of it waiting land together, in turns with it.',
    unit: 'rows',
    fallback: 1_000,
    min: 1,
    max: 100_000,
  }),
  landingIntervalMs: wholeNumber('LANDING_INTERVAL_MS', {
    description:
      'Without a broker: least time from one landing to the next. Thin traffic then makes few, larger transactions.',
    unit: 'ms',
    fallback: 100,
    min: 0,
    max: 60_000,
  }),
  landingAttemptsMax: wholeNumber('LANDING_ATTEMPTS_MAX', {
    description: 'Without a broker: how often a landing is tried before the senders are told to come back.',
    unit: 'attempts',
    fallback: 4,
    min: 1,
    max: 100,
  }),
} as const;
