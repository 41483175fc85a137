-- Who did what. Only ever added to: each entry has the hash of the one before it in its chain. The one writer is the
-- audit store.
CREATE TABLE control.audit_log (
  -- A tenant's chain, or the empty one of the platform. No reference: what was done outlives whom it was done to.
  tenant_id     text        NOT NULL CHECK (tenant_id ~ '^([a-z0-9][a-z0-9-]{0,62})?$'),
  position      bigint      NOT NULL CHECK (position > 0),
  at            timestamptz NOT NULL,
  -- JSON as text, the very bytes that were hashed.
  actor         text        NOT NULL,
  action        text        NOT NULL,
  target        text,
  outcome       text        NOT NULL CHECK (outcome IN ('begun', 'done', 'failed')),
  details       text        NOT NULL,
  previous_hash bytea       NOT NULL CHECK (octet_length(previous_hash) = 32),
  hash          bytea       NOT NULL CHECK (octet_length(hash) = 32),
  PRIMARY KEY (tenant_id, position)
);

CREATE FUNCTION control.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is only ever added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE ON control.audit_log
  FOR EACH ROW EXECUTE FUNCTION control.refuse_audit_change();
CREATE TRIGGER audit_log_is_not_emptied BEFORE TRUNCATE ON control.audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION control.refuse_audit_change();
