-- Webhooks: who sends them, for which tenant, and the secret they are signed with. It is a key of an HMAC and must be
-- read again: its first byte says whether it is encrypted (1) or stored as it is (0). The one writer is the webhook store.
CREATE TABLE control.webhooks (
  webhook_id text        PRIMARY KEY,
  tenant_id  text        NOT NULL REFERENCES control.tenants (tenant_id),
  kind       text        NOT NULL,
  secret     bytea       NOT NULL CHECK (octet_length(secret) > 1),
  created_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX webhooks_by_tenant ON control.webhooks (tenant_id, created_at);
