-- Where a chain of the audit log begins whose older entries were removed by their age: position and hash of the last one of
-- them. An entry further on says the same. The one writer is the audit store.
CREATE TABLE control.audit_starts (
  tenant_id text   PRIMARY KEY CHECK (tenant_id ~ '^([a-z0-9][a-z0-9-]{0,62})?$'),
  position  bigint NOT NULL CHECK (position > 0),
  hash      bytea  NOT NULL CHECK (octet_length(hash) = 32)
);

CREATE OR REPLACE FUNCTION control.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    -- Only what lies before the beginning that was written down.
    IF EXISTS (SELECT FROM control.audit_starts AS start
               WHERE start.tenant_id = OLD.tenant_id AND start.position >= OLD.position) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit log is only ever added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
