-- events_per_minute_v1: what happens, by type. A dense key, so a minute pays.
CREATE TABLE IF NOT EXISTS events_per_minute_v1
(
    tenant_id LowCardinality(String),
    domain LowCardinality(String),
    type LowCardinality(String),
    minute DateTime('UTC'),
    received_month Date,
    events SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (tenant_id, type, minute, domain, received_month)
TTL received_month + toIntervalDay(1830)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS events_per_minute_v1_mv TO events_per_minute_v1 AS
SELECT
    tenant_id,
    domain,
    type,
    toStartOfMinute(toDateTime(occurred_at, 'UTC')) AS minute,
    toStartOfMonth(received_at) AS received_month,
    count() AS events
FROM events_raw_v1
GROUP BY tenant_id, domain, type, minute, received_month;

-- api_requests_per_minute_v1: backend API traffic by outcome. Routes are too sparse for a minute: they have the
-- quarter hours below.
CREATE TABLE IF NOT EXISTS api_requests_per_minute_v1
(
    tenant_id LowCardinality(String),
    type LowCardinality(String),
    minute DateTime('UTC'),
    method LowCardinality(String),
    status_code UInt16,
    received_month Date,
    events SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (tenant_id, type, minute, method, status_code, received_month)
TTL received_month + toIntervalDay(1830)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS api_requests_per_minute_v1_mv TO api_requests_per_minute_v1 AS
SELECT
    tenant_id,
    type,
    toStartOfMinute(toDateTime(occurred_at, 'UTC')) AS minute,
    method,
    status_code,
    toStartOfMonth(received_at) AS received_month,
    count() AS events
FROM events_raw_v1
WHERE type = 'ai.coditect.api.request.completed.v1'
GROUP BY tenant_id, type, minute, method, status_code, received_month;

-- api_requests_per_quarter_v1: by route, with durations, in quarter hours: the coarsest grain from which the local days
-- of India, Nepal and every daylight-saving change can still be cut.
CREATE TABLE IF NOT EXISTS api_requests_per_quarter_v1
(
    tenant_id LowCardinality(String),
    type LowCardinality(String),
    quarter DateTime('UTC'),
    route LowCardinality(String),
    method LowCardinality(String),
    status_code UInt16,
    received_month Date,
    events SimpleAggregateFunction(sum, UInt64),
    response_bytes SimpleAggregateFunction(sum, UInt64),
    duration_ms_sketch AggregateFunction(quantilesDD(0.005, 0.5, 0.95, 0.99), Float64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(quarter)
ORDER BY (tenant_id, type, quarter, route, method, status_code, received_month)
TTL received_month + toIntervalDay(1830)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS api_requests_per_quarter_v1_mv TO api_requests_per_quarter_v1 AS
SELECT
    tenant_id,
    type,
    toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')) AS quarter,
    route,
    method,
    status_code,
    toStartOfMonth(received_at) AS received_month,
    count() AS events,
    sum(response_bytes) AS response_bytes,
    quantilesDDStateIf(0.005, 0.5, 0.95, 0.99)(assumeNotNull(duration_ms), isNotNull(duration_ms)) AS duration_ms_sketch
FROM events_raw_v1
WHERE type = 'ai.coditect.api.request.completed.v1'
GROUP BY tenant_id, type, quarter, route, method, status_code, received_month;

-- agent_durations_per_quarter_v1: how long agents took, for ranges too long to be read from events. Few keys, because
-- merging a sketch costs as much as reading some forty events.
CREATE TABLE IF NOT EXISTS agent_durations_per_quarter_v1
(
    tenant_id LowCardinality(String),
    type LowCardinality(String),
    quarter DateTime('UTC'),
    status LowCardinality(String),
    agent LowCardinality(String),
    model LowCardinality(String),
    received_month Date,
    events SimpleAggregateFunction(sum, UInt64),
    duration_ms_sketch AggregateFunction(quantilesDD(0.005, 0.5, 0.95, 0.99), Float64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(quarter)
ORDER BY (tenant_id, type, quarter, status, agent, model, received_month)
TTL received_month + toIntervalDay(1830)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS agent_durations_per_quarter_v1_mv TO agent_durations_per_quarter_v1 AS
SELECT
    tenant_id,
    type,
    toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')) AS quarter,
    status,
    agent,
    model,
    toStartOfMonth(received_at) AS received_month,
    count() AS events,
    quantilesDDStateIf(0.005, 0.5, 0.95, 0.99)(assumeNotNull(duration_ms), isNotNull(duration_ms)) AS duration_ms_sketch
FROM events_raw_v1
WHERE domain = 'agent'
GROUP BY tenant_id, type, quarter, status, agent, model, received_month;

-- activity_per_quarter_v1: every dimension that KPIs of people, agents and workflows allow. Its key is nearly as fine as
-- the events themselves, so it holds sums only; it answers where raw events are too many, or no longer kept.
CREATE TABLE IF NOT EXISTS activity_per_quarter_v1
(
    tenant_id LowCardinality(String),
    type LowCardinality(String),
    quarter DateTime('UTC'),
    domain LowCardinality(String),
    status LowCardinality(String),
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
    received_month Date,
    events SimpleAggregateFunction(sum, UInt64),
    tokens_input SimpleAggregateFunction(sum, UInt64),
    tokens_output SimpleAggregateFunction(sum, UInt64),
    tokens_cache_read SimpleAggregateFunction(sum, UInt64),
    tokens_cache_creation SimpleAggregateFunction(sum, UInt64),
    tokens_reasoning SimpleAggregateFunction(sum, UInt64),
    cost_usd SimpleAggregateFunction(sum, Decimal(38, 9))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(quarter)
ORDER BY (tenant_id, type, quarter, domain, status, team, project, repository, agent, agent_version, model, workflow, tool, language, kind, received_month)
TTL received_month + toIntervalDay(1830)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS activity_per_quarter_v1_mv TO activity_per_quarter_v1 AS
SELECT
    tenant_id,
    type,
    toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')) AS quarter,
    domain,
    status,
    team,
    project,
    repository,
    agent,
    agent_version,
    model,
    workflow,
    tool,
    language,
    kind,
    toStartOfMonth(received_at) AS received_month,
    count() AS events,
    sum(tokens_input) AS tokens_input,
    sum(tokens_output) AS tokens_output,
    sum(tokens_cache_read) AS tokens_cache_read,
    sum(tokens_cache_creation) AS tokens_cache_creation,
    sum(tokens_reasoning) AS tokens_reasoning,
    sum(cost_usd) AS cost_usd
FROM events_raw_v1
GROUP BY tenant_id, type, quarter, domain, status, team, project, repository, agent, agent_version, model, workflow, tool, language, kind, received_month;

-- user_days_v1: who was active in which quarter hours of a UTC day, one bit each. Exact distinct users for any local day.
CREATE TABLE IF NOT EXISTS user_days_v1
(
    tenant_id LowCardinality(String),
    utc_day Date,
    domain LowCardinality(String),
    team LowCardinality(String),
    project LowCardinality(String),
    user_key UInt64,
    received_month Date,
    quarters SimpleAggregateFunction(groupBitOr, UInt128)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(utc_day)
ORDER BY (tenant_id, utc_day, domain, team, project, user_key, received_month)
TTL received_month + toIntervalDay(1830)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS user_days_v1_mv TO user_days_v1 AS
SELECT
    tenant_id,
    toDate(occurred_at, 'UTC') AS utc_day,
    domain,
    team,
    project,
    sipHash64(user_id) AS user_key,
    toStartOfMonth(received_at) AS received_month,
    groupBitOr(bitShiftLeft(toUInt128(1), intDiv(toUnixTimestamp(occurred_at) % 86400, 900))) AS quarters
FROM events_raw_v1
WHERE user_id != ''
GROUP BY tenant_id, utc_day, domain, team, project, user_key, received_month;
