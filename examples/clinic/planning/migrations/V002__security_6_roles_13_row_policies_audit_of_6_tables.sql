-- V002: Security: 6 roles, 13 row policies, audit of 6 tables
-- Its way back is R002__rollback_security_6_roles_13_row_policies_audit_of_6_tables.sql. Run it with psql -v
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

-- clinic_auditor: reads what was recorded and nothing else
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
    RAISE EXCEPTION '% of % is refused: what was recorded stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', HINT = 'Recorded rows leave after 2192 days.';
END
$body$;

-- Only its triggers call it
REVOKE ALL ON FUNCTION refuse_change_of_trail() FROM PUBLIC;

-- Records what a statement changed in patients. Runs as its owner with a fixed search path
CREATE FUNCTION record_change_of_patients() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'patients', concat_ws(',', n.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(n))), NULL, to_jsonb(n),
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM new_rows AS n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'patients', concat_ws(',', o.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(o))), to_jsonb(o), NULL,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'patients', concat_ws(',', coalesce(o.id, n.id)), TG_OP,
            ARRAY(SELECT jsonb_object_keys(coalesce(after, before))), before, after,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o
            FULL JOIN new_rows AS n ON n.id = o.id
            CROSS JOIN LATERAL (SELECT to_jsonb(o) - same, to_jsonb(n) - same FROM (SELECT array_remove(ARRAY[
                CASE WHEN o.id IS NOT DISTINCT FROM n.id THEN 'id' END,
                CASE WHEN o.medical_record_number IS NOT DISTINCT FROM n.medical_record_number THEN 'medical_record_number' END,
                CASE WHEN o.medical_record_number_index IS NOT DISTINCT FROM n.medical_record_number_index THEN 'medical_record_number_index' END,
                CASE WHEN o.first_name IS NOT DISTINCT FROM n.first_name THEN 'first_name' END,
                CASE WHEN o.last_name IS NOT DISTINCT FROM n.last_name THEN 'last_name' END,
                CASE WHEN o.birth_date IS NOT DISTINCT FROM n.birth_date THEN 'birth_date' END,
                CASE WHEN o.sex IS NOT DISTINCT FROM n.sex THEN 'sex' END,
                CASE WHEN o.phone IS NOT DISTINCT FROM n.phone THEN 'phone' END,
                CASE WHEN o.email IS NOT DISTINCT FROM n.email THEN 'email' END,
                CASE WHEN o.insurance_number IS NOT DISTINCT FROM n.insurance_number THEN 'insurance_number' END,
                CASE WHEN o.allergies IS NOT DISTINCT FROM n.allergies THEN 'allergies' END,
                CASE WHEN o.created_at IS NOT DISTINCT FROM n.created_at THEN 'created_at' END,
                CASE WHEN o.updated_at IS NOT DISTINCT FROM n.updated_at THEN 'updated_at' END
            ], NULL)) AS s (same) OFFSET 0) AS changed (before, after)
        WHERE before - 'updated_at' IS DISTINCT FROM after - 'updated_at';
    END IF;
    RETURN NULL;
END
$body$;

-- Only its triggers call it
REVOKE ALL ON FUNCTION record_change_of_patients() FROM PUBLIC;

-- Every INSERT of rows of patients is recorded
CREATE TRIGGER patients_record_insert AFTER INSERT ON patients
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_patients();

-- Every UPDATE of rows of patients is recorded
CREATE TRIGGER patients_record_update AFTER UPDATE ON patients
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_patients();

-- Every DELETE of rows of patients is recorded
CREATE TRIGGER patients_record_delete AFTER DELETE ON patients
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_patients();

-- Records what a statement changed in appointments. Runs as its owner with a fixed search path
CREATE FUNCTION record_change_of_appointments() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'appointments', concat_ws(',', n.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(n))), NULL, to_jsonb(n),
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM new_rows AS n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'appointments', concat_ws(',', o.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(o))), to_jsonb(o), NULL,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'appointments', concat_ws(',', coalesce(o.id, n.id)), TG_OP,
            ARRAY(SELECT jsonb_object_keys(coalesce(after, before))), before, after,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o
            FULL JOIN new_rows AS n ON n.id = o.id
            CROSS JOIN LATERAL (SELECT to_jsonb(o) - same, to_jsonb(n) - same FROM (SELECT array_remove(ARRAY[
                CASE WHEN o.id IS NOT DISTINCT FROM n.id THEN 'id' END,
                CASE WHEN o.patient_id IS NOT DISTINCT FROM n.patient_id THEN 'patient_id' END,
                CASE WHEN o.practitioner_id IS NOT DISTINCT FROM n.practitioner_id THEN 'practitioner_id' END,
                CASE WHEN o.room_id IS NOT DISTINCT FROM n.room_id THEN 'room_id' END,
                CASE WHEN o.starts_at IS NOT DISTINCT FROM n.starts_at THEN 'starts_at' END,
                CASE WHEN o.ends_at IS NOT DISTINCT FROM n.ends_at THEN 'ends_at' END,
                CASE WHEN o.reason IS NOT DISTINCT FROM n.reason THEN 'reason' END,
                CASE WHEN o.status IS NOT DISTINCT FROM n.status THEN 'status' END,
                CASE WHEN o.created_at IS NOT DISTINCT FROM n.created_at THEN 'created_at' END,
                CASE WHEN o.updated_at IS NOT DISTINCT FROM n.updated_at THEN 'updated_at' END
            ], NULL)) AS s (same) OFFSET 0) AS changed (before, after)
        WHERE before - 'updated_at' IS DISTINCT FROM after - 'updated_at';
    END IF;
    RETURN NULL;
END
$body$;

-- Only its triggers call it
REVOKE ALL ON FUNCTION record_change_of_appointments() FROM PUBLIC;

-- Every INSERT of rows of appointments is recorded
CREATE TRIGGER appointments_record_insert AFTER INSERT ON appointments
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_appointments();

-- Every UPDATE of rows of appointments is recorded
CREATE TRIGGER appointments_record_update AFTER UPDATE ON appointments
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_appointments();

-- Every DELETE of rows of appointments is recorded
CREATE TRIGGER appointments_record_delete AFTER DELETE ON appointments
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_appointments();

-- Records what a statement changed in encounters. Runs as its owner with a fixed search path
CREATE FUNCTION record_change_of_encounters() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'encounters', concat_ws(',', n.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(n))), NULL, to_jsonb(n),
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM new_rows AS n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'encounters', concat_ws(',', o.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(o))), to_jsonb(o), NULL,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'encounters', concat_ws(',', coalesce(o.id, n.id)), TG_OP,
            ARRAY(SELECT jsonb_object_keys(coalesce(after, before))), before, after,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o
            FULL JOIN new_rows AS n ON n.id = o.id
            CROSS JOIN LATERAL (SELECT to_jsonb(o) - same, to_jsonb(n) - same FROM (SELECT array_remove(ARRAY[
                CASE WHEN o.id IS NOT DISTINCT FROM n.id THEN 'id' END,
                CASE WHEN o.patient_id IS NOT DISTINCT FROM n.patient_id THEN 'patient_id' END,
                CASE WHEN o.practitioner_id IS NOT DISTINCT FROM n.practitioner_id THEN 'practitioner_id' END,
                CASE WHEN o.appointment_id IS NOT DISTINCT FROM n.appointment_id THEN 'appointment_id' END,
                CASE WHEN o.started_at IS NOT DISTINCT FROM n.started_at THEN 'started_at' END,
                CASE WHEN o.notes IS NOT DISTINCT FROM n.notes THEN 'notes' END,
                CASE WHEN o.vital_signs IS NOT DISTINCT FROM n.vital_signs THEN 'vital_signs' END,
                CASE WHEN o.created_at IS NOT DISTINCT FROM n.created_at THEN 'created_at' END,
                CASE WHEN o.updated_at IS NOT DISTINCT FROM n.updated_at THEN 'updated_at' END
            ], NULL)) AS s (same) OFFSET 0) AS changed (before, after)
        WHERE before - 'updated_at' IS DISTINCT FROM after - 'updated_at';
    END IF;
    RETURN NULL;
END
$body$;

-- Only its triggers call it
REVOKE ALL ON FUNCTION record_change_of_encounters() FROM PUBLIC;

-- Every INSERT of rows of encounters is recorded
CREATE TRIGGER encounters_record_insert AFTER INSERT ON encounters
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_encounters();

-- Every UPDATE of rows of encounters is recorded
CREATE TRIGGER encounters_record_update AFTER UPDATE ON encounters
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_encounters();

-- Every DELETE of rows of encounters is recorded
CREATE TRIGGER encounters_record_delete AFTER DELETE ON encounters
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_encounters();

-- Records what a statement changed in diagnoses. Runs as its owner with a fixed search path
CREATE FUNCTION record_change_of_diagnoses() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'diagnoses', concat_ws(',', n.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(n))), NULL, to_jsonb(n),
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM new_rows AS n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'diagnoses', concat_ws(',', o.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(o))), to_jsonb(o), NULL,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'diagnoses', concat_ws(',', coalesce(o.id, n.id)), TG_OP,
            ARRAY(SELECT jsonb_object_keys(coalesce(after, before))), before, after,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o
            FULL JOIN new_rows AS n ON n.id = o.id
            CROSS JOIN LATERAL (SELECT to_jsonb(o) - same, to_jsonb(n) - same FROM (SELECT array_remove(ARRAY[
                CASE WHEN o.id IS NOT DISTINCT FROM n.id THEN 'id' END,
                CASE WHEN o.encounter_id IS NOT DISTINCT FROM n.encounter_id THEN 'encounter_id' END,
                CASE WHEN o.icd10_code IS NOT DISTINCT FROM n.icd10_code THEN 'icd10_code' END,
                CASE WHEN o.description IS NOT DISTINCT FROM n.description THEN 'description' END,
                CASE WHEN o.certainty IS NOT DISTINCT FROM n.certainty THEN 'certainty' END,
                CASE WHEN o.diagnosed_on IS NOT DISTINCT FROM n.diagnosed_on THEN 'diagnosed_on' END,
                CASE WHEN o.created_at IS NOT DISTINCT FROM n.created_at THEN 'created_at' END,
                CASE WHEN o.updated_at IS NOT DISTINCT FROM n.updated_at THEN 'updated_at' END
            ], NULL)) AS s (same) OFFSET 0) AS changed (before, after)
        WHERE before - 'updated_at' IS DISTINCT FROM after - 'updated_at';
    END IF;
    RETURN NULL;
END
$body$;

-- Only its triggers call it
REVOKE ALL ON FUNCTION record_change_of_diagnoses() FROM PUBLIC;

-- Every INSERT of rows of diagnoses is recorded
CREATE TRIGGER diagnoses_record_insert AFTER INSERT ON diagnoses
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_diagnoses();

-- Every UPDATE of rows of diagnoses is recorded
CREATE TRIGGER diagnoses_record_update AFTER UPDATE ON diagnoses
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_diagnoses();

-- Every DELETE of rows of diagnoses is recorded
CREATE TRIGGER diagnoses_record_delete AFTER DELETE ON diagnoses
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_diagnoses();

-- Records what a statement changed in prescriptions. Runs as its owner with a fixed search path
CREATE FUNCTION record_change_of_prescriptions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'prescriptions', concat_ws(',', n.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(n))), NULL, to_jsonb(n),
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM new_rows AS n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'prescriptions', concat_ws(',', o.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(o))), to_jsonb(o), NULL,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'prescriptions', concat_ws(',', coalesce(o.id, n.id)), TG_OP,
            ARRAY(SELECT jsonb_object_keys(coalesce(after, before))), before, after,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o
            FULL JOIN new_rows AS n ON n.id = o.id
            CROSS JOIN LATERAL (SELECT to_jsonb(o) - same, to_jsonb(n) - same FROM (SELECT array_remove(ARRAY[
                CASE WHEN o.id IS NOT DISTINCT FROM n.id THEN 'id' END,
                CASE WHEN o.encounter_id IS NOT DISTINCT FROM n.encounter_id THEN 'encounter_id' END,
                CASE WHEN o.prescriber_id IS NOT DISTINCT FROM n.prescriber_id THEN 'prescriber_id' END,
                CASE WHEN o.medication IS NOT DISTINCT FROM n.medication THEN 'medication' END,
                CASE WHEN o.dosage IS NOT DISTINCT FROM n.dosage THEN 'dosage' END,
                CASE WHEN o.days_supply IS NOT DISTINCT FROM n.days_supply THEN 'days_supply' END,
                CASE WHEN o.prescribed_on IS NOT DISTINCT FROM n.prescribed_on THEN 'prescribed_on' END,
                CASE WHEN o.created_at IS NOT DISTINCT FROM n.created_at THEN 'created_at' END,
                CASE WHEN o.updated_at IS NOT DISTINCT FROM n.updated_at THEN 'updated_at' END
            ], NULL)) AS s (same) OFFSET 0) AS changed (before, after)
        WHERE before - 'updated_at' IS DISTINCT FROM after - 'updated_at';
    END IF;
    RETURN NULL;
END
$body$;

-- Only its triggers call it
REVOKE ALL ON FUNCTION record_change_of_prescriptions() FROM PUBLIC;

-- Every INSERT of rows of prescriptions is recorded
CREATE TRIGGER prescriptions_record_insert AFTER INSERT ON prescriptions
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_prescriptions();

-- Every UPDATE of rows of prescriptions is recorded
CREATE TRIGGER prescriptions_record_update AFTER UPDATE ON prescriptions
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_prescriptions();

-- Every DELETE of rows of prescriptions is recorded
CREATE TRIGGER prescriptions_record_delete AFTER DELETE ON prescriptions
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_prescriptions();

-- Records what a statement changed in invoices. Runs as its owner with a fixed search path
CREATE FUNCTION record_change_of_invoices() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'invoices', concat_ws(',', n.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(n))), NULL, to_jsonb(n),
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM new_rows AS n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'invoices', concat_ws(',', o.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(o))), to_jsonb(o), NULL,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'invoices', concat_ws(',', coalesce(o.id, n.id)), TG_OP,
            ARRAY(SELECT jsonb_object_keys(coalesce(after, before))), before, after,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o
            FULL JOIN new_rows AS n ON n.id = o.id
            CROSS JOIN LATERAL (SELECT to_jsonb(o) - same, to_jsonb(n) - same FROM (SELECT array_remove(ARRAY[
                CASE WHEN o.id IS NOT DISTINCT FROM n.id THEN 'id' END,
                CASE WHEN o.patient_id IS NOT DISTINCT FROM n.patient_id THEN 'patient_id' END,
                CASE WHEN o.encounter_id IS NOT DISTINCT FROM n.encounter_id THEN 'encounter_id' END,
                CASE WHEN o.invoice_number IS NOT DISTINCT FROM n.invoice_number THEN 'invoice_number' END,
                CASE WHEN o.issued_on IS NOT DISTINCT FROM n.issued_on THEN 'issued_on' END,
                CASE WHEN o.due_on IS NOT DISTINCT FROM n.due_on THEN 'due_on' END,
                CASE WHEN o.amount IS NOT DISTINCT FROM n.amount THEN 'amount' END,
                CASE WHEN o.status IS NOT DISTINCT FROM n.status THEN 'status' END,
                CASE WHEN o.created_at IS NOT DISTINCT FROM n.created_at THEN 'created_at' END,
                CASE WHEN o.updated_at IS NOT DISTINCT FROM n.updated_at THEN 'updated_at' END
            ], NULL)) AS s (same) OFFSET 0) AS changed (before, after)
        WHERE before - 'updated_at' IS DISTINCT FROM after - 'updated_at';
    END IF;
    RETURN NULL;
END
$body$;

-- Only its triggers call it
REVOKE ALL ON FUNCTION record_change_of_invoices() FROM PUBLIC;

-- Every INSERT of rows of invoices is recorded
CREATE TRIGGER invoices_record_insert AFTER INSERT ON invoices
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_invoices();

-- Every UPDATE of rows of invoices is recorded
CREATE TRIGGER invoices_record_update AFTER UPDATE ON invoices
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_invoices();

-- Every DELETE of rows of invoices is recorded
CREATE TRIGGER invoices_record_delete AFTER DELETE ON invoices
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_invoices();

-- TRUNCATE fires no trigger of changes, so it would empty patients without a trace
CREATE TRIGGER patients_no_truncate BEFORE TRUNCATE ON patients
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- TRUNCATE fires no trigger of changes, so it would empty appointments without a trace
CREATE TRIGGER appointments_no_truncate BEFORE TRUNCATE ON appointments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- TRUNCATE fires no trigger of changes, so it would empty encounters without a trace
CREATE TRIGGER encounters_no_truncate BEFORE TRUNCATE ON encounters
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- TRUNCATE fires no trigger of changes, so it would empty diagnoses without a trace
CREATE TRIGGER diagnoses_no_truncate BEFORE TRUNCATE ON diagnoses
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- TRUNCATE fires no trigger of changes, so it would empty prescriptions without a trace
CREATE TRIGGER prescriptions_no_truncate BEFORE TRUNCATE ON prescriptions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- TRUNCATE fires no trigger of changes, so it would empty invoices without a trace
CREATE TRIGGER invoices_no_truncate BEFORE TRUNCATE ON invoices
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- UPDATE and DELETE of audit_log is refused to everybody, its owner included
CREATE TRIGGER audit_log_append_only_rows BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_trail();

-- TRUNCATE of audit_log is refused to everybody, its owner included
CREATE TRIGGER audit_log_append_only_whole BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- clinic_auditor reads audit_log
GRANT SELECT ON audit_log TO clinic_auditor;

-- Run monthly: SELECT remove_expired_audit_log() removes what was recorded more than 2192 days ago
CREATE FUNCTION remove_expired_audit_log() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    bound CONSTANT timestamptz := now() - interval '2192 days';
    removed bigint;
BEGIN
    DELETE FROM public.audit_log WHERE recorded_at < bound;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$body$;

-- Only the migrator calls it
REVOKE ALL ON FUNCTION remove_expired_audit_log() FROM PUBLIC;

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

-- Reads of patients, appointments, encounters, diagnoses, prescriptions and invoices: 10000 rows a day, kept
-- for 2192 days
CREATE TABLE access_log (
    id bigint GENERATED ALWAYS AS IDENTITY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    table_name text NOT NULL,
    row_key text,
    statement text,
    actor_id text,
    actor_role text NOT NULL,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT pk_access_log PRIMARY KEY (id, recorded_at)
) PARTITION BY RANGE (recorded_at);

-- Partition of access_log
CREATE TABLE access_log_2026_11 PARTITION OF access_log FOR VALUES FROM ('2026-11-01 00:00+00') TO ('2026-12-01 00:00+00');

-- Partition of access_log
CREATE TABLE access_log_2026_12 PARTITION OF access_log FOR VALUES FROM ('2026-12-01 00:00+00') TO ('2027-01-01 00:00+00');

-- Partition of access_log
CREATE TABLE access_log_2027_01 PARTITION OF access_log FOR VALUES FROM ('2027-01-01 00:00+00') TO ('2027-02-01 00:00+00');

-- Partition of access_log
CREATE TABLE access_log_2027_02 PARTITION OF access_log FOR VALUES FROM ('2027-02-01 00:00+00') TO ('2027-03-01 00:00+00');

-- Partition of access_log
CREATE TABLE access_log_default PARTITION OF access_log DEFAULT;

-- Run monthly: SELECT ensure_monthly_partitions('access_log', 3)
CREATE FUNCTION ensure_monthly_partitions(parent regclass, months integer) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    first date := date_trunc('month', now() AT TIME ZONE 'UTC');
    lower date;
    child text;
    made integer := 0;
BEGIN
    FOR step IN 0 .. months LOOP
        lower := first + make_interval(months => step);
        child := format('%s_%s', (SELECT relname FROM pg_class WHERE oid = parent), to_char(lower, 'YYYY_MM'));
        IF to_regclass(format('public.%I', child)) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE public.%I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
                child, parent, lower || ' 00:00:00+00', (lower + interval '1 month')::date || ' 00:00:00+00');
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$;

-- Serves the auditor's question: who has seen this row?
CREATE INDEX ix_access_log_row ON access_log (table_name, row_key, recorded_at DESC);

-- Serves the auditor's question: what has this person seen?
CREATE INDEX ix_access_log_actor ON access_log (actor_id, recorded_at DESC);

-- UPDATE and DELETE of access_log is refused to everybody, its owner included
CREATE TRIGGER access_log_append_only_rows BEFORE UPDATE OR DELETE ON access_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_trail();

-- TRUNCATE of access_log is refused to everybody, its owner included
CREATE TRIGGER access_log_append_only_whole BEFORE TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- clinic_auditor reads access_log
GRANT SELECT ON access_log TO clinic_auditor;

-- Run monthly: SELECT remove_expired_access_log() removes what was recorded more than 2192 days ago
CREATE FUNCTION remove_expired_access_log() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    bound CONSTANT timestamptz := now() - interval '2192 days';
    month regclass;
    removed bigint;
BEGIN
    FOR month IN
        SELECT c.oid::regclass FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.access_log'::regclass
            AND substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz <= bound
        ORDER BY c.relname
    LOOP
        EXECUTE format('DROP TABLE %s', month);
    END LOOP;
    DELETE FROM public.access_log WHERE recorded_at < bound;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$body$;

-- Only the migrator calls it
REVOKE ALL ON FUNCTION remove_expired_access_log() FROM PUBLIC;

-- Called by the policies. Its COST puts it behind cheaper conditions of the same policy; the server's log
-- keeps what a rollback takes away
CREATE FUNCTION record_read(name text, key text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER COST 1000
SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    person CONSTANT text := nullif(current_setting('app.user_id', true), '');
    login CONSTANT text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
BEGIN
    INSERT INTO public.access_log (table_name, row_key, statement, actor_id, actor_role)
    VALUES (name, key, CASE WHEN key IS NULL THEN left(current_query(), 1000) END, person, login);
    RAISE LOG 'read of % % by % as %', name, coalesce(key, 'by statement'), coalesce(person, 'nobody named'), login;
    RETURN true;
END
$body$;

-- Only roles whose reads are recorded call it
REVOKE ALL ON FUNCTION record_read(text, text) FROM PUBLIC;

-- Who calls it without reading adds an entry about himself
GRANT EXECUTE ON FUNCTION record_read(text, text) TO clinic_app, clinic_doctor, clinic_receptionist, clinic_billing;

-- Reads that were rolled back took a number and left no entry; the server's log has their lines
CREATE FUNCTION unfinished_reads_of_access_log(since timestamptz) RETURNS TABLE (missing bigint, until timestamptz)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT id - before - 1, recorded_at
    FROM (SELECT id, recorded_at, lag(id) OVER (ORDER BY id) AS before FROM public.access_log
        WHERE recorded_at >= since) AS entry
    WHERE id > before + 1
    ORDER BY id
$body$;

-- One row for each sealed span of transactions
CREATE TABLE access_log_seals (
    id bigint GENERATED ALWAYS AS IDENTITY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    from_transaction xid8 NOT NULL,
    to_transaction xid8 NOT NULL,
    digest text NOT NULL,
    CONSTRAINT pk_access_log_seals PRIMARY KEY (id)
);

-- A seal reads its own span of the trail
CREATE INDEX ix_access_log_transaction ON access_log (transaction_id);

-- The digest of a span, the same under every session's settings
CREATE FUNCTION digest_of_access_log(before text, low xid8, high xid8) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
AS $body$
    SELECT encode(sha256(convert_to(before || coalesce(string_agg(
        encode(sha256(convert_to(entry::text, 'UTF8')), 'hex'), '' ORDER BY entry.id), ''), 'UTF8')), 'hex')
    FROM public.access_log AS entry
    WHERE entry.transaction_id >= low AND entry.transaction_id < high
$body$;

-- Run hourly: SELECT seal_access_log(); keep its digest elsewhere
CREATE FUNCTION seal_access_log() RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    low xid8;
    high CONSTANT xid8 := pg_snapshot_xmin(pg_current_snapshot());
    before text;
    made text;
BEGIN
    LOCK TABLE public.access_log_seals IN SHARE ROW EXCLUSIVE MODE;
    SELECT to_transaction, digest INTO low, before FROM public.access_log_seals ORDER BY id DESC LIMIT 1;
    made := public.digest_of_access_log(coalesce(before, ''), coalesce(low, '0'), high);
    INSERT INTO public.access_log_seals (from_transaction, to_transaction, digest) VALUES (coalesce(low, '0'), high, made);
    RETURN made;
END
$body$;

-- Empty while the trail is as it was sealed
CREATE FUNCTION broken_seals_of_access_log() RETURNS SETOF bigint
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT seal.id
    FROM (SELECT *, lag(digest, 1, '') OVER (ORDER BY id) AS before FROM public.access_log_seals) AS seal
    WHERE seal.recorded_at > now() - interval '2191 days'
        AND seal.digest <> public.digest_of_access_log(seal.before, seal.from_transaction, seal.to_transaction)
    ORDER BY seal.id
$body$;

-- Seals are as append-only as the trail
CREATE TRIGGER access_log_seals_append_only BEFORE UPDATE OR DELETE ON access_log_seals
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_trail();

-- Only the migrator seals
REVOKE ALL ON FUNCTION seal_access_log(), digest_of_access_log(text, xid8, xid8), broken_seals_of_access_log() FROM PUBLIC;

-- The auditor checks what the migrator sealed
GRANT EXECUTE ON FUNCTION digest_of_access_log(text, xid8, xid8), broken_seals_of_access_log() TO clinic_auditor;

-- The auditor compares the newest digest with the one that was kept
GRANT SELECT ON access_log_seals TO clinic_auditor;

-- clinic_app may read, add and change rows of patients, practitioners, rooms, appointments, encounters,
-- diagnoses and 2 more
GRANT SELECT, INSERT, UPDATE ON patients, practitioners, rooms, appointments, encounters, diagnoses, prescriptions, invoices TO clinic_app;

-- clinic_doctor may read rows of patients, encounters, diagnoses and prescriptions
GRANT SELECT ON patients, encounters, diagnoses, prescriptions TO clinic_doctor;

-- clinic_receptionist may read rows of practitioners and appointments
GRANT SELECT ON practitioners, appointments TO clinic_receptionist;

-- receptionist in the brief
GRANT SELECT (id, medical_record_number, medical_record_number_index, first_name, last_name, birth_date, sex, phone, email, insurance_number, created_at, updated_at) ON patients TO clinic_receptionist;

-- clinic_billing may read rows of invoices
GRANT SELECT ON invoices TO clinic_billing;

-- From here on, rows of patients are visible by policy only
ALTER TABLE patients ENABLE ROW LEVEL SECURITY;

-- clinic_app sees rows of patients once that is recorded
CREATE POLICY patients_app_reads ON patients FOR ALL TO clinic_app
    USING ((SELECT record_read('patients', NULL)))
    WITH CHECK (true);

-- clinic_doctor sees rows of patients once that is recorded
CREATE POLICY patients_doctor_reads ON patients FOR SELECT TO clinic_doctor
    USING ((SELECT record_read('patients', NULL)));

-- clinic_receptionist sees rows of patients once that is recorded
CREATE POLICY patients_receptionist_reads ON patients FOR SELECT TO clinic_receptionist
    USING ((SELECT record_read('patients', NULL)));

-- From here on, rows of appointments are visible by policy only
ALTER TABLE appointments ENABLE ROW LEVEL SECURITY;

-- clinic_app sees rows of appointments once that is recorded
CREATE POLICY appointments_app_reads ON appointments FOR ALL TO clinic_app
    USING (record_read('appointments', concat_ws(',', id)))
    WITH CHECK (true);

-- clinic_receptionist sees rows of appointments once that is recorded
CREATE POLICY appointments_receptionist_reads ON appointments FOR SELECT TO clinic_receptionist
    USING (record_read('appointments', concat_ws(',', id)));

-- From here on, rows of encounters are visible by policy only
ALTER TABLE encounters ENABLE ROW LEVEL SECURITY;

-- clinic_app sees rows of encounters once that is recorded
CREATE POLICY encounters_app_reads ON encounters FOR ALL TO clinic_app
    USING (record_read('encounters', concat_ws(',', id)))
    WITH CHECK (true);

-- clinic_doctor sees rows of encounters once that is recorded
CREATE POLICY encounters_doctor_reads ON encounters FOR SELECT TO clinic_doctor
    USING (record_read('encounters', concat_ws(',', id)));

-- From here on, rows of diagnoses are visible by policy only
ALTER TABLE diagnoses ENABLE ROW LEVEL SECURITY;

-- clinic_app sees rows of diagnoses once that is recorded
CREATE POLICY diagnoses_app_reads ON diagnoses FOR ALL TO clinic_app
    USING (record_read('diagnoses', concat_ws(',', id)))
    WITH CHECK (true);

-- clinic_doctor sees rows of diagnoses once that is recorded
CREATE POLICY diagnoses_doctor_reads ON diagnoses FOR SELECT TO clinic_doctor
    USING (record_read('diagnoses', concat_ws(',', id)));

-- From here on, rows of prescriptions are visible by policy only
ALTER TABLE prescriptions ENABLE ROW LEVEL SECURITY;

-- clinic_app sees rows of prescriptions once that is recorded
CREATE POLICY prescriptions_app_reads ON prescriptions FOR ALL TO clinic_app
    USING (record_read('prescriptions', concat_ws(',', id)))
    WITH CHECK (true);

-- clinic_doctor sees rows of prescriptions once that is recorded
CREATE POLICY prescriptions_doctor_reads ON prescriptions FOR SELECT TO clinic_doctor
    USING (record_read('prescriptions', concat_ws(',', id)));

-- From here on, rows of invoices are visible by policy only
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;

-- clinic_app sees rows of invoices once that is recorded
CREATE POLICY invoices_app_reads ON invoices FOR ALL TO clinic_app
    USING (record_read('invoices', concat_ws(',', id)))
    WITH CHECK (true);

-- clinic_billing sees rows of invoices once that is recorded
CREATE POLICY invoices_billing_reads ON invoices FOR SELECT TO clinic_billing
    USING (record_read('invoices', concat_ws(',', id)));

-- patients for clinic_billing: first_name by first letter, last_name by first letter, birth_date by year,
-- phone by last two digits and email by first letter and domain; without medical_record_number,
-- medical_record_number_index, sex, insurance_number and allergies
CREATE VIEW patients_masked WITH (security_barrier) AS
    SELECT
        id,
        left(first_name, 1) || '***' AS first_name,
        left(last_name, 1) || '***' AS last_name,
        date_trunc('year', birth_date)::date AS birth_date,
        '***' || right(phone, 2) AS phone,
        left(email, 1) || '***@' || split_part(email, '@', 2) AS email,
        created_at,
        updated_at
    FROM patients
    WHERE (SELECT record_read('patients', NULL));

-- clinic_billing may read it, and not the columns behind it
GRANT SELECT ON patients_masked TO clinic_billing;

-- clinic_app takes the key of a new row of patients before it seals the row: SELECT
-- nextval(pg_get_serial_sequence('patients', 'id')), then INSERT with OVERRIDING SYSTEM VALUE
GRANT USAGE ON SEQUENCE patients_id_seq TO clinic_app;

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
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
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
    'Security: 6 roles, 13 row policies, audit of 6 tables',
    $rollback$REASSIGN OWNED BY clinic_migrator TO CURRENT_USER;
REVOKE USAGE ON SEQUENCE patients_id_seq FROM clinic_app;
DROP VIEW IF EXISTS patients_masked;
DROP POLICY IF EXISTS invoices_billing_reads ON invoices;
DROP POLICY IF EXISTS invoices_app_reads ON invoices;
DROP POLICY IF EXISTS prescriptions_doctor_reads ON prescriptions;
DROP POLICY IF EXISTS prescriptions_app_reads ON prescriptions;
DROP POLICY IF EXISTS diagnoses_doctor_reads ON diagnoses;
DROP POLICY IF EXISTS diagnoses_app_reads ON diagnoses;
DROP POLICY IF EXISTS encounters_doctor_reads ON encounters;
DROP POLICY IF EXISTS encounters_app_reads ON encounters;
DROP POLICY IF EXISTS appointments_receptionist_reads ON appointments;
DROP POLICY IF EXISTS appointments_app_reads ON appointments;
DROP POLICY IF EXISTS patients_receptionist_reads ON patients;
DROP POLICY IF EXISTS patients_doctor_reads ON patients;
DROP POLICY IF EXISTS patients_app_reads ON patients;
ALTER TABLE invoices DISABLE ROW LEVEL SECURITY;
ALTER TABLE prescriptions DISABLE ROW LEVEL SECURITY;
ALTER TABLE diagnoses DISABLE ROW LEVEL SECURITY;
ALTER TABLE encounters DISABLE ROW LEVEL SECURITY;
ALTER TABLE appointments DISABLE ROW LEVEL SECURITY;
ALTER TABLE patients DISABLE ROW LEVEL SECURITY;
DROP TRIGGER IF EXISTS invoices_record_insert ON invoices;
DROP TRIGGER IF EXISTS invoices_record_update ON invoices;
DROP TRIGGER IF EXISTS invoices_record_delete ON invoices;
DROP FUNCTION IF EXISTS record_change_of_invoices();
DROP TRIGGER IF EXISTS prescriptions_record_insert ON prescriptions;
DROP TRIGGER IF EXISTS prescriptions_record_update ON prescriptions;
DROP TRIGGER IF EXISTS prescriptions_record_delete ON prescriptions;
DROP FUNCTION IF EXISTS record_change_of_prescriptions();
DROP TRIGGER IF EXISTS diagnoses_record_insert ON diagnoses;
DROP TRIGGER IF EXISTS diagnoses_record_update ON diagnoses;
DROP TRIGGER IF EXISTS diagnoses_record_delete ON diagnoses;
DROP FUNCTION IF EXISTS record_change_of_diagnoses();
DROP TRIGGER IF EXISTS encounters_record_insert ON encounters;
DROP TRIGGER IF EXISTS encounters_record_update ON encounters;
DROP TRIGGER IF EXISTS encounters_record_delete ON encounters;
DROP FUNCTION IF EXISTS record_change_of_encounters();
DROP TRIGGER IF EXISTS appointments_record_insert ON appointments;
DROP TRIGGER IF EXISTS appointments_record_update ON appointments;
DROP TRIGGER IF EXISTS appointments_record_delete ON appointments;
DROP FUNCTION IF EXISTS record_change_of_appointments();
DROP TRIGGER IF EXISTS patients_record_insert ON patients;
DROP TRIGGER IF EXISTS patients_record_update ON patients;
DROP TRIGGER IF EXISTS patients_record_delete ON patients;
DROP FUNCTION IF EXISTS record_change_of_patients();
DROP TRIGGER IF EXISTS invoices_no_truncate ON invoices;
DROP TRIGGER IF EXISTS prescriptions_no_truncate ON prescriptions;
DROP TRIGGER IF EXISTS diagnoses_no_truncate ON diagnoses;
DROP TRIGGER IF EXISTS encounters_no_truncate ON encounters;
DROP TRIGGER IF EXISTS appointments_no_truncate ON appointments;
DROP TRIGGER IF EXISTS patients_no_truncate ON patients;
DROP FUNCTION IF EXISTS remove_expired_audit_log();
DROP FUNCTION IF EXISTS broken_seals_of_audit_log();
DROP FUNCTION IF EXISTS seal_audit_log();
DROP FUNCTION IF EXISTS digest_of_audit_log(text, xid8, xid8);
DROP TABLE IF EXISTS audit_log_seals;
DROP TABLE IF EXISTS audit_log;
DROP FUNCTION IF EXISTS ensure_monthly_partitions(regclass, integer);
DROP FUNCTION IF EXISTS remove_expired_access_log();
DROP FUNCTION IF EXISTS broken_seals_of_access_log();
DROP FUNCTION IF EXISTS seal_access_log();
DROP FUNCTION IF EXISTS digest_of_access_log(text, xid8, xid8);
DROP TABLE IF EXISTS access_log_seals;
DROP TABLE IF EXISTS access_log;
DROP FUNCTION IF EXISTS unfinished_reads_of_access_log(timestamptz);
DROP FUNCTION IF EXISTS record_read(text, text);
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
