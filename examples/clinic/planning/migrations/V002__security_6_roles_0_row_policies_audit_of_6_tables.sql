-- V002: Security: 6 roles, 0 row policies, audit of 6 tables
-- Its way back is R002__rollback_security_6_roles_0_row_policies_audit_of_6_tables.sql. Run it with psql -v
-- ON_ERROR_STOP=1 -f; it is one transaction.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

-- clinic_app: the application's connections: reads and writes rows, owns no table of appointments, diagnoses,
-- encounters and 5 more
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_app') THEN
        CREATE ROLE clinic_app NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        RAISE NOTICE 'another deployment has just made the role clinic_app';
END
$do$;

-- clinic_migrator: owns the 8 tables and changes them in a deployment
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_migrator') THEN
        CREATE ROLE clinic_migrator NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        RAISE NOTICE 'another deployment has just made the role clinic_migrator';
END
$do$;

-- clinic_auditor: reads the audit trail and nothing else
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_auditor') THEN
        CREATE ROLE clinic_auditor NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        RAISE NOTICE 'another deployment has just made the role clinic_auditor';
END
$do$;

-- clinic_doctor: doctor of the brief: works with patients, encounters, diagnoses and prescriptions
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_doctor') THEN
        CREATE ROLE clinic_doctor NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        RAISE NOTICE 'another deployment has just made the role clinic_doctor';
END
$do$;

-- clinic_receptionist: receptionist of the brief: works with patients, practitioners and appointments
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_receptionist') THEN
        CREATE ROLE clinic_receptionist NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        RAISE NOTICE 'another deployment has just made the role clinic_receptionist';
END
$do$;

-- clinic_billing: billing of the brief: works with invoices
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_billing') THEN
        CREATE ROLE clinic_billing NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        RAISE NOTICE 'another deployment has just made the role clinic_billing';
END
$do$;

-- Without this, any login of the server may look up the names in this schema
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- The project's roles may use the schema
GRANT USAGE ON SCHEMA public TO clinic_app, clinic_migrator, clinic_auditor, clinic_doctor, clinic_receptionist, clinic_billing;

-- Only the migrator may make new objects
GRANT CREATE ON SCHEMA public TO clinic_migrator;

-- Changes of patients, appointments, encounters, diagnoses, prescriptions and invoices: 2000 rows a day, kept
-- for 2192 days
CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    table_name text NOT NULL,
    row_key text NOT NULL,
    action text NOT NULL CONSTRAINT ck_audit_log_action CHECK (action IN ('INSERT', 'UPDATE', 'DELETE')),
    changed_columns text[] NOT NULL,
    old_values jsonb,
    new_values jsonb,
    actor_id text,
    actor_role text NOT NULL,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT pk_audit_log PRIMARY KEY (id)
);

-- Serves the auditor's question: what happened to this row?
CREATE INDEX ix_audit_log_row ON audit_log (table_name, row_key, recorded_at DESC);

-- Arguments: the key columns, and the columns whose values never enter the trail. Runs as its owner with a
-- fixed search path
CREATE FUNCTION record_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    key_columns CONSTANT text[] := string_to_array(TG_ARGV[0], ',');
    removed CONSTANT text[] := string_to_array(TG_ARGV[1], ',');
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    present CONSTANT jsonb := coalesce(after, before);
    changed text[];
BEGIN
    SELECT coalesce(array_agg(k ORDER BY k), '{}') INTO changed
    FROM jsonb_object_keys(present) AS k
    WHERE before -> k IS DISTINCT FROM after -> k;
    IF changed <@ ARRAY['updated_at'] THEN
        RETURN NULL;
    END IF;
    INSERT INTO public.audit_log
        (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
    VALUES (
        TG_ARGV[2],
        (SELECT string_agg(present ->> k, ',' ORDER BY n) FROM unnest(key_columns) WITH ORDINALITY AS u (k, n)),
        TG_OP,
        changed,
        (SELECT jsonb_object_agg(k, before -> k)
            FROM unnest(changed) AS k WHERE before IS NOT NULL AND k <> ALL (removed)),
        (SELECT jsonb_object_agg(k, after -> k)
            FROM unnest(changed) AS k WHERE after IS NOT NULL AND k <> ALL (removed)),
        nullif(current_setting('app.user_id', true), ''),
        coalesce(nullif(current_setting('role', true), 'none'), session_user)
    );
    RETURN NULL;
END
$body$;

-- Refuses every change of the trail, and removal of rows younger than 2192 days
CREATE FUNCTION refuse_change_of_trail() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.recorded_at < now() - interval '2192 days' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused, because its changes are kept in audit_log', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', HINT = 'Rows of audit_log leave after 2192 days.';
END
$body$;

-- Only its triggers call it
REVOKE ALL ON FUNCTION record_change() FROM PUBLIC;

-- Only its triggers call it
REVOKE ALL ON FUNCTION refuse_change_of_trail() FROM PUBLIC;

-- Every change of a row of patients is recorded
CREATE TRIGGER patients_record_change AFTER INSERT OR UPDATE OR DELETE ON patients
    FOR EACH ROW EXECUTE FUNCTION record_change('id', '', 'patients');

-- TRUNCATE fires no row trigger, so it would empty patients without a trace
CREATE TRIGGER patients_no_truncate BEFORE TRUNCATE ON patients
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- Every change of a row of appointments is recorded
CREATE TRIGGER appointments_record_change AFTER INSERT OR UPDATE OR DELETE ON appointments
    FOR EACH ROW EXECUTE FUNCTION record_change('id', '', 'appointments');

-- TRUNCATE fires no row trigger, so it would empty appointments without a trace
CREATE TRIGGER appointments_no_truncate BEFORE TRUNCATE ON appointments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- Every change of a row of encounters is recorded
CREATE TRIGGER encounters_record_change AFTER INSERT OR UPDATE OR DELETE ON encounters
    FOR EACH ROW EXECUTE FUNCTION record_change('id', '', 'encounters');

-- TRUNCATE fires no row trigger, so it would empty encounters without a trace
CREATE TRIGGER encounters_no_truncate BEFORE TRUNCATE ON encounters
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- Every change of a row of diagnoses is recorded
CREATE TRIGGER diagnoses_record_change AFTER INSERT OR UPDATE OR DELETE ON diagnoses
    FOR EACH ROW EXECUTE FUNCTION record_change('id', '', 'diagnoses');

-- TRUNCATE fires no row trigger, so it would empty diagnoses without a trace
CREATE TRIGGER diagnoses_no_truncate BEFORE TRUNCATE ON diagnoses
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- Every change of a row of prescriptions is recorded
CREATE TRIGGER prescriptions_record_change AFTER INSERT OR UPDATE OR DELETE ON prescriptions
    FOR EACH ROW EXECUTE FUNCTION record_change('id', '', 'prescriptions');

-- TRUNCATE fires no row trigger, so it would empty prescriptions without a trace
CREATE TRIGGER prescriptions_no_truncate BEFORE TRUNCATE ON prescriptions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- Every change of a row of invoices is recorded
CREATE TRIGGER invoices_record_change AFTER INSERT OR UPDATE OR DELETE ON invoices
    FOR EACH ROW EXECUTE FUNCTION record_change('id', '', 'invoices');

-- TRUNCATE fires no row trigger, so it would empty invoices without a trace
CREATE TRIGGER invoices_no_truncate BEFORE TRUNCATE ON invoices
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- UPDATE and DELETE of audit_log is refused to everybody, its owner included
CREATE TRIGGER audit_log_append_only_rows BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_trail();

-- TRUNCATE of audit_log is refused to everybody, its owner included
CREATE TRIGGER audit_log_append_only_whole BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- clinic_auditor reads the trail
GRANT SELECT ON audit_log TO clinic_auditor;

-- One row for each sealed span of transactions
CREATE TABLE audit_log_seals (
    id bigint GENERATED ALWAYS AS IDENTITY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    from_transaction xid8 NOT NULL,
    to_transaction xid8 NOT NULL,
    digest text NOT NULL,
    CONSTRAINT pk_audit_log_seals PRIMARY KEY (id)
);

-- A seal reads its own span of the trail
CREATE INDEX ix_audit_log_transaction ON audit_log (transaction_id);

-- The digest of a span, the same under every session's settings
CREATE FUNCTION digest_of_audit_log(before text, low xid8, high xid8) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
AS $body$
    SELECT encode(sha256(convert_to(before || coalesce(string_agg(
        encode(sha256(convert_to(entry::text, 'UTF8')), 'hex'), '' ORDER BY entry.id), ''), 'UTF8')), 'hex')
    FROM public.audit_log AS entry
    WHERE entry.transaction_id >= low AND entry.transaction_id < high
$body$;

-- Run hourly: SELECT seal_audit_log(); keep its digest elsewhere
CREATE FUNCTION seal_audit_log() RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    low xid8;
    high CONSTANT xid8 := pg_snapshot_xmin(pg_current_snapshot());
    before text;
    made text;
BEGIN
    LOCK TABLE public.audit_log_seals IN SHARE ROW EXCLUSIVE MODE;
    SELECT to_transaction, digest INTO low, before FROM public.audit_log_seals ORDER BY id DESC LIMIT 1;
    made := public.digest_of_audit_log(coalesce(before, ''), coalesce(low, '0'), high);
    INSERT INTO public.audit_log_seals (from_transaction, to_transaction, digest) VALUES (coalesce(low, '0'), high, made);
    RETURN made;
END
$body$;

-- Empty while the trail is as it was sealed
CREATE FUNCTION broken_seals_of_audit_log() RETURNS SETOF bigint
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT seal.id
    FROM (SELECT *, lag(digest, 1, '') OVER (ORDER BY id) AS before FROM public.audit_log_seals) AS seal
    WHERE seal.recorded_at > now() - interval '2191 days'
        AND seal.digest <> public.digest_of_audit_log(seal.before, seal.from_transaction, seal.to_transaction)
    ORDER BY seal.id
$body$;

-- Seals are as append-only as the trail
CREATE TRIGGER audit_log_seals_append_only BEFORE UPDATE OR DELETE ON audit_log_seals
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_trail();

-- Only the migrator seals
REVOKE ALL ON FUNCTION seal_audit_log(), digest_of_audit_log(text, xid8, xid8), broken_seals_of_audit_log() FROM PUBLIC;

-- The auditor checks what the migrator sealed
GRANT EXECUTE ON FUNCTION digest_of_audit_log(text, xid8, xid8), broken_seals_of_audit_log() TO clinic_auditor;

-- The auditor compares the newest digest with the one that was kept
GRANT SELECT ON audit_log_seals TO clinic_auditor;

-- clinic_app may read, add and change rows of patients, practitioners, rooms, appointments, encounters,
-- diagnoses and 2 more
GRANT SELECT, INSERT, UPDATE ON patients, practitioners, rooms, appointments, encounters, diagnoses, prescriptions, invoices TO clinic_app;

-- clinic_doctor may read rows of patients, encounters, diagnoses and prescriptions
GRANT SELECT ON patients, encounters, diagnoses, prescriptions TO clinic_doctor;

-- clinic_receptionist may read rows of patients, practitioners and appointments
GRANT SELECT ON patients, practitioners, appointments TO clinic_receptionist;

-- clinic_billing may read rows of invoices
GRANT SELECT ON invoices TO clinic_billing;

-- Whoever deploys keeps the right to change the tables, through the migrator
GRANT clinic_migrator TO CURRENT_USER;

-- The 8 tables, their partitions and the functions now belong to clinic_migrator: a function that runs as its
-- owner must not run as a superuser. Extensions keep their own
DO $do$
DECLARE
    item text;
BEGIN
    FOR item IN
        SELECT c.oid::regclass FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
            AND pg_get_userbyid(c.relowner) = current_user
            AND NOT EXISTS (SELECT FROM pg_depend AS d
                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY c.oid
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO %I', item, 'clinic_migrator');
    END LOOP;
    FOR item IN
        SELECT p.oid::regprocedure FROM pg_proc AS p
        WHERE p.pronamespace = 'public'::regnamespace AND pg_get_userbyid(p.proowner) = current_user
            AND NOT EXISTS (SELECT FROM pg_depend AS d
                WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
        ORDER BY p.oid
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO %I', item, 'clinic_migrator');
    END LOOP;
END
$do$;

INSERT INTO schema_migrations (version, description, rollback_sql) VALUES (
    'V002',
    'Security: 6 roles, 0 row policies, audit of 6 tables',
    $rollback$REASSIGN OWNED BY clinic_migrator TO CURRENT_USER;
DROP FUNCTION IF EXISTS broken_seals_of_audit_log();
DROP FUNCTION IF EXISTS seal_audit_log();
DROP FUNCTION IF EXISTS digest_of_audit_log(text, xid8, xid8);
DROP TABLE IF EXISTS audit_log_seals;
DROP TRIGGER IF EXISTS invoices_record_change ON invoices;
DROP TRIGGER IF EXISTS prescriptions_record_change ON prescriptions;
DROP TRIGGER IF EXISTS diagnoses_record_change ON diagnoses;
DROP TRIGGER IF EXISTS encounters_record_change ON encounters;
DROP TRIGGER IF EXISTS appointments_record_change ON appointments;
DROP TRIGGER IF EXISTS patients_record_change ON patients;
DROP TRIGGER IF EXISTS invoices_no_truncate ON invoices;
DROP TRIGGER IF EXISTS prescriptions_no_truncate ON prescriptions;
DROP TRIGGER IF EXISTS diagnoses_no_truncate ON diagnoses;
DROP TRIGGER IF EXISTS encounters_no_truncate ON encounters;
DROP TRIGGER IF EXISTS appointments_no_truncate ON appointments;
DROP TRIGGER IF EXISTS patients_no_truncate ON patients;
DROP TABLE IF EXISTS audit_log;
DROP FUNCTION IF EXISTS record_change();
DROP FUNCTION IF EXISTS refuse_change_of_trail();
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM clinic_app, clinic_migrator, clinic_auditor, clinic_doctor, clinic_receptionist, clinic_billing;
REVOKE ALL ON SCHEMA public FROM clinic_app, clinic_migrator, clinic_auditor, clinic_doctor, clinic_receptionist, clinic_billing;
GRANT USAGE ON SCHEMA public TO PUBLIC;
DO $do$
BEGIN
    DROP ROLE IF EXISTS clinic_app;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'the role clinic_app stays: another database of this server uses it';
END
$do$;
DO $do$
BEGIN
    DROP ROLE IF EXISTS clinic_migrator;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'the role clinic_migrator stays: another database of this server uses it';
END
$do$;
DO $do$
BEGIN
    DROP ROLE IF EXISTS clinic_auditor;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'the role clinic_auditor stays: another database of this server uses it';
END
$do$;
DO $do$
BEGIN
    DROP ROLE IF EXISTS clinic_doctor;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'the role clinic_doctor stays: another database of this server uses it';
END
$do$;
DO $do$
BEGIN
    DROP ROLE IF EXISTS clinic_receptionist;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'the role clinic_receptionist stays: another database of this server uses it';
END
$do$;
DO $do$
BEGIN
    DROP ROLE IF EXISTS clinic_billing;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'the role clinic_billing stays: another database of this server uses it';
END
$do$;
$rollback$
);

COMMIT;
