-- What the rollup itself has to remember.

-- zone_since: the first local day that lies in the tenant's present zone as a whole; NULL where every day does.
-- kept_from: the first local day whose rollups are kept; NULL while none has been removed.
ALTER TABLE analytics.rollup_tenants_v1 ADD COLUMN zone_since date;
ALTER TABLE analytics.rollup_tenants_v1 ADD COLUMN kept_from date;

-- Zones that a tenant had before, and the end of the last day that was cut in each.
CREATE TABLE analytics.rollup_zones_v1 (
  tenant_id text        NOT NULL,
  until_day date        NOT NULL,
  until_at  timestamptz NOT NULL,
  time_zone text        NOT NULL,
  PRIMARY KEY (tenant_id, until_day)
);

-- A day whose rollups are newer than this is compared with the stream's store.
ALTER TABLE analytics.rollup_days_v1 ADD COLUMN reconciled_at timestamptz;

-- How long a mark has waited.
ALTER TABLE analytics.rollup_marks_v1 ADD COLUMN marked_at timestamptz NOT NULL DEFAULT now();
