-- Takes V001 back: Schema of 9 tables with 17 indexes
-- It was made by V001__schema_of_9_tables_with_17_indexes.sql. Run it with psql -v ON_ERROR_STOP=1 -f; it is
-- one transaction.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

DROP TRIGGER IF EXISTS tree_categories_parent_id ON public.categories;
DROP FUNCTION IF EXISTS tree_categories_parent_id();
DROP TRIGGER IF EXISTS keep_orders_status ON public.orders;
DROP FUNCTION IF EXISTS keep_orders_status();
DROP TABLE IF EXISTS user_activities;
DROP TABLE IF EXISTS order_histories;
DROP TABLE IF EXISTS payments;
DROP TABLE IF EXISTS order_items;
DROP TABLE IF EXISTS orders;
DROP TABLE IF EXISTS products;
DROP TABLE IF EXISTS categories;
DROP TABLE IF EXISTS addresses;
DROP TABLE IF EXISTS users;
DROP FUNCTION IF EXISTS touch_updated_at();
DROP EXTENSION IF EXISTS pg_stat_statements;

DROP TABLE schema_migrations;

COMMIT;
