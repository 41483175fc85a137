-- What happened to seats before seat_changes_v1 was there: landing does not hold it, the stream's store does. One row
-- where there is such a time; taken_at is when it was taken from there.
CREATE TABLE analytics.seat_history_v1 (
  known_since timestamptz PRIMARY KEY,
  taken_at    timestamptz
);
INSERT INTO analytics.seat_history_v1 (known_since)
SELECT now() WHERE EXISTS (SELECT FROM analytics.event_ids_v1);
