import { fields, type TablesData } from './data-class.js';

const measures =
  'tokens_input tokens_output tokens_cache_read tokens_cache_creation tokens_reasoning cost_usd response_bytes';

/** What ClickHouse keeps. */
export const clickHouseData: TablesData = {
  events_raw_v1: {
    purpose: 'Single events: recent KPIs, analyses, the search of events.',
    retention: 'rawEvents',
    isExported: true,
    fields: {
      ...fields('operational', 'stays', 'tenant_id event_id occurred_at received_at message_key acceptance'),
      ...fields('operational', 'stays', `status_code duration_ms ${measures}`),
      ...fields('operational', 'replaced', 'type domain team project repository agent agent_version model'),
      ...fields('operational', 'replaced', 'workflow tool language kind status method route'),
      ...fields('pseudonym', 'emptied', 'user_id'),
      ...fields('personal', 'emptied', 'session_id subject id source'),
      ...fields('content', 'emptied', 'attributes'),
    },
  },
  event_ids_v1: {
    purpose: 'Identities, so that an event that is sent again counts once.',
    retention: 'identities',
    isExported: false,
    fields: fields(
      'operational',
      'stays',
      'tenant_id event_id received_at received_month message_key acceptance',
    ),
  },
  duplicate_events_v1: {
    purpose: 'Events that came again, for their share.',
    retention: 'aggregates',
    isExported: true,
    fields: {
      ...fields(
        'operational',
        'stays',
        'tenant_id occurred_at event_id acceptance received_at received_month',
      ),
      ...fields('operational', 'replaced', 'type domain'),
    },
  },
  events_per_minute_v1: {
    purpose: 'Events by type.',
    retention: 'aggregates',
    isExported: true,
    fields: {
      ...fields('operational', 'stays', 'tenant_id minute received_month events'),
      ...fields('operational', 'replaced', 'domain type'),
    },
  },
  api_requests_per_minute_v1: {
    purpose: 'Requests of APIs by outcome.',
    retention: 'aggregates',
    isExported: true,
    fields: {
      ...fields('operational', 'stays', 'tenant_id minute status_code received_month events'),
      ...fields('operational', 'replaced', 'type method'),
    },
  },
  api_requests_per_quarter_v1: {
    purpose: 'Requests of APIs by route, with durations.',
    retention: 'aggregates',
    isExported: true,
    fields: {
      ...fields('operational', 'stays', 'tenant_id quarter status_code received_month events response_bytes'),
      ...fields('operational', 'stays', 'duration_ms_sketch'),
      ...fields('operational', 'replaced', 'type route method'),
    },
  },
  agent_durations_per_quarter_v1: {
    purpose: 'How long agents took.',
    retention: 'aggregates',
    isExported: true,
    fields: {
      ...fields('operational', 'stays', 'tenant_id quarter received_month events duration_ms_sketch'),
      ...fields('operational', 'replaced', 'type status agent model'),
    },
  },
  activity_per_quarter_v1: {
    purpose: 'Sums of everything, by every dimension.',
    retention: 'aggregates',
    isExported: true,
    fields: {
      ...fields('operational', 'stays', 'tenant_id quarter received_month events'),
      ...fields('operational', 'stays', measures.replace(' response_bytes', '')),
      ...fields('operational', 'replaced', 'type domain status team project repository agent agent_version'),
      ...fields('operational', 'replaced', 'model workflow tool language kind'),
    },
  },
  user_days_v1: {
    purpose: 'Who was active in which quarter hours of a day: active users.',
    retention: 'aggregates',
    isExported: true,
    fields: {
      ...fields('operational', 'removed', 'tenant_id utc_day domain team project received_month'),
      ...fields('pseudonym', 'removed', 'user_key'),
      ...fields('personal', 'removed', 'quarters'),
    },
  },
  user_presence_v1: {
    purpose: 'Who was active in which quarter hours of a day, whatever they did: active users.',
    retention: 'aggregates',
    isExported: true,
    fields: {
      ...fields('operational', 'removed', 'tenant_id utc_day received_month'),
      ...fields('pseudonym', 'removed', 'user_key'),
      ...fields('personal', 'removed', 'quarters'),
    },
  },
  user_firsts_v1: {
    purpose: 'When users first came, and first succeeded: retention, time to first success.',
    retention: 'aggregates',
    isExported: true,
    fields: {
      ...fields('operational', 'removed', 'tenant_id milestone team project received_month'),
      ...fields('pseudonym', 'removed', 'user_key'),
      ...fields('personal', 'removed', 'first_at'),
    },
  },
  seat_changes_v1: {
    purpose: 'Seats bought, assigned and released.',
    retention: 'aggregates',
    isExported: true,
    fields: {
      ...fields('operational', 'stays', 'tenant_id seats occurred_at event_id received_month'),
      ...fields('operational', 'replaced', 'action team project'),
      ...fields('pseudonym', 'replaced', 'user_key'),
      ...fields('personal', 'replaced', 'seat'),
    },
  },
  dimension_values_v1: {
    purpose: 'Values of dimensions, for pickers.',
    retention: 'aggregates',
    isExported: true,
    fields: {
      ...fields('operational', 'stays', 'tenant_id received_month events'),
      ...fields('operational', 'replaced', 'dimension value'),
    },
  },
  day_checks_v1: {
    purpose: 'What both stores have of a closed day.',
    retention: 'dayChecks',
    isExported: true,
    fields: {
      ...fields('operational', 'stays', 'tenant_id day stream_events batch_events late_events checked_at'),
      ...fields('operational', 'replaced', 'type'),
    },
  },
  schema_migrations_v1: {
    purpose: 'Which migrations have run.',
    retention: 'store',
    isExported: false,
    fields: fields('operational', 'stays', 'number name checksum applied_at'),
  },
};
