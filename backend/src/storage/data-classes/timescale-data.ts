import { fields, type TablesData } from './data-class.js';

const measures =
  'tokens_input tokens_output tokens_cache_read tokens_cache_creation tokens_reasoning cost_usd response_bytes';

/** What TimescaleDB keeps. */
export const timescaleData: TablesData = {
  events_landing_v1: {
    purpose: 'Single events, for rollups and for parts of days.',
    retention: 'landing',
    isExported: true,
    fields: {
      ...fields(
        'operational',
        'stays',
        `tenant_id event_id occurred_at received_at status_code duration_ms ${measures}`,
      ),
      ...fields('operational', 'replaced', 'type domain team project repository agent agent_version model'),
      ...fields('operational', 'replaced', 'workflow tool language kind status method route'),
      ...fields('pseudonym', 'emptied', 'user_id'),
      ...fields('personal', 'emptied', 'session_id'),
    },
  },
  event_ids_v1: {
    purpose: 'Identities, so that an event that is sent again counts once.',
    retention: 'rollupReceipts',
    isExported: false,
    fields: fields('operational', 'stays', 'event_id tenant_id received_at'),
  },
  rollups_v1: {
    purpose: 'Sums by hour, day, week and month: what reports read.',
    retention: 'rollups',
    isExported: true,
    fields: {
      ...fields('operational', 'stays', `tenant_id bucket status_code events ${measures}`),
      ...fields('operational', 'replaced', 'grain type status team project agent model tool route method'),
    },
  },
  rollup_durations_v1: {
    purpose: 'Distributions of durations, for reports.',
    retention: 'rollups',
    isExported: true,
    fields: {
      ...fields('operational', 'stays', 'tenant_id bucket status_code bin events'),
      ...fields('operational', 'replaced', 'grain type status team project agent model route method'),
    },
  },
  user_days_v1: {
    purpose: 'Who was there on which day: active users in reports.',
    retention: 'rollups',
    isExported: true,
    fields: {
      ...fields('operational', 'removed', 'tenant_id domain team project'),
      ...fields('personal', 'removed', 'local_day'),
      ...fields('pseudonym', 'removed', 'user_id'),
    },
  },
  user_firsts_v1: {
    purpose: 'When users first came, and first succeeded.',
    retention: 'rollupReceipts',
    isExported: true,
    fields: {
      ...fields('operational', 'removed', 'tenant_id milestone team project received_month'),
      ...fields('personal', 'removed', 'first_at'),
      ...fields('pseudonym', 'removed', 'user_id'),
    },
  },
  seat_changes_v1: {
    purpose: 'Seats bought, assigned and released.',
    retention: 'rollupMonths',
    isExported: true,
    fields: {
      ...fields('operational', 'stays', 'tenant_id event_id seats occurred_at received_at'),
      ...fields('operational', 'replaced', 'action team project'),
      ...fields('pseudonym', 'emptied', 'user_id'),
      ...fields('personal', 'replaced', 'seat'),
    },
  },
  reconciliation_v1: {
    purpose: 'What both stores say of a day, by type.',
    retention: 'rollups',
    isExported: true,
    fields: {
      ...fields('operational', 'stays', 'tenant_id local_day batch_events stream_events batch_tokens'),
      ...fields('operational', 'stays', 'stream_tokens batch_cost stream_cost late_events checked_at'),
      ...fields('operational', 'removed', 'type'),
    },
  },
  rollup_days_v1: {
    purpose: 'Which days are rolled up.',
    retention: 'rollups',
    isExported: false,
    fields: fields(
      'operational',
      'stays',
      'tenant_id local_day starts_at ends_at events late_events rolled_at landing_dropped reconciled_at',
    ),
  },
  rollup_marks_v1: {
    purpose: 'What has changed since it was rolled up.',
    retention: 'untilRolledUp',
    isExported: false,
    fields: fields('operational', 'stays', 'id tenant_id utc_hour events marked_at'),
  },
  rollup_tenants_v1: {
    purpose: 'How far each tenant is rolled up.',
    retention: 'store',
    isExported: false,
    fields: {
      ...fields('operational', 'stays', 'tenant_id closed_until updated_at zone_since kept_from'),
      ...fields('operational', 'replaced', 'time_zone'),
    },
  },
  rollup_zones_v1: {
    purpose: 'Time zones that a tenant had before.',
    retention: 'store',
    isExported: false,
    fields: {
      ...fields('operational', 'stays', 'tenant_id until_day until_at'),
      ...fields('operational', 'replaced', 'time_zone'),
    },
  },
  seat_history_v1: {
    purpose: 'Whether what happened to seats before was taken from the other store.',
    retention: 'store',
    isExported: false,
    fields: fields('operational', 'stays', 'known_since taken_at'),
  },
  schema_migrations: {
    purpose: 'Which migrations have run.',
    retention: 'store',
    isExported: false,
    fields: fields('operational', 'stays', 'number name checksum applied_at'),
  },
};
