-- What tenants have used in a day of UTC, a row for each run of a process: the totals of that run, not what was added. Written twice, or
-- again after a crash, they are the same; the greater number counts. The one writer is the store of usage.
CREATE TABLE control.tenant_usage (
  tenant_id  text        NOT NULL REFERENCES control.tenants (tenant_id),
  day        date        NOT NULL,
  run_id     text        NOT NULL,
  events     bigint      NOT NULL,
  rows_read  bigint      NOT NULL,
  report_ms  bigint      NOT NULL,
  PRIMARY KEY (day, tenant_id, run_id)
);

-- How many raw events of a tenant were kept when they were last counted. A tenant without a row has none.
CREATE TABLE control.tenant_storage (
  tenant_id     text        PRIMARY KEY REFERENCES control.tenants (tenant_id),
  stored_events bigint      NOT NULL,
  counted_at    timestamptz NOT NULL
);
