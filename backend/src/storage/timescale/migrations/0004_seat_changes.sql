-- seat_changes_v1: seats bought, assigned and released, a row for each event, written in the transaction that lands it.
-- Kept as long as rollups: who has a seat today may have got it before the oldest event that landing still holds. seat
-- is the subject of the event, or the person that is named where there is none. As in the other store.
CREATE TABLE analytics.seat_changes_v1 (
  tenant_id   text        NOT NULL,
  event_id    uuid        NOT NULL,
  action      text        NOT NULL,
  seat        text        NOT NULL,
  user_id     text        NOT NULL,
  team        text        NOT NULL,
  project     text        NOT NULL,
  seats       bigint      NOT NULL,
  occurred_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, event_id)
);
