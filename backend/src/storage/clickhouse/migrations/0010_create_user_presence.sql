-- user_presence_v1: who was active in which quarter hours of a UTC day, whatever they did and for whom: what user_days_v1 tells
-- without its dimensions, in a fraction of the rows. Filled from events_raw_v1; what was there before comes from user_days_v1,
-- where rows that come again change nothing.
CREATE TABLE IF NOT EXISTS user_presence_v1
(
    tenant_id LowCardinality(String),
    utc_day Date,
    user_key UInt64,
    received_month Date,
    quarters SimpleAggregateFunction(groupBitOr, UInt128)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(utc_day)
ORDER BY (tenant_id, utc_day, user_key, received_month)
TTL received_month + toIntervalDay(1830)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS user_presence_v1_mv TO user_presence_v1 AS
SELECT
    tenant_id,
    toDate(occurred_at, 'UTC') AS utc_day,
    sipHash64(user_id) AS user_key,
    toStartOfMonth(received_at) AS received_month,
    groupBitOr(bitShiftLeft(toUInt128(1), intDiv(toUnixTimestamp(occurred_at) % 86400, 900))) AS quarters
FROM events_raw_v1
WHERE user_id != ''
GROUP BY tenant_id, utc_day, user_key, received_month;

INSERT INTO user_presence_v1
SELECT
    tenant_id,
    utc_day,
    user_key,
    received_month,
    groupBitOr(user_days_v1.quarters) AS quarters
FROM user_days_v1
GROUP BY tenant_id, utc_day, user_key, received_month;
