-- Takes V001 back: Schema of 2 tables with 0 indexes
-- It was made by V001__schema_of_2_tables_with_0_indexes.sql. Run it with psql -v ON_ERROR_STOP=1 -f; it is
-- one transaction.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

DROP TABLE IF EXISTS ticks;
DROP TABLE IF EXISTS habits;

DROP TABLE schema_migrations;

COMMIT;
