-- Takes V001 back: Schema of 8 tables with 12 indexes
-- It was made by V001__schema_of_8_tables_with_12_indexes.sql. Run it with psql -v ON_ERROR_STOP=1 -f; it is
-- one transaction.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

DROP TRIGGER IF EXISTS keep_invoices_status ON public.invoices;
DROP FUNCTION IF EXISTS keep_invoices_status();
DROP TABLE IF EXISTS invoices;
DROP TABLE IF EXISTS prescriptions;
DROP TABLE IF EXISTS diagnoses;
DROP TABLE IF EXISTS encounters;
DROP TABLE IF EXISTS appointments;
DROP TABLE IF EXISTS rooms;
DROP TABLE IF EXISTS practitioners;
DROP TABLE IF EXISTS patients;
DROP FUNCTION IF EXISTS touch_updated_at();
DROP EXTENSION IF EXISTS pg_stat_statements;
DROP EXTENSION IF EXISTS btree_gist;

DROP TABLE schema_migrations;

COMMIT;
