-- What batch-processor lands: one row per event, for reports and rollups. The one writer of these tables is batch-processor.
CREATE EXTENSION IF NOT EXISTS timescaledb;

-- Every identity that landing or a rollup still counts. Time is no part of an identity, and a key of a hypertable must
-- hold its time: so identities have a table of their own. The first one wins.
CREATE TABLE analytics.event_ids_v1 (
  event_id    uuid        PRIMARY KEY,
  tenant_id   text        NOT NULL,
  received_at timestamptz NOT NULL
);
-- For what leaves by its age: rows stand nearly in the order of receipt.
CREATE INDEX event_ids_v1_received_at ON analytics.event_ids_v1 USING brin (received_at);

-- By receipt, because retention counts from there: years of history that come at once make one chunk.
CREATE TABLE analytics.events_landing_v1 (
  tenant_id             text             NOT NULL,
  event_id              uuid             NOT NULL,
  type                  text             NOT NULL,
  domain                text             NOT NULL,
  occurred_at           timestamptz      NOT NULL,
  received_at           timestamptz      NOT NULL,
  user_id               text             NOT NULL DEFAULT '',
  session_id            text             NOT NULL DEFAULT '',
  team                  text             NOT NULL DEFAULT '',
  project               text             NOT NULL DEFAULT '',
  repository            text             NOT NULL DEFAULT '',
  agent                 text             NOT NULL DEFAULT '',
  agent_version         text             NOT NULL DEFAULT '',
  model                 text             NOT NULL DEFAULT '',
  workflow              text             NOT NULL DEFAULT '',
  tool                  text             NOT NULL DEFAULT '',
  language              text             NOT NULL DEFAULT '',
  kind                  text             NOT NULL DEFAULT '',
  status                text             NOT NULL DEFAULT '',
  method                text             NOT NULL DEFAULT '',
  route                 text             NOT NULL DEFAULT '',
  status_code           integer          NOT NULL DEFAULT 0,
  duration_ms           double precision,
  tokens_input          bigint           NOT NULL DEFAULT 0,
  tokens_output         bigint           NOT NULL DEFAULT 0,
  tokens_cache_read     bigint           NOT NULL DEFAULT 0,
  tokens_cache_creation bigint           NOT NULL DEFAULT 0,
  tokens_reasoning      bigint           NOT NULL DEFAULT 0,
  cost_usd              numeric(18, 9)   NOT NULL DEFAULT 0,
  response_bytes        bigint           NOT NULL DEFAULT 0
);
SELECT create_hypertable(
  'analytics.events_landing_v1', 'received_at',
  chunk_time_interval => INTERVAL '7 days', create_default_indexes => false
);
CREATE INDEX events_landing_v1_occurred_at ON analytics.events_landing_v1 (tenant_id, occurred_at);

-- What has changed since it was rolled up, written in the transaction that lands: a row for each tenant and UTC hour of a
-- batch. Append only, so that landing never waits for a rollup, nor one landing for another.
CREATE TABLE analytics.rollup_marks_v1 (
  id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text        NOT NULL,
  utc_hour  timestamptz NOT NULL,
  events    integer     NOT NULL
);
CREATE INDEX rollup_marks_v1_hour ON analytics.rollup_marks_v1 (tenant_id, utc_hour);
