-- Messages that were given up on, whole. The one writer of these tables is the dead-letter store.
CREATE TABLE control.dead_letters (
  letter_id        uuid        PRIMARY KEY,
  message_id       text        NOT NULL,
  origin           text        NOT NULL,
  code             text        NOT NULL,
  reason           text        NOT NULL,
  attempts         integer     NOT NULL,
  -- Envelopes as NDJSON under gzip, of every tenant in the message; no bytes where there is none to be read.
  events           bytea       NOT NULL,
  events_count     integer     NOT NULL,
  raw_tenant_id    text,
  raw_content_type text,
  raw_body         bytea,
  first_at         timestamptz NOT NULL,
  last_at          timestamptz NOT NULL,
  -- Counts up with every time it is given up, so that a replay marks only the letter that it read.
  times_given_up   integer     NOT NULL,
  state            text        NOT NULL CHECK (state IN ('waiting', 'replayed')),
  replayed_at      timestamptz,
  replays          integer     NOT NULL,
  UNIQUE (message_id, origin)
);
CREATE INDEX dead_letters_by_first_at ON control.dead_letters (first_at, letter_id);
CREATE INDEX dead_letters_by_last_at ON control.dead_letters (last_at);

-- Whose events a letter holds. A tenant sees a letter through its own row here and in no other way.
CREATE TABLE control.dead_letter_tenants (
  tenant_id text        NOT NULL,
  letter_id uuid        NOT NULL REFERENCES control.dead_letters (letter_id) ON DELETE CASCADE,
  first_at  timestamptz NOT NULL,
  events    integer     NOT NULL,
  PRIMARY KEY (tenant_id, letter_id)
);
CREATE INDEX dead_letter_tenants_by_first_at ON control.dead_letter_tenants (tenant_id, first_at, letter_id);
CREATE INDEX dead_letter_tenants_by_letter ON control.dead_letter_tenants (letter_id);
