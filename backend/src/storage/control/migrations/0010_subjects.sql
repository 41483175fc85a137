-- People of whom nothing more is taken in, because they were erased or opted out. The digest is keyed with the tenant's salt: it
-- tells whether a name is on the list, and no name. The one writer is the store of suppressions.
CREATE TABLE control.suppressions (
  tenant_id  text        NOT NULL REFERENCES control.tenants (tenant_id),
  digest     text        NOT NULL,
  reason     text        NOT NULL CHECK (reason IN ('erased', 'opted-out')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, digest)
);

-- What was done about people, without their names. The one writer is the store of jobs.
CREATE TABLE control.subject_jobs (
  job_id         text        PRIMARY KEY,
  tenant_id      text        NOT NULL REFERENCES control.tenants (tenant_id),
  kind           text        NOT NULL CHECK (kind IN ('erase', 'export', 'opt-out', 'opt-in')),
  state          text        NOT NULL CHECK (state IN ('running', 'done', 'failed')),
  -- JSON as text: what was found and changed in which table, and what was left in the end.
  proof          text,
  failure_code   text,
  failure_reason text,
  created_at     timestamptz NOT NULL,
  -- The last sign of life of who does it.
  alive_at       timestamptz NOT NULL,
  ended_at       timestamptz
);
CREATE INDEX subject_jobs_by_tenant ON control.subject_jobs (tenant_id, created_at);
-- Erasures rewrite tables: one at a time, whoever does it.
CREATE UNIQUE INDEX subject_jobs_one_erasure ON control.subject_jobs (kind) WHERE kind = 'erase' AND state = 'running';
