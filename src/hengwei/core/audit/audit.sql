-- Installed anew at each migration. Each record is sealed with the hash of the one before it when its transaction
-- commits: only that last moment is taken one after the other, so writers do not wait for each other's work.
CREATE OR REPLACE FUNCTION hengwei_audit_text(r core_auditrecord) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_array(
    r.previous, r.id, to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), r.action, r.actor_id, r.actor_name,
    r.via, r.address, r.subject_model, r.subject_id, r.subject_name, r.details, r.position)::text
$$;

CREATE OR REPLACE FUNCTION hengwei_audit_hash(said text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(convert_to(said, 'UTF8')), 'hex')
$$;

CREATE OR REPLACE FUNCTION hengwei_audit_seal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  r core_auditrecord;
BEGIN
  -- Until this transaction has ended: the next to seal sees what we wrote.
  PERFORM pg_advisory_xact_lock(hashtextextended('hengwei.audit', 7));
  SELECT * INTO r FROM core_auditrecord WHERE id = NEW.id;
  IF r.position IS NOT NULL THEN
    RETURN NULL;
  END IF;
  SELECT last.position + 1, last.hash INTO r.position, r.previous FROM (
    (SELECT position, hash FROM core_auditrecord WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1)
    UNION ALL (SELECT position, hash FROM core_auditanchor ORDER BY position DESC LIMIT 1)
    ORDER BY position DESC LIMIT 1) last;
  r.position := coalesce(r.position, 1);
  r.previous := coalesce(r.previous, '');
  r.sealed := hengwei_audit_text(r);
  UPDATE core_auditrecord SET position = r.position, previous = r.previous, sealed = r.sealed, hash = hengwei_audit_hash(r.sealed) WHERE id = r.id;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION hengwei_audit_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.position IS NULL AND NEW.position IS NOT NULL
     AND (OLD.id, OLD.at, OLD.action, OLD.actor_id, OLD.details) IS NOT DISTINCT FROM (NEW.id, NEW.at, NEW.action, NEW.actor_id, NEW.details) THEN
    RETURN NEW;
  END IF;
  -- Six months are kept in any case; what is older goes only into an archive that was written (archiving.py).
  IF TG_OP = 'DELETE' AND current_setting('hengwei.archiving', true) = 'on' AND OLD.at < now() - interval '180 days' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE OR REPLACE FUNCTION hengwei_audit_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A test's database is emptied between tests.
  IF coalesce(current_setting('hengwei.emptying', true), '') <> 'on' THEN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS hengwei_audit_seal ON core_auditrecord;
CREATE CONSTRAINT TRIGGER hengwei_audit_seal AFTER INSERT ON core_auditrecord DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION hengwei_audit_seal();
DROP TRIGGER IF EXISTS hengwei_audit_fixed ON core_auditrecord;
CREATE TRIGGER hengwei_audit_fixed BEFORE UPDATE OR DELETE ON core_auditrecord
  FOR EACH ROW EXECUTE FUNCTION hengwei_audit_fixed();
DROP TRIGGER IF EXISTS hengwei_audit_whole ON core_auditrecord;
CREATE TRIGGER hengwei_audit_whole BEFORE TRUNCATE ON core_auditrecord
  FOR EACH STATEMENT EXECUTE FUNCTION hengwei_audit_whole();
