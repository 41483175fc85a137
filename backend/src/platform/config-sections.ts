import { batchProcessorSection, timescaleSection } from './config-section-batch.js';
import { busSection, deadLettersSection } from './config-section-bus.js';
import { deliverySection } from './config-section-delivery.js';
import { grafanaSection } from './config-section-grafana.js';
import { limitsSection } from './config-section-limits.js';
import { metricsSection } from './config-section-metrics.js';
import { provisioningSection } from './config-section-provisioning.js';
import { retentionSection } from './config-section-retention.js';
import { rollupSection } from './config-section-rollup.js';
import { reportingSection } from './config-section-reporting.js';
import { storesSection } from './config-section-stores.js';
import { streamProcessorSection } from './config-section-stream.js';
import { clickHouseServers } from './config-section-cluster.js';
import { clickHouseTls, tlsSection } from './config-section-tls.js';
import { tracingSection } from './config-section-tracing.js';
import {
  identifier,
  oneOf,
  onOff,
  optional,
  port,
  secret,
  serverUrl,
  text,
  wholeNumber,
} from './config-variable.js';

const mebibyte = 1_048_576;

/** Every variable that the product reads, one section per role. The reference page is generated from this table. */
export const configSections = {
  platform: {
    dataDir: text('DATA_DIR', {
      description: 'Folder of everything that is kept: embedded engines, lock, import state.',
      unit: 'path',
      fallback: '.data',
    }),
    listenHost: text('LISTEN_HOST', {
      description:
        'Address on which the services listen. The admin endpoint stays on 127.0.0.1 whatever this says.',
      unit: 'address',
      fallback: '127.0.0.1',
    }),
    logLevel: oneOf('LOG_LEVEL', {
      description: 'The least severe log line that is written.',
      choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      fallback: 'info',
    }),
    logPretty: onOff('LOG_PRETTY', {
      description: 'Readable log lines for a terminal instead of JSON.',
      fallback: false,
    }),
    keyCacheSeconds: wholeNumber('KEY_CACHE_SECONDS', {
      description: 'How long a service trusts what it read of a key. A revoked key stops within this time.',
      unit: 'seconds',
      fallback: 10,
      min: 0,
      max: 10,
    }),
    closeTimeoutMs: wholeNumber('CLOSE_TIMEOUT_MS', {
      description: 'Time that each part gets to finish its work when the process stops.',
      unit: 'ms',
      fallback: 10_000,
      min: 100,
      max: 600_000,
    }),
    closeDelayMs: wholeNumber('CLOSE_DELAY_MS', {
      description:
        'Time between the red `/readyz` and the end of intake when the process stops, for what balances load to notice.',
      unit: 'ms',
      fallback: 250,
      min: 0,
      max: 60_000,
    }),
  },
  privacy: {
    registerFile: optional(
      text('ERASURE_REGISTER_FILE', {
        description:
          'File to which each erasure, opt-out and opt-in is written as well, by digests that name nobody. Keep it apart from the stores and their backups: `subjects erase-again` reads it after a restore.',
        unit: 'path',
        fallback: '',
      }),
      'after a restore only the restored list of suppressions is known',
    ),
  },
  admin: {
    port: port('ADMIN_PORT', {
      description: 'Loopback endpoint over which the command line speaks to the running instance.',
      fallback: 4324,
    }),
  },
  control: {
    databaseUrl: optional(
      serverUrl('DATABASE_URL', {
        description: 'PostgreSQL server with the control data: tenants, keys, salts, settings.',
        protocols: ['postgres', 'postgresql'],
      }),
      'embedded PGlite in `DATA_DIR/control`',
    ),
    connections: wholeNumber('DATABASE_CONNECTIONS', {
      description: 'Most connections to the PostgreSQL server from one process.',
      unit: 'connections',
      fallback: 5,
      min: 1,
      max: 200,
    }),
    secretsKey: optional(
      secret('SECRETS_KEY', {
        description:
          'Encrypts the secrets that must be read again, such as those of webhooks. All processes need the same.',
        charsMin: 32,
      }),
      'such secrets are stored as they are',
    ),
    queryTimeoutMs: wholeNumber('DATABASE_QUERY_TIMEOUT_MS', {
      description: 'Longest wait for a connection to the PostgreSQL server, and longest statement there.',
      unit: 'ms',
      // Below CLOSE_TIMEOUT_MS, so that a process ends in time beside a server that is silent.
      fallback: 5_000,
      min: 100,
      max: 600_000,
    }),
  },
  clickhouse: {
    url: optional(
      serverUrl('CLICKHOUSE_URL', {
        description: 'ClickHouse server with the events, as `http://user:password@host:8123/database`.',
        protocols: ['http', 'https'],
      }),
      'the embedded engine in `DATA_DIR/clickhouse`',
    ),
    readUrl: optional(
      serverUrl('CLICKHOUSE_READ_URL', {
        description:
          'The same server as the user with which the metrics service reads. Row policies hold this user to the tenant of each question; the user of `CLICKHOUSE_URL` writes them at the start.',
        protocols: ['http', 'https'],
      }),
      'the metrics service reads as the user of `CLICKHOUSE_URL`, without row policies',
    ),
    ...clickHouseTls,
    cluster: optional(
      identifier('CLICKHOUSE_CLUSTER', {
        description:
          'Name of the cluster behind `CLICKHOUSE_URL`, as in `system.clusters`. Tables are then replicated and sharded by the identity of events. Decide before the first start: tables of one server stay as they are.',
      }),
      'one server',
    ),
    servers: clickHouseServers,
    connections: wholeNumber('CLICKHOUSE_CONNECTIONS', {
      description: 'Most statements under way in ClickHouse from one process.',
      unit: 'connections',
      fallback: 8,
      min: 1,
      max: 64,
    }),
    queryTimeoutMs: wholeNumber('CLICKHOUSE_QUERY_TIMEOUT_MS', {
      description: 'Longest time that one question may take in ClickHouse.',
      unit: 'ms',
      fallback: 15_000,
      min: 100,
      max: 600_000,
    }),
  },
  timescale: timescaleSection,
  retention: retentionSection,
  stores: storesSection,
  bus: busSection,
  deadLetters: deadLettersSection,
  collector: {
    port: port('COLLECTOR_PORT', { description: 'Where events come in.', fallback: 4318 }),
    bodyBytesMax: wholeNumber('COLLECTOR_BODY_BYTES_MAX', {
      description: 'Largest request body, as it is sent.',
      unit: 'bytes',
      fallback: mebibyte,
      min: 1_024,
      max: 64 * mebibyte,
    }),
    inflatedBytesMax: wholeNumber('COLLECTOR_INFLATED_BYTES_MAX', {
      description: 'Largest request body after decompression.',
      unit: 'bytes',
      fallback: 8 * mebibyte,
      min: 1_024,
      max: 256 * mebibyte,
    }),
    bodiesBytesMax: wholeNumber('COLLECTOR_BODIES_BYTES_MAX', {
      description:
        'Most bytes of all bodies under way, as they were sent and decompressed. Further ones are answered 429 with Retry-After.',
      unit: 'bytes',
      fallback: 256 * mebibyte,
      min: 1_024,
      max: 65_536 * mebibyte,
    }),
    batchEventsMax: wholeNumber('COLLECTOR_BATCH_EVENTS_MAX', {
      description: 'Most events in one request.',
      unit: 'events',
      fallback: 1_000,
      min: 1,
      max: 100_000,
    }),
    logRecordsMax: wholeNumber('COLLECTOR_LOG_RECORDS_MAX', {
      description:
        'Most OpenTelemetry log records in one request. OpenTelemetry collectors send 8,192 and drop what is refused.',
      unit: 'records',
      fallback: 10_000,
      min: 1,
      max: 100_000,
    }),
    attributesMax: wholeNumber('COLLECTOR_ATTRIBUTES_MAX', {
      description: 'Most attributes of one event that have no column of their own.',
      unit: 'attributes',
      fallback: 128,
      min: 0,
      max: 4_096,
    }),
    attributeCharsMax: wholeNumber('COLLECTOR_ATTRIBUTE_CHARS_MAX', {
      description: 'Longest value of one attribute.',
      unit: 'characters',
      fallback: 4_096,
      min: 16,
      max: mebibyte,
    }),
    attributeNameCharsMax: wholeNumber('COLLECTOR_ATTRIBUTE_NAME_CHARS_MAX', {
      description: 'Longest name of one attribute, with the names of what it is nested in.',
      unit: 'characters',
      fallback: 256,
      min: 16,
      max: 4_096,
    }),
    depthMax: wholeNumber('COLLECTOR_DEPTH_MAX', {
      description: 'Most levels of objects and lists within `data`.',
      unit: 'levels',
      fallback: 16,
      min: 1,
      max: 64,
    }),
    requestsInFlightMax: wholeNumber('COLLECTOR_REQUESTS_IN_FLIGHT_MAX', {
      description: 'Most requests worked on at once. Further ones are answered 429 with Retry-After.',
      unit: 'requests',
      fallback: 256,
      min: 1,
      max: 100_000,
    }),
    webhookBytesMax: wholeNumber('COLLECTOR_WEBHOOK_BYTES_MAX', {
      description: 'Largest body of a webhook. GitHub sends up to 25 MiB.',
      unit: 'bytes',
      fallback: 25 * mebibyte,
      min: 1_024,
      max: 256 * mebibyte,
    }),
    webhooksInFlightMax: wholeNumber('COLLECTOR_WEBHOOKS_IN_FLIGHT_MAX', {
      description: 'Most webhooks worked on at once. Further ones are answered 429 with Retry-After.',
      unit: 'requests',
      fallback: 16,
      min: 1,
      max: 10_000,
    }),
    amqpPrefetch: wholeNumber('COLLECTOR_AMQP_PREFETCH', {
      description: 'Most messages of AMQP producers in hand at once, in each collector.',
      unit: 'messages',
      fallback: 32,
      min: 1,
      max: 10_000,
    }),
    futureSkewHours: wholeNumber('COLLECTOR_FUTURE_SKEW_HOURS', {
      description: 'How far ahead of our clock the time of an event may be.',
      unit: 'hours',
      fallback: 24,
      min: 0,
      max: 8_760,
    }),
  },
  limits: limitsSection,
  streamProcessor: streamProcessorSection,
  batchProcessor: batchProcessorSection,
  rollup: rollupSection,
  metrics: metricsSection,
  provisioning: provisioningSection,
  reporting: reportingSection,
  delivery: deliverySection,
  grafana: grafanaSection,
  tls: tlsSection,
  tracing: tracingSection,
  workbench: {
    port: port('WORKBENCH_PORT', { description: 'The preview page of the Grafana plugins.', fallback: 3300 }),
  },
  simulator: {
    enabled: onOff('SIMULATOR', {
      description: 'Demo traffic for three demo tenants.',
      fallback: true,
    }),
    seed: text('SIMULATOR_SEED', {
      description: 'The same seed makes the same traffic.',
      unit: 'text',
      fallback: 'coditect',
    }),
    backfillDays: wholeNumber('SIMULATOR_BACKFILL_DAYS', {
      description: 'Days of history made at the first start.',
      unit: 'days',
      fallback: 30,
      min: 0,
      max: 730,
    }),
    eventsPerSecond: wholeNumber('SIMULATOR_EVENTS_PER_SECOND', {
      description:
        'Extra live API requests on top of the natural demo traffic, to see something move each moment.',
      unit: 'events per second',
      fallback: 0,
      min: 0,
      max: 10_000,
    }),
  },
} as const;

/** One heading per section, for the reference page. */
export const configSectionTitles = {
  platform: 'Platform',
  privacy: 'Privacy',
  admin: 'Admin endpoint',
  control: 'Control data (PostgreSQL)',
  clickhouse: 'ClickHouse',
  timescale: 'TimescaleDB',
  retention: 'Retention of control data',
  stores: 'Stores without servers',
  bus: 'Event bus',
  deadLetters: 'Dead letters',
  collector: 'Collector',
  limits: 'Limits of tenants',
  streamProcessor: 'Stream processor',
  batchProcessor: 'Batch processor',
  rollup: 'Rollups',
  provisioning: 'Provisioning',
  metrics: 'Metrics service',
  reporting: 'Reporting service',
  delivery: 'Delivery of reports',
  grafana: 'Grafana',
  tls: 'TLS of the services',
  tracing: 'Traces (OpenTelemetry)',
  workbench: 'Workbench',
  simulator: 'Simulator',
} as const satisfies Record<keyof typeof configSections, string>;
