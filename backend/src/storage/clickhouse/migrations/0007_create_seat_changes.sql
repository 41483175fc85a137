-- seat_changes_v1: seats bought, assigned and released, a row for each event, kept as long as aggregates: who has a seat
-- today may have got it before the oldest event that is still kept. seat is the subject of the event, or the person that
-- is named where there is none. Read with FINAL: this migration may meet events that are stored while it runs.
CREATE TABLE IF NOT EXISTS seat_changes_v1
(
    tenant_id LowCardinality(String),
    action LowCardinality(String),
    seat String,
    user_key UInt64,
    team LowCardinality(String),
    project LowCardinality(String),
    seats UInt32,
    occurred_at DateTime64(3, 'UTC'),
    event_id UUID,
    received_month Date
)
ENGINE = ReplacingMergeTree
PARTITION BY toYear(occurred_at)
ORDER BY (tenant_id, seat, occurred_at, event_id)
TTL received_month + toIntervalDay(1830)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS seat_changes_v1_mv TO seat_changes_v1 AS
SELECT
    tenant_id,
    splitByChar('.', type)[5] AS action,
    multiIf(subject != '', subject, attributes['assignee.userId'] != '', attributes['assignee.userId'], user_id != '', user_id, toString(event_id)) AS seat,
    sipHash64(if(attributes['assignee.userId'] != '', attributes['assignee.userId'], user_id)) AS user_key,
    team,
    project,
    greatest(toUInt32(1), toUInt32OrZero(attributes['quantity'])) AS seats,
    occurred_at,
    event_id,
    toStartOfMonth(received_at) AS received_month
FROM events_raw_v1
WHERE type IN ('ai.coditect.licence.seat.purchased.v1', 'ai.coditect.licence.seat.assigned.v1', 'ai.coditect.licence.seat.released.v1');

INSERT INTO seat_changes_v1
SELECT
    tenant_id,
    splitByChar('.', type)[5] AS action,
    multiIf(subject != '', subject, attributes['assignee.userId'] != '', attributes['assignee.userId'], user_id != '', user_id, toString(event_id)) AS seat,
    sipHash64(if(attributes['assignee.userId'] != '', attributes['assignee.userId'], user_id)) AS user_key,
    team,
    project,
    greatest(toUInt32(1), toUInt32OrZero(attributes['quantity'])) AS seats,
    occurred_at,
    event_id,
    toStartOfMonth(received_at) AS received_month
FROM events_raw_v1
WHERE type IN ('ai.coditect.licence.seat.purchased.v1', 'ai.coditect.licence.seat.assigned.v1', 'ai.coditect.licence.seat.released.v1');
