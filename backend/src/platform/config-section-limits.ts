import { wholeNumber } from './config-variable.js';

const most = 1_000_000_000_000;

/** What each tenant may do that has no limit of its own. 0 is no limit. */
export const limitsSection = {
  eventsPerSecond: wholeNumber('LIMIT_EVENTS_PER_SECOND', {
    description:
      'Events a second that a tenant may send to one collector, over time. Further requests are answered 429 with Retry-After. 0 is no limit.',
    unit: 'events per second',
    fallback: 1_000,
    min: 0,
    max: 10_000_000,
  }),
  eventsBurst: wholeNumber('LIMIT_EVENTS_BURST', {
    description: 'Events that a tenant may send at once before `LIMIT_EVENTS_PER_SECOND` counts.',
    unit: 'events',
    fallback: 10_000,
    min: 1,
    max: 100_000_000,
  }),
  eventsPerDay: wholeNumber('LIMIT_EVENTS_PER_DAY', {
    description: 'Events of a tenant that are accepted in a day of UTC, by all collectors. 0 is no limit.',
    unit: 'events per day',
    fallback: 0,
    min: 0,
    max: most,
  }),
  storedEvents: wholeNumber('LIMIT_STORED_EVENTS', {
    description: 'Raw events of a tenant that may be kept at a time. 0 is no limit.',
    unit: 'events',
    fallback: 0,
    min: 0,
    max: most,
  }),
  queriesInFlight: wholeNumber('LIMIT_QUERIES_IN_FLIGHT', {
    description:
      'Questions of a tenant that one process works on at once; its others wait. 0 is no limit but that a slot stays free for another tenant.',
    unit: 'questions',
    fallback: 0,
    min: 0,
    max: 1_000,
  }),
  rowsReadPerDay: wholeNumber('LIMIT_ROWS_READ_PER_DAY', {
    description:
      'Rows that ClickHouse may read for the questions of a tenant in a day of UTC. 0 is no limit.',
    unit: 'rows per day',
    fallback: 0,
    min: 0,
    max: most,
  }),
  reportMinutesPerDay: wholeNumber('LIMIT_REPORT_MINUTES_PER_DAY', {
    description:
      'Minutes in a day of UTC that the making of reports of a tenant may take, all together. 0 is no limit.',
    unit: 'minutes per day',
    fallback: 0,
    min: 0,
    max: 1_000_000,
  }),
} as const;
