-- Takes V002 back: Security: 6 roles, 0 row policies, audit of 6 tables
-- It was made by V002__security_6_roles_0_row_policies_audit_of_6_tables.sql. Run it with psql -v
-- ON_ERROR_STOP=1 -f; it is one transaction.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

REASSIGN OWNED BY clinic_migrator TO CURRENT_USER;
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

DELETE FROM schema_migrations WHERE version = 'V002';

COMMIT;
