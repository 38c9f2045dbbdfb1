-- V004: Security: 7 roles, 18 row policies, audit of 2 tables
-- Its way back is R004__rollback_security_7_roles_18_row_policies_audit_of_2_tables.sql. Run it with psql -v
-- ON_ERROR_STOP=1 -f; it is one transaction.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

-- shop_app: the application's connections: reads and writes rows, owns no table of user_activities,
-- order_histories, order_items and 7 more
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_app') THEN
        CREATE ROLE shop_app NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        RAISE NOTICE 'another deployment has just made the role shop_app';
END
$do$;

-- shop_migrator: owns the 10 tables and changes them in a deployment
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_migrator') THEN
        CREATE ROLE shop_migrator NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        RAISE NOTICE 'another deployment has just made the role shop_migrator';
END
$do$;

-- shop_readonly: reports and replicas: reads user_activities, order_histories, order_items and 7 more, writes
-- nothing
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_readonly') THEN
        CREATE ROLE shop_readonly NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        RAISE NOTICE 'another deployment has just made the role shop_readonly';
END
$do$;

-- shop_auth: sign-in and registration: finds rows of users before it is known who asks
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_auth') THEN
        CREATE ROLE shop_auth NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        RAISE NOTICE 'another deployment has just made the role shop_auth';
END
$do$;

-- shop_auditor: reads what was recorded and nothing else
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_auditor') THEN
        CREATE ROLE shop_auditor NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        RAISE NOTICE 'another deployment has just made the role shop_auditor';
END
$do$;

-- shop_customer_service: customer_service of the brief: works with users, orders and user_activities
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_customer_service') THEN
        CREATE ROLE shop_customer_service NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        RAISE NOTICE 'another deployment has just made the role shop_customer_service';
END
$do$;

-- shop_catalogue_manager: catalogue_manager of the brief: works with categories and products
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_catalogue_manager') THEN
        CREATE ROLE shop_catalogue_manager NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        RAISE NOTICE 'another deployment has just made the role shop_catalogue_manager';
END
$do$;

-- Without this, any login of the server may look up the names in this schema
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- The project's roles may use the schema
GRANT USAGE ON SCHEMA public TO shop_app, shop_migrator, shop_readonly, shop_auth, shop_auditor, shop_customer_service, shop_catalogue_manager;

-- Only the migrator may make new objects
GRANT CREATE ON SCHEMA public TO shop_migrator;

-- Changes of orders and payments: 40000 rows a day, kept for 366 days
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
    CONSTRAINT pk_audit_log PRIMARY KEY (id, recorded_at)
) PARTITION BY RANGE (recorded_at);

-- Partition of audit_log
CREATE TABLE audit_log_2026_11 PARTITION OF audit_log FOR VALUES FROM ('2026-11-01 00:00+00') TO ('2026-12-01 00:00+00');

-- Partition of audit_log
CREATE TABLE audit_log_2026_12 PARTITION OF audit_log FOR VALUES FROM ('2026-12-01 00:00+00') TO ('2027-01-01 00:00+00');

-- Partition of audit_log
CREATE TABLE audit_log_2027_01 PARTITION OF audit_log FOR VALUES FROM ('2027-01-01 00:00+00') TO ('2027-02-01 00:00+00');

-- Partition of audit_log
CREATE TABLE audit_log_2027_02 PARTITION OF audit_log FOR VALUES FROM ('2027-02-01 00:00+00') TO ('2027-03-01 00:00+00');

-- Partition of audit_log
CREATE TABLE audit_log_default PARTITION OF audit_log DEFAULT;

-- Serves the auditor's question: what happened to this row?
CREATE INDEX ix_audit_log_row ON audit_log (table_name, row_key, recorded_at DESC);

-- Refuses every change of the trail, and removal of rows younger than 366 days
CREATE FUNCTION refuse_change_of_trail() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.recorded_at < now() - interval '366 days' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: what was recorded stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', HINT = 'Recorded rows leave after 366 days.';
END
$body$;

-- Only its triggers call it
REVOKE ALL ON FUNCTION refuse_change_of_trail() FROM PUBLIC;

-- Records what a statement changed in orders. Runs as its owner with a fixed search path
CREATE FUNCTION record_change_of_orders() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'orders', concat_ws(',', n.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(n))), NULL, to_jsonb(n),
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM new_rows AS n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'orders', concat_ws(',', o.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(o))), to_jsonb(o), NULL,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'orders', concat_ws(',', coalesce(o.id, n.id)), TG_OP,
            ARRAY(SELECT jsonb_object_keys(coalesce(after, before))), before, after,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o
            FULL JOIN new_rows AS n ON n.id = o.id
            CROSS JOIN LATERAL (SELECT to_jsonb(o) - same, to_jsonb(n) - same FROM (SELECT array_remove(ARRAY[
                CASE WHEN o.id IS NOT DISTINCT FROM n.id THEN 'id' END,
                CASE WHEN o.user_id IS NOT DISTINCT FROM n.user_id THEN 'user_id' END,
                CASE WHEN o.shipping_address_id IS NOT DISTINCT FROM n.shipping_address_id THEN 'shipping_address_id' END,
                CASE WHEN o.order_number IS NOT DISTINCT FROM n.order_number THEN 'order_number' END,
                CASE WHEN o.status IS NOT DISTINCT FROM n.status THEN 'status' END,
                CASE WHEN o.total_amount IS NOT DISTINCT FROM n.total_amount THEN 'total_amount' END,
                CASE WHEN o.currency_code IS NOT DISTINCT FROM n.currency_code THEN 'currency_code' END,
                CASE WHEN o.placed_at IS NOT DISTINCT FROM n.placed_at THEN 'placed_at' END,
                CASE WHEN o.shipped_at IS NOT DISTINCT FROM n.shipped_at THEN 'shipped_at' END,
                CASE WHEN o.delivered_at IS NOT DISTINCT FROM n.delivered_at THEN 'delivered_at' END,
                CASE WHEN o.notes IS NOT DISTINCT FROM n.notes THEN 'notes' END,
                CASE WHEN o.shipping_address_recipient_name IS NOT DISTINCT FROM n.shipping_address_recipient_name THEN 'shipping_address_recipient_name' END,
                CASE WHEN o.shipping_address_line1 IS NOT DISTINCT FROM n.shipping_address_line1 THEN 'shipping_address_line1' END,
                CASE WHEN o.shipping_address_line2 IS NOT DISTINCT FROM n.shipping_address_line2 THEN 'shipping_address_line2' END,
                CASE WHEN o.shipping_address_city IS NOT DISTINCT FROM n.shipping_address_city THEN 'shipping_address_city' END,
                CASE WHEN o.shipping_address_state_region IS NOT DISTINCT FROM n.shipping_address_state_region THEN 'shipping_address_state_region' END,
                CASE WHEN o.shipping_address_postal_code IS NOT DISTINCT FROM n.shipping_address_postal_code THEN 'shipping_address_postal_code' END,
                CASE WHEN o.shipping_address_country_code IS NOT DISTINCT FROM n.shipping_address_country_code THEN 'shipping_address_country_code' END,
                CASE WHEN o.created_at IS NOT DISTINCT FROM n.created_at THEN 'created_at' END,
                CASE WHEN o.updated_at IS NOT DISTINCT FROM n.updated_at THEN 'updated_at' END
            ], NULL)) AS s (same) OFFSET 0) AS changed (before, after)
        WHERE before - 'updated_at' IS DISTINCT FROM after - 'updated_at';
    END IF;
    RETURN NULL;
END
$body$;

-- Only its triggers call it
REVOKE ALL ON FUNCTION record_change_of_orders() FROM PUBLIC;

-- Every INSERT of rows of orders is recorded
CREATE TRIGGER orders_record_insert AFTER INSERT ON orders
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_orders();

-- Every UPDATE of rows of orders is recorded
CREATE TRIGGER orders_record_update AFTER UPDATE ON orders
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_orders();

-- Every DELETE of rows of orders is recorded
CREATE TRIGGER orders_record_delete AFTER DELETE ON orders
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_orders();

-- Records what a statement changed in payments. Runs as its owner with a fixed search path
CREATE FUNCTION record_change_of_payments() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'payments', concat_ws(',', n.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(n))), NULL, to_jsonb(n),
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM new_rows AS n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'payments', concat_ws(',', o.id), TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(o))), to_jsonb(o), NULL,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_log
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT 'payments', concat_ws(',', coalesce(o.id, n.id)), TG_OP,
            ARRAY(SELECT jsonb_object_keys(coalesce(after, before))), before, after,
            nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)
        FROM old_rows AS o
            FULL JOIN new_rows AS n ON n.id = o.id
            CROSS JOIN LATERAL (SELECT to_jsonb(o) - same, to_jsonb(n) - same FROM (SELECT array_remove(ARRAY[
                CASE WHEN o.id IS NOT DISTINCT FROM n.id THEN 'id' END,
                CASE WHEN o.order_id IS NOT DISTINCT FROM n.order_id THEN 'order_id' END,
                CASE WHEN o.payment_reference IS NOT DISTINCT FROM n.payment_reference THEN 'payment_reference' END,
                CASE WHEN o.amount IS NOT DISTINCT FROM n.amount THEN 'amount' END,
                CASE WHEN o.currency_code IS NOT DISTINCT FROM n.currency_code THEN 'currency_code' END,
                CASE WHEN o.method IS NOT DISTINCT FROM n.method THEN 'method' END,
                CASE WHEN o.status IS NOT DISTINCT FROM n.status THEN 'status' END,
                CASE WHEN o.provider IS NOT DISTINCT FROM n.provider THEN 'provider' END,
                CASE WHEN o.provider_reference IS NOT DISTINCT FROM n.provider_reference THEN 'provider_reference' END,
                CASE WHEN o.paid_at IS NOT DISTINCT FROM n.paid_at THEN 'paid_at' END,
                CASE WHEN o.idempotency_key IS NOT DISTINCT FROM n.idempotency_key THEN 'idempotency_key' END,
                CASE WHEN o.created_at IS NOT DISTINCT FROM n.created_at THEN 'created_at' END,
                CASE WHEN o.updated_at IS NOT DISTINCT FROM n.updated_at THEN 'updated_at' END
            ], NULL)) AS s (same) OFFSET 0) AS changed (before, after)
        WHERE before - 'updated_at' IS DISTINCT FROM after - 'updated_at';
    END IF;
    RETURN NULL;
END
$body$;

-- Only its triggers call it
REVOKE ALL ON FUNCTION record_change_of_payments() FROM PUBLIC;

-- Every INSERT of rows of payments is recorded
CREATE TRIGGER payments_record_insert AFTER INSERT ON payments
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_payments();

-- Every UPDATE of rows of payments is recorded
CREATE TRIGGER payments_record_update AFTER UPDATE ON payments
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_payments();

-- Every DELETE of rows of payments is recorded
CREATE TRIGGER payments_record_delete AFTER DELETE ON payments
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_change_of_payments();

-- TRUNCATE fires no trigger of changes, so it would empty orders without a trace
CREATE TRIGGER orders_no_truncate BEFORE TRUNCATE ON orders
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- TRUNCATE fires no trigger of changes, so it would empty payments without a trace
CREATE TRIGGER payments_no_truncate BEFORE TRUNCATE ON payments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- UPDATE and DELETE of audit_log is refused to everybody, its owner included
CREATE TRIGGER audit_log_append_only_rows BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_trail();

-- TRUNCATE of audit_log is refused to everybody, its owner included
CREATE TRIGGER audit_log_append_only_whole BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- shop_auditor reads audit_log
GRANT SELECT ON audit_log TO shop_auditor;

-- Run monthly: SELECT remove_expired_audit_log() removes what was recorded more than 366 days ago
CREATE FUNCTION remove_expired_audit_log() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    bound CONSTANT timestamptz := now() - interval '366 days';
    month regclass;
    removed bigint;
BEGIN
    FOR month IN
        SELECT c.oid::regclass FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.audit_log'::regclass
            AND substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz <= bound
        ORDER BY c.relname
    LOOP
        EXECUTE format('DROP TABLE %s', month);
    END LOOP;
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
    WHERE seal.recorded_at > now() - interval '365 days'
        AND seal.digest <> public.digest_of_audit_log(seal.before, seal.from_transaction, seal.to_transaction)
    ORDER BY seal.id
$body$;

-- Seals are as append-only as the trail
CREATE TRIGGER audit_log_seals_append_only BEFORE UPDATE OR DELETE ON audit_log_seals
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_trail();

-- Only the migrator seals
REVOKE ALL ON FUNCTION seal_audit_log(), digest_of_audit_log(text, xid8, xid8), broken_seals_of_audit_log() FROM PUBLIC;

-- The auditor checks what the migrator sealed
GRANT EXECUTE ON FUNCTION digest_of_audit_log(text, xid8, xid8), broken_seals_of_audit_log() TO shop_auditor;

-- The auditor compares the newest digest with the one that was kept
GRANT SELECT ON audit_log_seals TO shop_auditor;

-- shop_app may change rows of users
GRANT UPDATE ON users TO shop_app;

-- shop_app may read, add, change and remove rows of addresses, products, order_items and outbox_events
GRANT SELECT, INSERT, UPDATE, DELETE ON addresses, products, order_items, outbox_events TO shop_app;

-- shop_app may read rows of categories
GRANT SELECT ON categories TO shop_app;

-- shop_app may read, add and change rows of orders and payments
GRANT SELECT, INSERT, UPDATE ON orders, payments TO shop_app;

-- shop_app may read and add rows of order_histories and user_activities
GRANT SELECT, INSERT ON order_histories, user_activities TO shop_app;

-- rule: A user's email is unique among users that are not deleted; sign-in and registration have a role of
-- their own; password_hash is for sign-in alone
GRANT SELECT (id, email, first_name, last_name, phone, status, email_verified_at, last_login_at, deleted_at, created_at, updated_at) ON users TO shop_app;

-- shop_readonly may read rows of categories, products, order_items, payments, order_histories and
-- outbox_events
GRANT SELECT ON categories, products, order_items, payments, order_histories, outbox_events TO shop_readonly;

-- reports read users without email, password_hash, first_name, last_name and phone
GRANT SELECT (id, status, email_verified_at, last_login_at, deleted_at, created_at, updated_at) ON users TO shop_readonly;

-- reports read addresses without recipient_name, line1, line2, city and postal_code
GRANT SELECT (id, user_id, label, state_region, country_code, is_default, created_at, updated_at) ON addresses TO shop_readonly;

-- reports read orders without shipping_address_recipient_name, shipping_address_line1,
-- shipping_address_line2, shipping_address_city and shipping_address_postal_code
GRANT SELECT (id, user_id, shipping_address_id, order_number, status, total_amount, currency_code, placed_at, shipped_at, delivered_at, notes, shipping_address_state_region, shipping_address_country_code, created_at, updated_at) ON orders TO shop_readonly;

-- reports read user_activities without ip_address
GRANT SELECT (id, user_id, activity_type, occurred_at, target_type, target_reference, details, created_at) ON user_activities TO shop_readonly;

-- shop_auth may add rows of users
GRANT INSERT ON users TO shop_auth;

-- sign-in finds a row of users by its name
GRANT SELECT (id, email, password_hash, status, deleted_at) ON users TO shop_auth;

-- shop_customer_service may read rows of orders and user_activities
GRANT SELECT ON orders, user_activities TO shop_customer_service;

-- customer_service in the brief
GRANT SELECT (id, email, first_name, last_name, phone, status, email_verified_at, last_login_at, deleted_at, created_at, updated_at) ON users TO shop_customer_service;

-- shop_catalogue_manager may read rows of categories and products
GRANT SELECT ON categories, products TO shop_catalogue_manager;

-- From here on, rows of users are visible by policy only
ALTER TABLE users ENABLE ROW LEVEL SECURITY;

-- a row of users belongs to a row of users, found by id
CREATE POLICY users_own_rows ON users FOR ALL TO shop_app
    USING (id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint))
    WITH CHECK (id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint));

-- shop_readonly works with all rows of users; its grants say with which columns and how
CREATE POLICY users_readonly_rows ON users FOR SELECT TO shop_readonly
    USING (true);

-- shop_auth works with all rows of users; its grants say with which columns and how
CREATE POLICY users_auth_rows ON users FOR ALL TO shop_auth
    USING (true)
    WITH CHECK (true);

-- shop_customer_service works with all rows of users; its grants say with which columns and how
CREATE POLICY users_customer_service_rows ON users FOR SELECT TO shop_customer_service
    USING (true);

-- From here on, rows of addresses are visible by policy only
ALTER TABLE addresses ENABLE ROW LEVEL SECURITY;

-- a row of addresses belongs to a row of users, found by user_id
CREATE POLICY addresses_own_rows ON addresses FOR ALL TO shop_app
    USING (user_id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint))
    WITH CHECK (user_id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint));

-- shop_readonly works with all rows of addresses; its grants say with which columns and how
CREATE POLICY addresses_readonly_rows ON addresses FOR SELECT TO shop_readonly
    USING (true);

-- From here on, rows of orders are visible by policy only
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;

-- a row of orders belongs to a row of users, found by user_id
CREATE POLICY orders_own_rows ON orders FOR ALL TO shop_app
    USING (user_id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint))
    WITH CHECK (user_id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint));

-- shop_readonly works with all rows of orders; its grants say with which columns and how
CREATE POLICY orders_readonly_rows ON orders FOR SELECT TO shop_readonly
    USING (true);

-- shop_customer_service works with all rows of orders; its grants say with which columns and how
CREATE POLICY orders_customer_service_rows ON orders FOR SELECT TO shop_customer_service
    USING (true);

-- From here on, rows of order_items are visible by policy only
ALTER TABLE order_items ENABLE ROW LEVEL SECURITY;

-- a row of order_items belongs to a row of users, found by order_id → user_id
CREATE POLICY order_items_own_rows ON order_items FOR ALL TO shop_app
    USING (order_id IN (SELECT id FROM orders WHERE user_id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint)))
    WITH CHECK (order_id IN (SELECT id FROM orders WHERE user_id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint)));

-- shop_readonly works with all rows of order_items; its grants say with which columns and how
CREATE POLICY order_items_readonly_rows ON order_items FOR SELECT TO shop_readonly
    USING (true);

-- From here on, rows of payments are visible by policy only
ALTER TABLE payments ENABLE ROW LEVEL SECURITY;

-- a row of payments belongs to a row of users, found by order_id → user_id
CREATE POLICY payments_own_rows ON payments FOR ALL TO shop_app
    USING (order_id IN (SELECT id FROM orders WHERE user_id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint)))
    WITH CHECK (order_id IN (SELECT id FROM orders WHERE user_id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint)));

-- shop_readonly works with all rows of payments; its grants say with which columns and how
CREATE POLICY payments_readonly_rows ON payments FOR SELECT TO shop_readonly
    USING (true);

-- From here on, rows of order_histories are visible by policy only
ALTER TABLE order_histories ENABLE ROW LEVEL SECURITY;

-- a row of order_histories belongs to a row of users, found by order_id → user_id
CREATE POLICY order_histories_own_rows ON order_histories FOR ALL TO shop_app
    USING (order_id IN (SELECT id FROM orders WHERE user_id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint)))
    WITH CHECK (order_id IN (SELECT id FROM orders WHERE user_id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint)));

-- shop_readonly works with all rows of order_histories; its grants say with which columns and how
CREATE POLICY order_histories_readonly_rows ON order_histories FOR SELECT TO shop_readonly
    USING (true);

-- From here on, rows of user_activities are visible by policy only
ALTER TABLE user_activities ENABLE ROW LEVEL SECURITY;

-- a row of user_activities belongs to a row of users, found by user_id
CREATE POLICY user_activities_own_rows ON user_activities FOR ALL TO shop_app
    USING (user_id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint))
    WITH CHECK (user_id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint));

-- shop_readonly works with all rows of user_activities; its grants say with which columns and how
CREATE POLICY user_activities_readonly_rows ON user_activities FOR SELECT TO shop_readonly
    USING (true);

-- shop_customer_service works with all rows of user_activities; its grants say with which columns and how
CREATE POLICY user_activities_customer_service_rows ON user_activities FOR SELECT TO shop_customer_service
    USING (true);

-- users for shop_readonly: email by first letter and domain, first_name by first letter, last_name by first
-- letter and phone by last two digits; without password_hash
CREATE VIEW users_masked WITH (security_barrier) AS
    SELECT
        id,
        left(email, 1) || '***@' || split_part(email, '@', 2) AS email,
        left(first_name, 1) || '***' AS first_name,
        left(last_name, 1) || '***' AS last_name,
        '***' || right(phone, 2) AS phone,
        status,
        email_verified_at,
        last_login_at,
        deleted_at,
        created_at,
        updated_at
    FROM users;

-- shop_readonly may read it, and not the columns behind it
GRANT SELECT ON users_masked TO shop_readonly;

-- addresses for shop_readonly: recipient_name by first letter, line1 by first letter, line2 by first letter,
-- city by first letter and postal_code by first two characters
CREATE VIEW addresses_masked WITH (security_barrier) AS
    SELECT
        id,
        user_id,
        label,
        left(recipient_name, 1) || '***' AS recipient_name,
        left(line1, 1) || '***' AS line1,
        left(line2, 1) || '***' AS line2,
        left(city, 1) || '***' AS city,
        state_region,
        left(postal_code, 2) || '***' AS postal_code,
        country_code,
        is_default,
        created_at,
        updated_at
    FROM addresses;

-- shop_readonly may read it, and not the columns behind it
GRANT SELECT ON addresses_masked TO shop_readonly;

-- orders for shop_readonly: shipping_address_recipient_name by first letter, shipping_address_line1 by first
-- letter, shipping_address_line2 by first letter, shipping_address_city by first letter and
-- shipping_address_postal_code by first two characters
CREATE VIEW orders_masked WITH (security_barrier) AS
    SELECT
        id,
        user_id,
        shipping_address_id,
        order_number,
        status,
        total_amount,
        currency_code,
        placed_at,
        shipped_at,
        delivered_at,
        notes,
        left(shipping_address_recipient_name, 1) || '***' AS shipping_address_recipient_name,
        left(shipping_address_line1, 1) || '***' AS shipping_address_line1,
        left(shipping_address_line2, 1) || '***' AS shipping_address_line2,
        left(shipping_address_city, 1) || '***' AS shipping_address_city,
        shipping_address_state_region,
        left(shipping_address_postal_code, 2) || '***' AS shipping_address_postal_code,
        shipping_address_country_code,
        created_at,
        updated_at
    FROM orders;

-- shop_readonly may read it, and not the columns behind it
GRANT SELECT ON orders_masked TO shop_readonly;

-- user_activities for shop_readonly: ip_address by network of 24 or 48 bits
CREATE VIEW user_activities_masked WITH (security_barrier) AS
    SELECT
        id,
        user_id,
        activity_type,
        occurred_at,
        target_type,
        target_reference,
        network(set_masklen(ip_address, CASE family(ip_address) WHEN 4 THEN 24 ELSE 48 END)) AS ip_address,
        details,
        created_at
    FROM user_activities;

-- shop_readonly may read it, and not the columns behind it
GRANT SELECT ON user_activities_masked TO shop_readonly;

-- Whoever deploys keeps the right to change the tables, through the migrator
GRANT shop_migrator TO CURRENT_USER;

-- The 10 tables, their partitions and the functions now belong to shop_migrator: a function that runs as its
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
        EXECUTE format('ALTER TABLE %s OWNER TO %I', item, 'shop_migrator');
    END LOOP;
    FOR item IN
        SELECT p.oid::regprocedure FROM pg_proc AS p
        WHERE p.pronamespace = 'public'::regnamespace AND pg_get_userbyid(p.proowner) = current_user
            AND NOT EXISTS (SELECT FROM pg_depend AS d
                WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
        ORDER BY p.oid
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO %I', item, 'shop_migrator');
    END LOOP;
END
$do$;

INSERT INTO schema_migrations (version, description, rollback_sql) VALUES (
    'V004',
    'Security: 7 roles, 18 row policies, audit of 2 tables',
    $rollback$REASSIGN OWNED BY shop_migrator TO CURRENT_USER;
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
$rollback$
);

COMMIT;
