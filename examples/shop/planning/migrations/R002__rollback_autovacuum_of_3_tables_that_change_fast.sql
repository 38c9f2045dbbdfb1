-- Takes V002 back: Autovacuum of 3 tables that change fast
-- It was made by V002__autovacuum_of_3_tables_that_change_fast.sql. Run it with psql -v ON_ERROR_STOP=1 -f;
-- it is one transaction.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

ALTER TABLE payments RESET (autovacuum_vacuum_scale_factor);
ALTER TABLE order_items RESET (autovacuum_vacuum_scale_factor);
ALTER TABLE orders RESET (autovacuum_vacuum_scale_factor);

DELETE FROM schema_migrations WHERE version = 'V002';

COMMIT;
