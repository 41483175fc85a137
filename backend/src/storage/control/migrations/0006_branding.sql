-- Logo and colour of a tenant's reports. The one writer is the branding store.
CREATE TABLE control.branding (
  tenant_id  text        PRIMARY KEY REFERENCES control.tenants (tenant_id),
  colour     text,
  logo       bytea,
  updated_at timestamptz NOT NULL
);
