-- acceptance: a number drawn each time that the collector takes an event in; 0 for what was stored before there was one. An
-- event that comes with another acceptance than the stored one was sent again, with the same one it was only carried again.
-- Writer: stream-processor. View and table of checks are made anew, as in 0004 and 0005.
ALTER TABLE events_raw_v1 ADD COLUMN IF NOT EXISTS acceptance UInt32;
ALTER TABLE event_ids_v1 ADD COLUMN IF NOT EXISTS acceptance UInt32;
DROP VIEW IF EXISTS event_ids_v1_mv;
CREATE MATERIALIZED VIEW IF NOT EXISTS event_ids_v1_mv TO event_ids_v1 AS
SELECT tenant_id, event_id, toDateTime(received_at, 'UTC') AS received_at, toStartOfMonth(events_raw_v1.received_at) AS received_month, message_key, acceptance
FROM events_raw_v1;
DROP TABLE IF EXISTS events_raw_check_v1;
CREATE TABLE IF NOT EXISTS events_raw_check_v1 AS events_raw_v1 ENGINE = Null;

-- duplicate_events_v1: a row for each time that an event was taken in again, kept as long as aggregates. Its key is all of
-- it, so that a row that comes again replaces itself: no token is needed, and it is read with FINAL. Writer: stream-processor.
CREATE TABLE IF NOT EXISTS duplicate_events_v1
(
    tenant_id LowCardinality(String),
    type LowCardinality(String),
    domain LowCardinality(String) DEFAULT if(startsWith(type, 'ai.coditect.'), splitByChar('.', type)[3], 'other'),
    occurred_at DateTime64(3, 'UTC'),
    event_id UUID,
    acceptance UInt32,
    received_at DateTime64(3, 'UTC'),
    received_month Date DEFAULT toStartOfMonth(received_at)
)
ENGINE = ReplacingMergeTree
PARTITION BY received_month
ORDER BY (tenant_id, type, occurred_at, event_id, acceptance)
TTL received_month + toIntervalDay(1830);

-- What was taken in: events that are stored, and those that came again. By the minute, and by the event for what lies
-- beside whole minutes.
CREATE VIEW IF NOT EXISTS accepted_per_minute_v1 AS
SELECT tenant_id, type, domain, minute, toUInt64(events) AS stored_events, toUInt64(0) AS duplicate_events
FROM events_per_minute_v1
UNION ALL
SELECT tenant_id, type, domain, toStartOfMinute(toDateTime(occurred_at, 'UTC')) AS minute, toUInt64(0) AS stored_events, toUInt64(1) AS duplicate_events
FROM duplicate_events_v1 FINAL;

CREATE VIEW IF NOT EXISTS accepted_events_v1 AS
SELECT tenant_id, type, domain, occurred_at, toUInt64(1) AS stored_events, toUInt64(0) AS duplicate_events
FROM events_raw_v1
UNION ALL
SELECT tenant_id, type, domain, occurred_at, toUInt64(0) AS stored_events, toUInt64(1) AS duplicate_events
FROM duplicate_events_v1 FINAL;
