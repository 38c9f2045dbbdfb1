-- Takes V002 back: Security: 6 roles, 13 row policies, audit of 6 tables
-- It was made by V002__security_6_roles_13_row_policies_audit_of_6_tables.sql. Run it with psql -v
-- ON_ERROR_STOP=1 -f; it is one transaction.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

REASSIGN OWNED BY clinic_migrator TO CURRENT_USER;
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

DELETE FROM schema_migrations WHERE version = 'V002';

COMMIT;
