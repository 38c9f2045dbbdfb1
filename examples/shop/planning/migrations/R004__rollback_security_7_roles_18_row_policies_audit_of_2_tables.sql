-- Takes V004 back: Security: 7 roles, 18 row policies, audit of 2 tables
-- It was made by V004__security_7_roles_18_row_policies_audit_of_2_tables.sql. Run it with psql -v
-- ON_ERROR_STOP=1 -f; it is one transaction.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

REASSIGN OWNED BY shop_migrator TO CURRENT_USER;
DROP VIEW IF EXISTS user_activities_masked;
DROP VIEW IF EXISTS orders_masked;
DROP VIEW IF EXISTS addresses_masked;
DROP VIEW IF EXISTS users_masked;
DROP POLICY IF EXISTS user_activities_customer_service_rows ON user_activities;
DROP POLICY IF EXISTS user_activities_readonly_rows ON user_activities;
DROP POLICY IF EXISTS user_activities_own_rows ON user_activities;
DROP POLICY IF EXISTS order_histories_readonly_rows ON order_histories;
DROP POLICY IF EXISTS order_histories_own_rows ON order_histories;
DROP POLICY IF EXISTS payments_readonly_rows ON payments;
DROP POLICY IF EXISTS payments_own_rows ON payments;
DROP POLICY IF EXISTS order_items_readonly_rows ON order_items;
DROP POLICY IF EXISTS order_items_own_rows ON order_items;
DROP POLICY IF EXISTS orders_customer_service_rows ON orders;
DROP POLICY IF EXISTS orders_readonly_rows ON orders;
DROP POLICY IF EXISTS orders_own_rows ON orders;
DROP POLICY IF EXISTS addresses_readonly_rows ON addresses;
DROP POLICY IF EXISTS addresses_own_rows ON addresses;
DROP POLICY IF EXISTS users_customer_service_rows ON users;
DROP POLICY IF EXISTS users_auth_rows ON users;
DROP POLICY IF EXISTS users_readonly_rows ON users;
DROP POLICY IF EXISTS users_own_rows ON users;
ALTER TABLE user_activities DISABLE ROW LEVEL SECURITY;
ALTER TABLE order_histories DISABLE ROW LEVEL SECURITY;
ALTER TABLE payments DISABLE ROW LEVEL SECURITY;
ALTER TABLE order_items DISABLE ROW LEVEL SECURITY;
ALTER TABLE orders DISABLE ROW LEVEL SECURITY;
ALTER TABLE addresses DISABLE ROW LEVEL SECURITY;
ALTER TABLE users DISABLE ROW LEVEL SECURITY;
DROP TRIGGER IF EXISTS payments_record_insert ON payments;
DROP TRIGGER IF EXISTS payments_record_update ON payments;
DROP TRIGGER IF EXISTS payments_record_delete ON payments;
DROP FUNCTION IF EXISTS record_change_of_payments();
DROP TRIGGER IF EXISTS orders_record_insert ON orders;
DROP TRIGGER IF EXISTS orders_record_update ON orders;
DROP TRIGGER IF EXISTS orders_record_delete ON orders;
DROP FUNCTION IF EXISTS record_change_of_orders();
DROP TRIGGER IF EXISTS payments_no_truncate ON payments;
DROP TRIGGER IF EXISTS orders_no_truncate ON orders;
DROP FUNCTION IF EXISTS remove_expired_audit_log();
DROP FUNCTION IF EXISTS broken_seals_of_audit_log();
DROP FUNCTION IF EXISTS seal_audit_log();
DROP FUNCTION IF EXISTS digest_of_audit_log(text, xid8, xid8);
DROP TABLE IF EXISTS audit_log_seals;
DROP TABLE IF EXISTS audit_log;
DROP FUNCTION IF EXISTS refuse_change_of_trail();
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM shop_app, shop_migrator, shop_readonly, shop_auth, shop_auditor, shop_customer_service, shop_catalogue_manager;
REVOKE ALL ON SCHEMA public FROM shop_app, shop_migrator, shop_readonly, shop_auth, shop_auditor, shop_customer_service, shop_catalogue_manager;
GRANT USAGE ON SCHEMA public TO PUBLIC;
DO $do$
BEGIN
    DROP ROLE IF EXISTS shop_app;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'the role shop_app stays: another database of this server uses it';
END
$do$;
DO $do$
BEGIN
    DROP ROLE IF EXISTS shop_migrator;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'the role shop_migrator stays: another database of this server uses it';
END
$do$;
DO $do$
BEGIN
    DROP ROLE IF EXISTS shop_readonly;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'the role shop_readonly stays: another database of this server uses it';
END
$do$;
DO $do$
BEGIN
    DROP ROLE IF EXISTS shop_auth;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'the role shop_auth stays: another database of this server uses it';
END
$do$;
DO $do$
BEGIN
    DROP ROLE IF EXISTS shop_auditor;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'the role shop_auditor stays: another database of this server uses it';
END
$do$;
DO $do$
BEGIN
    DROP ROLE IF EXISTS shop_customer_service;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'the role shop_customer_service stays: another database of this server uses it';
END
$do$;
DO $do$
BEGIN
    DROP ROLE IF EXISTS shop_catalogue_manager;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'the role shop_catalogue_manager stays: another database of this server uses it';
END
$do$;

DELETE FROM schema_migrations WHERE version = 'V004';

COMMIT;
