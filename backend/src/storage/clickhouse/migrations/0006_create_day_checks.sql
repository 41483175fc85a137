-- day_checks_v1: what both stores have of a closed local day, by type. Writer: batch-processor, after each comparison; the
-- last one counts, so it is read with FINAL. day is the instant at which the day begins in the tenant's zone.
CREATE TABLE IF NOT EXISTS day_checks_v1
(
    tenant_id LowCardinality(String),
    day DateTime('UTC'),
    type LowCardinality(String),
    stream_events UInt64,
    batch_events UInt64,
    late_events UInt64,
    checked_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(checked_at)
PARTITION BY toYear(day)
ORDER BY (tenant_id, day, type)
TTL day + toIntervalDay(1830);
