-- Installed anew at each migration (install.py). Fired after a row of a tracked table was made, changed or removed.
-- TG_ARGV[0] says what is to be known of the table: model, key, part_of, leave_out, hide, audited, audit_only.
CREATE OR REPLACE FUNCTION hengwei_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  about   jsonb := TG_ARGV[0]::jsonb;
  acting  jsonb := coalesce(
    nullif(current_setting('hengwei.acting', true), '')::jsonb,
    jsonb_build_object('via', 'database', 'address', session_user));
  before  jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) END;
  after   jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) END;
  row_now jsonb := before || after;
  what    text := CASE TG_OP WHEN 'INSERT' THEN 'made' WHEN 'UPDATE' THEN 'changed' ELSE 'removed' END;
  changed jsonb;
BEGIN
  SELECT jsonb_object_agg(name, CASE
           WHEN about -> 'hide' ? name THEN '["•", "•"]'::jsonb
           ELSE jsonb_build_array(before -> name, after -> name) END)
    INTO changed
    FROM jsonb_object_keys(row_now) AS name
   WHERE coalesce(before -> name, 'null') <> coalesce(after -> name, 'null')
     AND NOT about -> 'leave_out' ? name;
  IF changed IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO core_revision (at, operation, model, object_id, whole_model, whole_id, changes, actor_id, via, address, rules)
  VALUES (
    clock_timestamp(), what, about ->> 'model', row_now ->> (about ->> 'key'),
    coalesce(about #>> '{part_of,0}', ''), coalesce(row_now ->> (about #>> '{part_of,1}'), ''),
    changed, (acting ->> 'user')::bigint, coalesce(acting ->> 'via', 'system'), coalesce(acting ->> 'address', ''),
    coalesce(acting -> 'rules', '[]'));
  IF (about ->> 'audited')::boolean AND about -> 'audit_only' <> '[]' THEN
    SELECT jsonb_object_agg(key, value) INTO changed FROM jsonb_each(changed) WHERE about -> 'audit_only' ? key;
  END IF;
  IF (about ->> 'audited')::boolean AND changed IS NOT NULL THEN
    INSERT INTO core_auditrecord (at, action, actor_id, actor_name, via, address, subject_model, subject_id, subject_name, details, previous, hash, sealed)
    VALUES (
      clock_timestamp(), 'record.' || what, (acting ->> 'user')::bigint, coalesce(acting ->> 'name', ''),
      coalesce(acting ->> 'via', 'system'), coalesce(acting ->> 'address', ''), about ->> 'model', row_now ->> (about ->> 'key'),
      left(coalesce(row_now ->> 'name', row_now ->> 'key', row_now ->> 'address', ''), 200), changed, '', '', '');
  END IF;
  RETURN NULL;
END $$;

-- What is on record stays: only the erasure of a person's data may rewrite it, and says so by the setting.
CREATE OR REPLACE FUNCTION hengwei_history_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(current_setting('hengwei.erasing', true), '') <> 'on' THEN
    RAISE EXCEPTION 'the history of records is never changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
DROP TRIGGER IF EXISTS hengwei_history_fixed ON core_revision;
CREATE TRIGGER hengwei_history_fixed BEFORE UPDATE OR DELETE ON core_revision
  FOR EACH ROW EXECUTE FUNCTION hengwei_history_fixed();
