-- Control data: who may send and ask, and with which secrets. The one writer of these tables is the control store.
CREATE TABLE control.tenants (
  tenant_id  text        PRIMARY KEY CHECK (tenant_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name       text        NOT NULL,
  time_zone  text        NOT NULL,
  user_salt  bytea       NOT NULL CHECK (octet_length(user_salt) = 32),
  created_at timestamptz NOT NULL
);

-- A key is found by its prefix and proven by the hash of the whole. The key itself is not kept.
CREATE TABLE control.keys (
  key_id     text        PRIMARY KEY,
  tenant_id  text        NOT NULL REFERENCES control.tenants (tenant_id),
  prefix     text        NOT NULL UNIQUE,
  key_hash   bytea       NOT NULL CHECK (octet_length(key_hash) = 32),
  scopes     text[]      NOT NULL CHECK (cardinality(scopes) > 0),
  created_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX keys_by_tenant ON control.keys (tenant_id, created_at);

CREATE TABLE control.settings (
  name       text        PRIMARY KEY,
  value      text        NOT NULL,
  updated_at timestamptz NOT NULL
);
