-- events_raw_v1: one row per event. Writer: stream-processor.
-- Partitioned by the month of the event, so that years of history import as few parts; kept by receivedAt.
CREATE TABLE IF NOT EXISTS events_raw_v1
(
    tenant_id LowCardinality(String),
    event_id UUID,
    type LowCardinality(String),
    domain LowCardinality(String) DEFAULT if(startsWith(type, 'ai.coditect.'), splitByChar('.', type)[3], 'other'),
    source String,
    id String,
    subject String,
    occurred_at DateTime64(3, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    user_id String,
    session_id String,
    team LowCardinality(String),
    project LowCardinality(String),
    repository LowCardinality(String),
    agent LowCardinality(String),
    agent_version LowCardinality(String),
    model LowCardinality(String),
    workflow LowCardinality(String),
    tool LowCardinality(String),
    language LowCardinality(String),
    kind LowCardinality(String),
    status LowCardinality(String),
    method LowCardinality(String),
    route LowCardinality(String),
    status_code UInt16,
    duration_ms Nullable(Float64),
    tokens_input UInt64,
    tokens_output UInt64,
    tokens_cache_read UInt64,
    tokens_cache_creation UInt64,
    tokens_reasoning UInt64,
    cost_usd Decimal(18, 9),
    response_bytes UInt64,
    attributes Map(LowCardinality(String), String)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (tenant_id, type, occurred_at)
TTL toDateTime(received_at) + INTERVAL 400 DAY
SETTINGS non_replicated_deduplication_window = 10000;

-- event_ids_v1: every identity that an aggregate still counts. Filled from events_raw_v1.
-- received_month also ends the key of each aggregate: ids and the sums they guard leave together.
CREATE TABLE IF NOT EXISTS event_ids_v1
(
    tenant_id LowCardinality(String),
    event_id UUID,
    received_at DateTime('UTC'),
    received_month Date
)
ENGINE = MergeTree
PARTITION BY received_month
ORDER BY (tenant_id, event_id)
TTL received_month + INTERVAL 1891 DAY
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS event_ids_v1_mv TO event_ids_v1 AS
SELECT tenant_id, event_id, toDateTime(received_at, 'UTC') AS received_at, toStartOfMonth(events_raw_v1.received_at) AS received_month
FROM events_raw_v1;
