-- Reports: what was asked for, what became of it, and the queue of those that wait. The one writer is the report store.
CREATE TABLE control.reports (
  tenant_id       text             NOT NULL REFERENCES control.tenants (tenant_id),
  report_id       text             NOT NULL UNIQUE,
  schedule_id     text,
  requested_by    text             NOT NULL,
  idempotency_key text,
  title           text             NOT NULL,
  format          text             NOT NULL,
  content         text             NOT NULL,
  -- The request as JSON under gzip, and the hash by which it is told from another one.
  request         bytea            NOT NULL,
  request_hash    text             NOT NULL,
  state           text             NOT NULL
    CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'expired')),
  progress        double precision NOT NULL DEFAULT 0,
  -- Counts up with every start; what an earlier start says later is not heard.
  attempt         integer          NOT NULL DEFAULT 0,
  -- Starts that are left before it fails for good.
  attempts_left   integer          NOT NULL,
  created_at      timestamptz      NOT NULL,
  -- Since when it waits, and until when it has to.
  queued_at       timestamptz      NOT NULL,
  due_at          timestamptz      NOT NULL,
  started_at      timestamptz,
  finished_at     timestamptz,
  expires_at      timestamptz,
  -- Who makes it, and until when that counts without a sign of life.
  lease_owner     text,
  lease_until     timestamptz,
  failure_code    text,
  failure_reason  text,
  -- JSON as text: a text in it may hold characters that jsonb refuses.
  file            text,
  notices         text             NOT NULL DEFAULT '[]',
  manifest        text,
  PRIMARY KEY (tenant_id, report_id),
  UNIQUE (tenant_id, idempotency_key)
);
CREATE INDEX reports_by_creation ON control.reports (tenant_id, created_at, report_id);
CREATE INDEX reports_in_hand ON control.reports (state, tenant_id, queued_at) WHERE state IN ('queued', 'running');
CREATE INDEX reports_by_expiry ON control.reports (expires_at) WHERE state = 'done';
CREATE INDEX reports_by_end ON control.reports (finished_at);

-- When a report of each tenant was last begun: whose turn was longest ago is next.
CREATE TABLE control.report_turns (
  tenant_id text        PRIMARY KEY REFERENCES control.tenants (tenant_id),
  begun_at  timestamptz NOT NULL
);
