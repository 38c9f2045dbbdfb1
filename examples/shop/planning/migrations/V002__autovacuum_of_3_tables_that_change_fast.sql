-- V002: Autovacuum of 3 tables that change fast
-- Its way back is R002__rollback_autovacuum_of_3_tables_that_change_fast.sql. Run it with psql -v
-- ON_ERROR_STOP=1 -f; it is one transaction.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

-- orders gets 10,000 rows a day; at the default of 0.2 VACUUM would come every 146 days, now about daily
ALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.001);

-- order_items gets 30,000 rows a day; at the default of 0.2 VACUUM would come every 146 days, now about daily
ALTER TABLE order_items SET (autovacuum_vacuum_scale_factor = 0.001);

-- payments gets 10,000 rows a day; at the default of 0.2 VACUUM would come every 146 days, now about daily
ALTER TABLE payments SET (autovacuum_vacuum_scale_factor = 0.001);

INSERT INTO schema_migrations (version, description, rollback_sql) VALUES (
    'V002',
    'Autovacuum of 3 tables that change fast',
    $rollback$ALTER TABLE payments RESET (autovacuum_vacuum_scale_factor);
ALTER TABLE order_items RESET (autovacuum_vacuum_scale_factor);
ALTER TABLE orders RESET (autovacuum_vacuum_scale_factor);
$rollback$
);

COMMIT;
