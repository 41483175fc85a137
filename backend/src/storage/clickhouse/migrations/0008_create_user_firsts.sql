-- user_firsts_v1: when a user was first seen, and when an agent run of that user first succeeded, by team and project.
-- Kept as minimums and as long as aggregates: rows that come again change nothing. Filled from events_raw_v1. What was
-- there before is taken from the events that are still kept, and when users were first seen from their days, too: as
-- the end of the quarter hour, so that an event that is still kept tells the very moment.
CREATE TABLE IF NOT EXISTS user_firsts_v1
(
    tenant_id LowCardinality(String),
    milestone LowCardinality(String),
    user_key UInt64,
    team LowCardinality(String),
    project LowCardinality(String),
    received_month Date,
    first_at SimpleAggregateFunction(min, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYear(received_month)
ORDER BY (tenant_id, milestone, user_key, team, project, received_month)
TTL received_month + toIntervalDay(1830)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS user_firsts_v1_mv TO user_firsts_v1 AS
SELECT
    tenant_id,
    arrayJoin(if(type = 'ai.coditect.agent.run.finished.v1' AND status = 'succeeded', ['seen', 'runSucceeded'], ['seen'])) AS milestone,
    sipHash64(user_id) AS user_key,
    team,
    project,
    toStartOfMonth(received_at) AS received_month,
    min(occurred_at) AS first_at
FROM events_raw_v1
WHERE user_id != ''
GROUP BY tenant_id, milestone, user_key, team, project, received_month;

INSERT INTO user_firsts_v1
SELECT
    tenant_id,
    arrayJoin(if(type = 'ai.coditect.agent.run.finished.v1' AND status = 'succeeded', ['seen', 'runSucceeded'], ['seen'])) AS milestone,
    sipHash64(user_id) AS user_key,
    team,
    project,
    toStartOfMonth(received_at) AS received_month,
    min(occurred_at) AS first_at
FROM events_raw_v1
WHERE user_id != ''
GROUP BY tenant_id, milestone, user_key, team, project, received_month;

INSERT INTO user_firsts_v1
SELECT
    tenant_id,
    'seen' AS milestone,
    user_key,
    team,
    project,
    received_month,
    min(fromUnixTimestamp64Milli((toUnixTimestamp(toDateTime(utc_day, 'UTC')) + 900 * toInt64(round(log2(toFloat64(bitAnd(quarters, bitNot(quarters) + 1)))))) * 1000 + 899999, 'UTC')) AS first_at
FROM user_days_v1
WHERE quarters != 0
GROUP BY tenant_id, user_key, team, project, received_month;
