-- Schedules of reports, their runs, and what became of each delivery. The writers are the stores of schedules, of their
-- runs and of deliveries.
CREATE TABLE control.schedules (
  tenant_id      text        NOT NULL REFERENCES control.tenants (tenant_id),
  schedule_id    text        NOT NULL UNIQUE,
  -- JSON as text: a text in it may hold characters that jsonb refuses.
  request        text        NOT NULL,
  -- What its webhooks are signed with; the first byte says whether it is encrypted (1) or stored as it is (0).
  webhook_secret bytea,
  created_by     text        NOT NULL,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  -- Absent while it is paused, and when its life is over.
  next_run_at    timestamptz,
  last_run_at    timestamptz,
  PRIMARY KEY (tenant_id, schedule_id)
);
CREATE INDEX schedules_by_next_run ON control.schedules (next_run_at) WHERE next_run_at IS NOT NULL;

CREATE TABLE control.schedule_runs (
  tenant_id    text        NOT NULL,
  schedule_id  text        NOT NULL,
  run_id       text        NOT NULL UNIQUE,
  due_at       timestamptz NOT NULL,
  is_test      boolean     NOT NULL,
  -- waiting: for its period to be complete. making: its report is in the queue.
  phase        text        NOT NULL CHECK (phase IN ('waiting', 'making', 'delivering', 'ended', 'skipped')),
  -- The request of its report as JSON, made once: asked for twice it is the same one.
  request      text,
  wait_until   timestamptz,
  report_id    text,
  -- Of the report when it ended; reports are forgotten earlier than some runs.
  report_state text,
  reason       text,
  created_at   timestamptz NOT NULL,
  ended_at     timestamptz,
  PRIMARY KEY (tenant_id, run_id),
  FOREIGN KEY (tenant_id, schedule_id) REFERENCES control.schedules (tenant_id, schedule_id) ON DELETE CASCADE
);
-- Several services take each run once.
CREATE UNIQUE INDEX schedule_runs_once ON control.schedule_runs (schedule_id, due_at) WHERE NOT is_test;
CREATE INDEX schedule_runs_by_schedule ON control.schedule_runs (tenant_id, schedule_id, due_at);
CREATE INDEX schedule_runs_in_hand ON control.schedule_runs (phase) WHERE phase IN ('waiting', 'making');
CREATE INDEX schedule_runs_by_end ON control.schedule_runs (ended_at);

CREATE TABLE control.schedule_deliveries (
  tenant_id     text        NOT NULL,
  run_id        text        NOT NULL,
  position      integer     NOT NULL,
  kind          text        NOT NULL CHECK (kind IN ('email', 'webhook')),
  target        text        NOT NULL,
  state         text        NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
  -- Counts up with every turn; what an earlier turn says later is not heard.
  attempts      integer     NOT NULL DEFAULT 0,
  reason        text,
  -- When it is tried next; absent while the report is not made.
  due_at        timestamptz,
  -- Until when somebody has it in hand.
  claimed_until timestamptz,
  ended_at      timestamptz,
  PRIMARY KEY (tenant_id, run_id, position),
  FOREIGN KEY (tenant_id, run_id) REFERENCES control.schedule_runs (tenant_id, run_id) ON DELETE CASCADE
);
CREATE INDEX schedule_deliveries_due ON control.schedule_deliveries (due_at) WHERE state = 'waiting' AND due_at IS NOT NULL;
