-- What a tenant wants of its numbers: targets, budgets, prices of seats. The one writer is the goals store.
CREATE TABLE control.goals (
  tenant_id  text        NOT NULL REFERENCES control.tenants (tenant_id),
  kind       text        NOT NULL CHECK (kind IN ('targets', 'budgets', 'seatPrices')),
  name       text        NOT NULL,
  -- A goal of a file and one of the API may have the same name: the file's counts, the other one waits.
  origin     text        NOT NULL CHECK (origin IN ('api', 'file')),
  -- JSON as text: a text in it may hold characters that jsonb refuses.
  document   text        NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, kind, name, origin)
);
