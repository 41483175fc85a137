-- What reports read. The one writer of these tables is batch-processor.

-- Grain is 'hour', 'day', 'week' or 'month'; bucket is the instant at which that hour, day, week (Monday) or month
-- begins in the tenant's zone. Sums have no upper bound: one batch of wild numbers must never stop a rollup.
CREATE TABLE analytics.rollups_v1 (
  tenant_id             text        NOT NULL,
  grain                 text        NOT NULL,
  bucket                timestamptz NOT NULL,
  type                  text        NOT NULL,
  status                text        NOT NULL,
  team                  text        NOT NULL,
  project               text        NOT NULL,
  agent                 text        NOT NULL,
  model                 text        NOT NULL,
  tool                  text        NOT NULL,
  route                 text        NOT NULL,
  method                text        NOT NULL,
  status_code           integer     NOT NULL,
  events                bigint      NOT NULL,
  tokens_input          numeric     NOT NULL,
  tokens_output         numeric     NOT NULL,
  tokens_cache_read     numeric     NOT NULL,
  tokens_cache_creation numeric     NOT NULL,
  tokens_reasoning      numeric     NOT NULL,
  cost_usd              numeric     NOT NULL,
  response_bytes        numeric     NOT NULL
);
SELECT create_hypertable(
  'analytics.rollups_v1', 'bucket',
  chunk_time_interval => INTERVAL '30 days', create_default_indexes => false
);
CREATE INDEX rollups_v1_bucket ON analytics.rollups_v1 (tenant_id, grain, bucket);

-- Distributions of duration_ms. bin is ceil(ln(duration_ms) / ln(gamma)) with gamma = (1 + 0.005) / (1 - 0.005), and
-- stands for 2 * gamma ^ bin / (gamma + 1): wrong by 0.5 % at most. Less than a microsecond has a bin of its own.
CREATE TABLE analytics.rollup_durations_v1 (
  tenant_id   text        NOT NULL,
  grain       text        NOT NULL,
  bucket      timestamptz NOT NULL,
  type        text        NOT NULL,
  status      text        NOT NULL,
  team        text        NOT NULL,
  project     text        NOT NULL,
  agent       text        NOT NULL,
  model       text        NOT NULL,
  route       text        NOT NULL,
  method      text        NOT NULL,
  status_code integer     NOT NULL,
  bin         integer     NOT NULL,
  events      bigint      NOT NULL
);
SELECT create_hypertable(
  'analytics.rollup_durations_v1', 'bucket',
  chunk_time_interval => INTERVAL '30 days', create_default_indexes => false
);
CREATE INDEX rollup_durations_v1_bucket ON analytics.rollup_durations_v1 (tenant_id, grain, bucket);

-- Who was there: users of any set of days are counted exactly. local_day is the day in the tenant's zone.
CREATE TABLE analytics.user_days_v1 (
  tenant_id text NOT NULL,
  local_day date NOT NULL,
  domain    text NOT NULL,
  team      text NOT NULL,
  project   text NOT NULL,
  user_id   text NOT NULL,
  PRIMARY KEY (tenant_id, local_day, domain, team, project, user_id)
);

-- closed_until is the first local day that is not closed.
CREATE TABLE analytics.rollup_tenants_v1 (
  tenant_id    text        PRIMARY KEY,
  time_zone    text        NOT NULL,
  closed_until date        NOT NULL,
  updated_at   timestamptz NOT NULL
);

-- landing_dropped: the day's events have left landing, so that its rollups can only be added to.
CREATE TABLE analytics.rollup_days_v1 (
  tenant_id       text        NOT NULL,
  local_day       date        NOT NULL,
  starts_at       timestamptz NOT NULL,
  ends_at         timestamptz NOT NULL,
  events          bigint      NOT NULL,
  late_events     bigint      NOT NULL,
  rolled_at       timestamptz NOT NULL,
  landing_dropped boolean     NOT NULL DEFAULT false,
  PRIMARY KEY (tenant_id, local_day)
);

-- What both stores say of a day.
CREATE TABLE analytics.reconciliation_v1 (
  tenant_id     text        NOT NULL,
  local_day     date        NOT NULL,
  type          text        NOT NULL,
  batch_events  bigint      NOT NULL,
  stream_events bigint      NOT NULL,
  batch_tokens  numeric     NOT NULL,
  stream_tokens numeric     NOT NULL,
  batch_cost    numeric     NOT NULL,
  stream_cost   numeric     NOT NULL,
  late_events   bigint      NOT NULL,
  checked_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, local_day, type)
);
