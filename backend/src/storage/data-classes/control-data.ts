import { fields, type TablesData } from './data-class.js';

/** What PostgreSQL keeps beside events: who may do what, and what was asked for. */
export const controlData: TablesData = {
  tenants: {
    purpose: 'Customers, each with the salt of its pseudonyms.',
    retention: 'store',
    isExported: false,
    fields: {
      ...fields('operational', 'stays', 'tenant_id name time_zone created_at'),
      ...fields('secret', 'stays', 'user_salt'),
    },
  },
  keys: {
    purpose: 'Who may send and ask. The key itself is not kept.',
    retention: 'store',
    isExported: false,
    fields: {
      ...fields('operational', 'stays', 'key_id tenant_id prefix scopes created_at revoked_at life_ms'),
      ...fields('operational', 'stays', 'expires_at last_used_at replaces'),
      ...fields('secret', 'stays', 'key_hash'),
    },
  },
  settings: {
    purpose:
      'Settings of the product and of tenants: limits, smallest group, rules of redaction, roles of users by their login.',
    retention: 'store',
    isExported: false,
    fields: {
      ...fields('identifier', 'removed', 'name'),
      ...fields('operational', 'stays', 'value updated_at'),
    },
  },
  webhooks: {
    purpose: 'Who sends webhooks, and what they are signed with.',
    retention: 'store',
    isExported: false,
    fields: {
      ...fields('operational', 'stays', 'tenant_id created_at revoked_at'),
      ...fields('operational', 'replaced', 'webhook_id kind'),
      ...fields('secret', 'stays', 'secret'),
    },
  },
  dead_letters: {
    purpose: 'Messages that were given up on, to be fed through again.',
    retention: 'deadLetters',
    isExported: true,
    fields: {
      ...fields(
        'operational',
        'stays',
        'letter_id message_id origin code attempts events_count raw_tenant_id',
      ),
      ...fields(
        'operational',
        'stays',
        'raw_content_type first_at last_at times_given_up state replayed_at replays',
      ),
      ...fields('content', 'stays', 'reason'),
      ...fields('content', 'removed', 'events raw_body'),
    },
  },
  dead_letter_tenants: {
    purpose: 'Whose events a letter holds.',
    retention: 'deadLetters',
    isExported: false,
    fields: fields('operational', 'stays', 'tenant_id letter_id first_at events'),
  },
  reports: {
    purpose: 'Reports that were asked for, and what became of them.',
    retention: 'reports',
    isExported: false,
    fields: {
      ...fields('operational', 'stays', 'tenant_id progress attempt attempts_left created_at'),
      ...fields('operational', 'stays', 'queued_at due_at started_at finished_at expires_at lease_until'),
      ...fields(
        'operational',
        'removed',
        'report_id request_hash schedule_id idempotency_key format content state',
      ),
      ...fields('operational', 'removed', 'lease_owner failure_code failure_reason notices manifest'),
      ...fields('operational', 'removed', 'requested_by'),
      ...fields('content', 'removed', 'title request file'),
    },
  },
  report_turns: {
    purpose: 'Whose report is made next.',
    retention: 'store',
    isExported: false,
    fields: fields('operational', 'stays', 'tenant_id begun_at'),
  },
  schedules: {
    purpose: 'Reports that are made again and again, and to whom they are sent.',
    retention: 'untilRemoved',
    isExported: false,
    fields: {
      ...fields('operational', 'stays', 'tenant_id created_at updated_at next_run_at last_run_at'),
      ...fields('operational', 'by hand', 'schedule_id created_by'),
      ...fields('identifier', 'by hand', 'request'),
      ...fields('secret', 'stays', 'webhook_secret'),
    },
  },
  schedule_runs: {
    purpose: 'What became of each run of a schedule.',
    retention: 'reports',
    isExported: false,
    fields: {
      ...fields('operational', 'stays', 'tenant_id due_at is_test wait_until created_at ended_at'),
      ...fields('operational', 'replaced', 'schedule_id run_id phase report_id report_state reason'),
      ...fields('content', 'replaced', 'request'),
    },
  },
  schedule_deliveries: {
    purpose: 'What became of each mail and webhook of a run.',
    retention: 'deliveries',
    isExported: false,
    fields: {
      ...fields('operational', 'stays', 'tenant_id position attempts due_at claimed_until ended_at'),
      ...fields('operational', 'replaced', 'run_id kind state reason'),
      ...fields('identifier', 'replaced', 'target'),
    },
  },
  branding: {
    purpose: 'Logo and colour of reports.',
    retention: 'untilRemoved',
    isExported: false,
    fields: {
      ...fields('operational', 'stays', 'tenant_id logo updated_at'),
      ...fields('operational', 'replaced', 'colour'),
    },
  },
  goals: {
    purpose: 'Targets, budgets, prices of seats.',
    retention: 'untilRemoved',
    isExported: false,
    fields: {
      ...fields('operational', 'stays', 'tenant_id updated_at'),
      ...fields('operational', 'replaced', 'kind name origin'),
      ...fields('content', 'replaced', 'document'),
    },
  },
  audit_log: {
    purpose: 'Who did what. Chained by hashes; names a person who was erased by the job.',
    retention: 'audit',
    isExported: false,
    fields: {
      ...fields(
        'operational',
        'stays',
        'tenant_id position at action target outcome details previous_hash hash',
      ),
      ...fields('identifier', 'stays', 'actor'),
    },
  },
  audit_starts: {
    purpose: 'Where a chain of the audit log begins, if its older entries were removed.',
    retention: 'store',
    isExported: false,
    fields: fields('operational', 'stays', 'tenant_id position hash'),
  },
  suppressions: {
    purpose: 'Of whom nothing more is taken in.',
    retention: 'untilTakenBack',
    isExported: false,
    fields: {
      ...fields('operational', 'stays', 'tenant_id reason created_at'),
      ...fields('pseudonym', 'stays', 'digest'),
    },
  },
  subject_jobs: {
    purpose: 'What was done about people, without their names.',
    retention: 'subjectJobs',
    isExported: false,
    fields: {
      ...fields('operational', 'stays', 'job_id tenant_id kind state proof failure_code failure_reason'),
      ...fields('operational', 'stays', 'created_at alive_at ended_at'),
    },
  },
  tenant_usage: {
    purpose: 'How much tenants use in a day.',
    retention: 'usage',
    isExported: false,
    fields: {
      ...fields('operational', 'stays', 'tenant_id day events rows_read report_ms'),
      ...fields('operational', 'replaced', 'run_id'),
    },
  },
  tenant_storage: {
    purpose: 'How many events of tenants are kept.',
    retention: 'store',
    isExported: false,
    fields: fields('operational', 'stays', 'tenant_id stored_events counted_at'),
  },
  schema_migrations: {
    purpose: 'Which migrations have run.',
    retention: 'store',
    isExported: false,
    fields: fields('operational', 'stays', 'number name checksum applied_at'),
  },
};
