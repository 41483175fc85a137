-- message_key: which message brought the event, as 64 bits of its id. A message that comes again after it was stored in
-- part keeps its own events and leaves out those of others. Writer: stream-processor.
-- The view is made anew: one that is altered gives other tokens to its blocks after a restart than before it.
ALTER TABLE events_raw_v1 ADD COLUMN IF NOT EXISTS message_key UInt64;
ALTER TABLE event_ids_v1 ADD COLUMN IF NOT EXISTS message_key UInt64;
DROP VIEW IF EXISTS event_ids_v1_mv;
CREATE MATERIALIZED VIEW IF NOT EXISTS event_ids_v1_mv TO event_ids_v1 AS
SELECT tenant_id, event_id, toDateTime(received_at, 'UTC') AS received_at, toStartOfMonth(events_raw_v1.received_at) AS received_month, message_key
FROM events_raw_v1;
