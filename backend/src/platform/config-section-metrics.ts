import { oneOf, port, wholeNumber } from './config-variable.js';

const mebibyte = 1_048_576;

/** Questions about KPIs and events: how much is asked, kept and listened to at once. */
export const metricsSection = {
  port: port('METRICS_PORT', { description: 'Where questions about KPIs are answered.', fallback: 4320 }),
  pointsMax: wholeNumber('METRICS_POINTS_MAX', {
    description: 'Most points in time of one series.',
    unit: 'points',
    fallback: 11_000,
    min: 1,
    max: 1_000_000,
  }),
  groupsMax: wholeNumber('METRICS_GROUPS_MAX', {
    description: 'Most groups in one answer.',
    unit: 'groups',
    fallback: 1_000,
    min: 1,
    max: 100_000,
  }),
  filterValuesMax: wholeNumber('METRICS_FILTER_VALUES_MAX', {
    description: 'Most values in one filter of a question.',
    unit: 'values',
    fallback: 1_000,
    min: 1,
    max: 100_000,
  }),
  dimensionValuesMax: wholeNumber('METRICS_DIMENSION_VALUES_MAX', {
    description: 'Most values in one answer about a dimension.',
    unit: 'values',
    fallback: 1_000,
    min: 1,
    max: 100_000,
  }),
  bodyBytesMax: wholeNumber('METRICS_BODY_BYTES_MAX', {
    description: 'Largest request body.',
    unit: 'bytes',
    fallback: 262_144,
    min: 1_024,
    max: 16 * mebibyte,
  }),
  concurrentQueriesMax: wholeNumber('METRICS_CONCURRENT_QUERIES_MAX', {
    description: 'Most questions worked on at once. Further ones wait.',
    unit: 'questions',
    fallback: 6,
    min: 1,
    max: 1_000,
  }),
  sharedQueriesMax: wholeNumber('METRICS_SHARED_QUERIES_MAX', {
    description:
      'Most questions of one tenant worked on at once while other tenants ask as well. About half as many as ClickHouse has cores.',
    unit: 'questions',
    fallback: 1,
    min: 1,
    max: 1_000,
  }),
  sharedWorkMsPerSecond: wholeNumber('METRICS_SHARED_WORK_MS_PER_SECOND', {
    description:
      'Time that the questions of one tenant may take together in each second, over time, while other tenants ask as well; two seconds of it at once. What is over is made up for by waiting, four fifths of CLICKHOUSE_QUERY_TIMEOUT_MS at most. Its others wait, as long as a question may take. About 125 for each core of ClickHouse.',
    unit: 'ms per second',
    fallback: 250,
    min: 1,
    max: 1_000_000,
  }),
  waitingQueriesMax: wholeNumber('METRICS_WAITING_QUERIES_MAX', {
    description:
      'Most questions that wait, half of them of one tenant. Further ones are answered 429 with Retry-After. A free slot goes to the tenant that has the fewest.',
    unit: 'questions',
    fallback: 200,
    min: 0,
    max: 100_000,
  }),
  cacheBytesMax: wholeNumber('METRICS_CACHE_BYTES_MAX', {
    description:
      'Memory for answers that are given again to the same question: for a minute where the range ended an hour ago, else for a second, or for analyses and KPIs of seats, lifecycle and cohorts ten times as long as they took, half a minute at most. 0 asks the store every time.',
    unit: 'bytes',
    fallback: 64 * mebibyte,
    min: 0,
    max: 16_384 * mebibyte,
  }),
  liveStreamsMax: wholeNumber('METRICS_LIVE_STREAMS_MAX', {
    description:
      'Most live answers that are listened to at once. Further ones are answered 429 with Retry-After.',
    unit: 'streams',
    fallback: 1_000,
    min: 0,
    max: 100_000,
  }),
  liveStreamsPerTenantMax: wholeNumber('METRICS_LIVE_STREAMS_PER_TENANT_MAX', {
    description: 'Most live answers that one tenant listens to at once.',
    unit: 'streams',
    fallback: 200,
    min: 0,
    max: 100_000,
  }),
  liveQuestionsPerTenantMax: wholeNumber('METRICS_LIVE_QUESTIONS_PER_TENANT_MAX', {
    description:
      'Most different questions among the live answers of one tenant: each is asked again and again, however many listen to it.',
    unit: 'questions',
    fallback: 50,
    min: 0,
    max: 10_000,
  }),
  analysisMemoryBytesMax: wholeNumber('METRICS_ANALYSIS_MEMORY_BYTES_MAX', {
    description:
      'Most memory that one analysis (funnel, retention, lifecycle, paths, seats), a question about KPIs of seats and lifecycles, or one about single events and annotations, may take in ClickHouse. One that wants more is answered 422.',
    unit: 'bytes',
    fallback: 2_048 * mebibyte,
    min: 16 * mebibyte,
    max: 1_048_576 * mebibyte,
  }),
  requestLog: oneOf('METRICS_REQUEST_LOG', {
    description:
      'Which requests get a line in the log, with tenant, dashboard and panel: `slow` are those that were refused or took a second.',
    choices: ['all', 'slow', 'none'],
    fallback: 'all',
  }),
} as const;
