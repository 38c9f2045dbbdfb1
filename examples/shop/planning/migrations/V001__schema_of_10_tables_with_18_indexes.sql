-- V001: Schema of 10 tables with 18 indexes
-- Its way back is R001__rollback_schema_of_10_tables_with_18_indexes.sql. Run it with psql -v ON_ERROR_STOP=1
-- -f; it is one transaction.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

-- Records the 4 steps of this document and every later one, with its way back. Run the document in one
-- transaction, so that a record stands only when its step succeeded
CREATE TABLE schema_migrations (
    version text CONSTRAINT pk_schema_migrations PRIMARY KEY,
    description text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_by text NOT NULL DEFAULT session_user,
    execution_ms integer,
    rollback_sql text NOT NULL
);

CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

-- Keeps updated_at true whatever the application writes
CREATE FUNCTION touch_updated_at() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

-- People who use the application or are described by it: User
CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY,
    email varchar(254) NOT NULL,
    password_hash varchar(255) NOT NULL,
    first_name varchar(100) NOT NULL,
    last_name varchar(100) NOT NULL,
    phone varchar(32),
    status varchar(32) DEFAULT 'active' NOT NULL,
    email_verified_at timestamptz,
    last_login_at timestamptz,
    deleted_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT ck_users_email_format CHECK (email ~ '^[^@\s[:upper:]]+@[^@\s[:upper:]]+\.[^@\s[:upper:]]+$'),
    CONSTRAINT ck_users_status CHECK (status IN ('active', 'inactive', 'suspended'))
);

COMMENT ON TABLE users IS 'People who use the application or are described by it: User';
COMMENT ON COLUMN users.email IS 'Sensitivity: personal';
COMMENT ON COLUMN users.password_hash IS 'Sensitivity: secret';
COMMENT ON COLUMN users.first_name IS 'Sensitivity: personal';
COMMENT ON COLUMN users.last_name IS 'Sensitivity: personal';
COMMENT ON COLUMN users.phone IS 'Sensitivity: personal';

-- email is unique among rows that are not deleted, and free again after deletion
CREATE UNIQUE INDEX uq_users_email_live ON users (email) WHERE deleted_at IS NULL;

-- list_users_by_status finds and orders rows by these keys; only rows with deleted_at IS NULL are wanted, so
-- the others take no room in it
CREATE INDEX ix_users_status_last_login_at_id_partial ON users (status, last_login_at DESC, id DESC) WHERE deleted_at IS NULL;

CREATE TRIGGER tg_users_touch BEFORE UPDATE ON users
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Master data: Address
CREATE TABLE addresses (
    id bigint GENERATED ALWAYS AS IDENTITY,
    user_id bigint NOT NULL,
    label varchar(50),
    recipient_name varchar(200),
    line1 varchar(200) NOT NULL,
    line2 varchar(200),
    city varchar(100) NOT NULL,
    state_region varchar(100),
    postal_code varchar(20),
    country_code char(2) NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_addresses PRIMARY KEY (id),
    CONSTRAINT uq_addresses_user_id_id UNIQUE (user_id, id),
    CONSTRAINT ck_addresses_country_code_format CHECK (country_code ~ '^[A-Z]{2}$'),
    CONSTRAINT fk_addresses_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

COMMENT ON TABLE addresses IS 'Master data: Address';
COMMENT ON COLUMN addresses.recipient_name IS 'Sensitivity: personal';
COMMENT ON COLUMN addresses.line1 IS 'Sensitivity: personal';
COMMENT ON COLUMN addresses.line2 IS 'Sensitivity: personal';
COMMENT ON COLUMN addresses.city IS 'Sensitivity: personal';
COMMENT ON COLUMN addresses.postal_code IS 'Sensitivity: personal';

-- at most one row of addresses for each user_id has is_default; it holds the flagged rows alone
CREATE UNIQUE INDEX uq_addresses_user_id_is_default ON addresses (user_id) WHERE is_default;

CREATE TRIGGER tg_addresses_touch BEFORE UPDATE ON addresses
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Reference data: Category
CREATE TABLE categories (
    id bigint GENERATED ALWAYS AS IDENTITY,
    parent_id bigint,
    name varchar(100) NOT NULL,
    slug varchar(120) NOT NULL,
    description text,
    sort_order integer DEFAULT 0 NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_categories PRIMARY KEY (id),
    CONSTRAINT uq_categories_slug UNIQUE (slug),
    CONSTRAINT ck_categories_name_not_blank CHECK (btrim(name) <> ''),
    CONSTRAINT fk_categories_parent_id FOREIGN KEY(parent_id) REFERENCES categories (id) ON DELETE SET NULL
);

COMMENT ON TABLE categories IS 'Reference data: Category';

-- list_categories_by_parent finds and orders rows by these keys
CREATE INDEX ix_categories_parent_id ON categories (parent_id);

-- Master data: Product
CREATE TABLE products (
    id bigint GENERATED ALWAYS AS IDENTITY,
    category_id bigint NOT NULL,
    sku varchar(64) NOT NULL,
    name varchar(255) NOT NULL,
    description text,
    price numeric(14,2) NOT NULL,
    currency_code char(3) DEFAULT 'EUR' NOT NULL,
    stock_quantity integer DEFAULT 0 NOT NULL,
    weight numeric(10,3),
    status varchar(32) DEFAULT 'active' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_products PRIMARY KEY (id),
    CONSTRAINT uq_products_sku UNIQUE (sku),
    CONSTRAINT ck_products_name_not_blank CHECK (btrim(name) <> ''),
    CONSTRAINT ck_products_price_range CHECK (price > 0),
    CONSTRAINT ck_products_currency_code_format CHECK (currency_code ~ '^[A-Z]{3}$'),
    CONSTRAINT ck_products_stock_quantity_range CHECK (stock_quantity >= 0),
    CONSTRAINT ck_products_weight_range CHECK (weight >= 0),
    CONSTRAINT ck_products_status CHECK (status IN ('draft', 'active', 'inactive', 'discontinued')),
    CONSTRAINT fk_products_category_id FOREIGN KEY(category_id) REFERENCES categories (id) ON DELETE RESTRICT
);

COMMENT ON TABLE products IS 'Master data: Product';
COMMENT ON COLUMN products.weight IS 'Unit: kg';

-- search_products looks for words inside values; each write also updates the words' lists
CREATE INDEX ix_products_search ON products USING gin ((to_tsvector('english', coalesce(name, '') || ' ' || coalesce(description, ''))));

-- list_products_by_category_where_status, list_products_by_category, list_products_by_category_status find
-- and order rows by these keys; sku, price, currency_code ride along, so that the page is read from the index
-- alone
CREATE INDEX ix_products_category_id_status_name_id ON products (category_id, status, name, id) INCLUDE (sku, price, currency_code);

CREATE TRIGGER tg_products_touch BEFORE UPDATE ON products
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Business transactions: Order
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY,
    user_id bigint NOT NULL,
    shipping_address_id bigint NOT NULL,
    order_number varchar(32) NOT NULL,
    status varchar(20) DEFAULT 'pending' NOT NULL,
    total_amount numeric(14,2) NOT NULL,
    currency_code char(3) DEFAULT 'EUR' NOT NULL,
    placed_at timestamptz NOT NULL,
    shipped_at timestamptz,
    delivered_at timestamptz,
    notes text,
    shipping_address_recipient_name varchar(200),
    shipping_address_line1 varchar(200) NOT NULL,
    shipping_address_line2 varchar(200),
    shipping_address_city varchar(100) NOT NULL,
    shipping_address_state_region varchar(100),
    shipping_address_postal_code varchar(20),
    shipping_address_country_code char(2) NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_orders PRIMARY KEY (id),
    CONSTRAINT uq_orders_order_number UNIQUE (order_number),
    CONSTRAINT ck_orders_status CHECK (status IN ('pending', 'processing', 'shipped', 'delivered', 'cancelled')),
    CONSTRAINT ck_orders_total_amount_range CHECK (total_amount >= 0),
    CONSTRAINT ck_orders_currency_code_format CHECK (currency_code ~ '^[A-Z]{3}$'),
    CONSTRAINT ck_orders_delivered_at_shipped_at CHECK (delivered_at >= shipped_at),
    CONSTRAINT fk_orders_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT fk_orders_shipping_address_id FOREIGN KEY(shipping_address_id, user_id) REFERENCES addresses (id, user_id) ON DELETE RESTRICT
);

COMMENT ON TABLE orders IS 'Business transactions: Order';
COMMENT ON COLUMN orders.shipping_address_recipient_name IS 'Sensitivity: personal';
COMMENT ON COLUMN orders.shipping_address_line1 IS 'Sensitivity: personal';
COMMENT ON COLUMN orders.shipping_address_line2 IS 'Sensitivity: personal';
COMMENT ON COLUMN orders.shipping_address_city IS 'Sensitivity: personal';
COMMENT ON COLUMN orders.shipping_address_postal_code IS 'Sensitivity: personal';

-- deleting or joining from addresses finds the rows of orders by it
CREATE INDEX ix_orders_shipping_address_id ON orders (shipping_address_id);

-- report_orders_by_placed_at finds rows by these keys; total_amount ride along, so that the page is read from
-- the index alone
CREATE INDEX ix_orders_placed_at ON orders (placed_at) INCLUDE (total_amount);

-- list_orders_by_user, list_orders_by_user_where_status, list_orders_by_user_status find and order rows by
-- these keys
CREATE INDEX ix_orders_user_id_status ON orders (user_id, status);

-- list_orders_by_status finds and orders rows by these keys; total_amount ride along, so that the page is
-- read from the index alone
CREATE INDEX ix_orders_status_placed_at_id ON orders (status, placed_at, id) INCLUDE (total_amount);

CREATE TRIGGER tg_orders_touch BEFORE UPDATE ON orders
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Business transactions: Order Item
CREATE TABLE order_items (
    id bigint GENERATED ALWAYS AS IDENTITY,
    order_id bigint NOT NULL,
    product_id bigint NOT NULL,
    line_number integer NOT NULL,
    quantity integer NOT NULL,
    unit_price numeric(14,2) NOT NULL,
    discount_amount numeric(14,2) DEFAULT 0 NOT NULL,
    tax_amount numeric(14,2) DEFAULT 0 NOT NULL,
    product_name varchar(255) NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_order_items PRIMARY KEY (id),
    CONSTRAINT uq_order_items_order_id_product_id UNIQUE (order_id, product_id),
    CONSTRAINT uq_order_items_order_id_line_number UNIQUE (order_id, line_number),
    CONSTRAINT ck_order_items_line_number_range CHECK (line_number >= 1),
    CONSTRAINT ck_order_items_quantity_range CHECK (quantity >= 1),
    CONSTRAINT ck_order_items_unit_price_range CHECK (unit_price >= 0),
    CONSTRAINT ck_order_items_discount_amount_range CHECK (discount_amount >= 0),
    CONSTRAINT ck_order_items_tax_amount_range CHECK (tax_amount >= 0),
    CONSTRAINT fk_order_items_order_id FOREIGN KEY(order_id) REFERENCES orders (id) ON DELETE CASCADE,
    CONSTRAINT fk_order_items_product_id FOREIGN KEY(product_id) REFERENCES products (id) ON DELETE RESTRICT
);

COMMENT ON TABLE order_items IS 'Business transactions: Order Item';

-- report_order_items_by_product finds rows by these keys; quantity, discount_amount, tax_amount ride along,
-- so that the page is read from the index alone
CREATE INDEX ix_order_items_product_id ON order_items (product_id) INCLUDE (quantity, discount_amount, tax_amount);

CREATE TRIGGER tg_order_items_touch BEFORE UPDATE ON order_items
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Business transactions: Payment
CREATE TABLE payments (
    id bigint GENERATED ALWAYS AS IDENTITY,
    order_id bigint NOT NULL,
    payment_reference varchar(64) NOT NULL,
    amount numeric(14,2) NOT NULL,
    currency_code char(3) DEFAULT 'EUR' NOT NULL,
    method varchar(32) NOT NULL,
    status varchar(32) DEFAULT 'pending' NOT NULL,
    provider varchar(50),
    provider_reference varchar(100),
    paid_at timestamptz,
    idempotency_key varchar(64) NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_payments PRIMARY KEY (id),
    CONSTRAINT uq_payments_payment_reference UNIQUE (payment_reference),
    CONSTRAINT uq_payments_idempotency_key UNIQUE (idempotency_key),
    CONSTRAINT ck_payments_amount_range CHECK (amount > 0),
    CONSTRAINT ck_payments_currency_code_format CHECK (currency_code ~ '^[A-Z]{3}$'),
    CONSTRAINT ck_payments_method CHECK (method IN ('card', 'bank_transfer', 'direct_debit', 'wallet', 'cash', 'invoice')),
    CONSTRAINT ck_payments_status CHECK (status IN ('pending', 'authorized', 'captured', 'failed', 'refunded', 'cancelled')),
    CONSTRAINT fk_payments_order_id FOREIGN KEY(order_id) REFERENCES orders (id) ON DELETE RESTRICT
);

COMMENT ON TABLE payments IS 'Business transactions: Payment';

-- list_payments_by_order finds and orders rows by these keys
CREATE INDEX ix_payments_order_id ON payments (order_id);

-- report_payments_by_status_paid_at finds rows by these keys; amount ride along, so that the page is read
-- from the index alone
CREATE INDEX ix_payments_status_paid_at ON payments (status, paid_at) INCLUDE (amount);

CREATE TRIGGER tg_payments_touch BEFORE UPDATE ON payments
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Append-only events: Order History
CREATE TABLE order_histories (
    id bigint GENERATED ALWAYS AS IDENTITY,
    order_id bigint NOT NULL,
    changed_by_id bigint,
    old_status varchar(32),
    new_status varchar(32) NOT NULL,
    changed_at timestamptz NOT NULL,
    comment text,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_order_histories PRIMARY KEY (id, changed_at),
    CONSTRAINT fk_order_histories_order_id FOREIGN KEY(order_id) REFERENCES orders (id) ON DELETE RESTRICT,
    CONSTRAINT fk_order_histories_changed_by_id FOREIGN KEY(changed_by_id) REFERENCES users (id) ON DELETE SET NULL
)
 PARTITION BY RANGE (changed_at);

COMMENT ON TABLE order_histories IS 'Append-only events: Order History';

-- report_order_histories_by_changed_at finds rows by these keys
CREATE INDEX ix_order_histories_changed_at ON order_histories (changed_at);

-- deleting or joining from users finds the rows of order_histories by it
CREATE INDEX ix_order_histories_changed_by_id ON order_histories (changed_by_id);

-- list_order_histories_by_order finds and orders rows by these keys
CREATE INDEX ix_order_histories_order_id ON order_histories (order_id);

-- Append-only events: User Activity
CREATE TABLE user_activities (
    id bigint GENERATED ALWAYS AS IDENTITY,
    user_id bigint NOT NULL,
    activity_type varchar(50) NOT NULL,
    occurred_at timestamptz NOT NULL,
    target_type varchar(50),
    target_reference varchar(64),
    ip_address inet,
    details jsonb,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_user_activities PRIMARY KEY (id, user_id),
    CONSTRAINT fk_user_activities_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)
 PARTITION BY HASH (user_id);

COMMENT ON TABLE user_activities IS 'Append-only events: User Activity';
COMMENT ON COLUMN user_activities.ip_address IS 'Sensitivity: personal';

-- list_user_activities_by_user finds and orders rows by these keys; activity_type, target_type,
-- target_reference ride along, so that the page is read from the index alone
CREATE INDEX ix_user_activities_user_id_occurred_at_id ON user_activities (user_id, occurred_at DESC, id DESC) INCLUDE (activity_type, target_type, target_reference);

-- Events for other systems, written by the transaction whose change they tell of
CREATE TABLE outbox_events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    event_id uuid DEFAULT gen_random_uuid() NOT NULL,
    aggregate_type varchar(63) NOT NULL,
    aggregate_id varchar(64) NOT NULL,
    event_type varchar(100) NOT NULL,
    payload jsonb NOT NULL,
    occurred_at timestamptz DEFAULT now() NOT NULL,
    published_at timestamptz,
    attempts integer DEFAULT 0 NOT NULL,
    CONSTRAINT pk_outbox_events PRIMARY KEY (id),
    CONSTRAINT uq_outbox_events_event_id UNIQUE (event_id),
    CONSTRAINT ck_outbox_events_attempts CHECK (attempts >= 0 AND attempts <= 10)
);

COMMENT ON TABLE outbox_events IS 'Events for other systems, written by the transaction whose change they tell of';

-- take_outbox_events finds the events that wait, which is next to nothing of the table
CREATE INDEX ix_outbox_events_unpublished ON outbox_events (id) WHERE published_at IS NULL;

-- Keeps orders.total_amount = sum of quantity * unit_price + tax_amount - discount_amount over order_items
CREATE FUNCTION sum_orders_total_amount_of_order_items() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF TG_OP = 'UPDATE' AND ROW(OLD.quantity, OLD.unit_price, OLD.tax_amount, OLD.discount_amount, OLD.order_id) IS NOT DISTINCT FROM ROW(NEW.quantity, NEW.unit_price, NEW.tax_amount, NEW.discount_amount, NEW.order_id) THEN RETURN NULL; END IF;
    PERFORM 1 FROM public.orders WHERE id IN (OLD.order_id, NEW.order_id) ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.orders AS whole SET total_amount = (SELECT coalesce(sum(part.quantity * part.unit_price) + sum(part.tax_amount) - sum(part.discount_amount), 0) FROM public.order_items AS part WHERE part.order_id = whole.id)
    WHERE whole.id IN (OLD.order_id, NEW.order_id)
        AND total_amount IS DISTINCT FROM (SELECT coalesce(sum(part.quantity * part.unit_price) + sum(part.tax_amount) - sum(part.discount_amount), 0) FROM public.order_items AS part WHERE part.order_id = whole.id);
    RETURN NULL;
END
$body$;

-- Only its trigger calls it
REVOKE ALL ON FUNCTION sum_orders_total_amount_of_order_items() FROM PUBLIC;

CREATE TRIGGER sum_orders_total_amount_of_order_items AFTER INSERT OR UPDATE OF quantity, unit_price, tax_amount, discount_amount, order_id OR DELETE ON public.order_items
    FOR EACH ROW EXECUTE FUNCTION sum_orders_total_amount_of_order_items();

-- Refuses a direct change that breaks orders.total_amount = sum of quantity * unit_price + tax_amount -
-- discount_amount over order_items
CREATE FUNCTION guard_orders_total_amount_of_order_items() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF (SELECT coalesce(sum(part.quantity * part.unit_price) + sum(part.tax_amount) - sum(part.discount_amount), 0) FROM public.order_items AS part WHERE part.order_id = NEW.id) <> NEW.total_amount
        AND EXISTS (SELECT FROM public.order_items AS part WHERE part.order_id = NEW.id) THEN
        RAISE EXCEPTION 'total_amount of orders % contradicts its rows of order_items', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_total_amount_of_order_items';
    END IF;
    RETURN NEW;
END
$body$;

-- Only its trigger calls it
REVOKE ALL ON FUNCTION guard_orders_total_amount_of_order_items() FROM PUBLIC;

CREATE TRIGGER guard_orders_total_amount_of_order_items BEFORE UPDATE OF total_amount ON public.orders
    FOR EACH ROW EXECUTE FUNCTION guard_orders_total_amount_of_order_items();

-- order_items takes its quantity from products.stock_quantity while status of orders is pending, processing,
-- shipped, delivered
CREATE FUNCTION take_products_stock_quantity_by_order_items_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    PERFORM 1 FROM public.orders WHERE id IN (SELECT order_id FROM made) ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM public.products WHERE id IN (SELECT product_id FROM made) ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.products AS goods SET stock_quantity = goods.stock_quantity - moved.amount
    FROM (
        SELECT part.goods, sum(part.amount) AS amount
        FROM (
            SELECT order_id AS whole, product_id AS goods, quantity AS amount FROM made
        ) AS part
        JOIN public.orders AS whole ON whole.id = part.whole
        WHERE whole.status IN ('pending', 'processing', 'shipped', 'delivered')
        GROUP BY part.goods
    ) AS moved
    WHERE goods.id = moved.goods AND moved.amount <> 0;
    RETURN NULL;
END
$body$;

-- Only its trigger calls it
REVOKE ALL ON FUNCTION take_products_stock_quantity_by_order_items_insert() FROM PUBLIC;

CREATE TRIGGER take_products_stock_quantity_by_order_items_insert AFTER INSERT ON public.order_items REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION take_products_stock_quantity_by_order_items_insert();

-- A part that changes gives back and takes anew
CREATE FUNCTION take_products_stock_quantity_by_order_items_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF NOT EXISTS (SELECT order_id, product_id, quantity FROM made EXCEPT ALL SELECT order_id, product_id, quantity FROM former) THEN RETURN NULL; END IF;
    PERFORM 1 FROM public.orders WHERE id IN (SELECT order_id FROM made UNION ALL SELECT order_id FROM former) ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM public.products WHERE id IN (SELECT product_id FROM made UNION ALL SELECT product_id FROM former) ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.products AS goods SET stock_quantity = goods.stock_quantity - moved.amount
    FROM (
        SELECT part.goods, sum(part.amount) AS amount
        FROM (
            SELECT order_id AS whole, product_id AS goods, quantity AS amount FROM made
            UNION ALL SELECT order_id AS whole, product_id AS goods, -quantity AS amount FROM former
        ) AS part
        JOIN public.orders AS whole ON whole.id = part.whole
        WHERE whole.status IN ('pending', 'processing', 'shipped', 'delivered')
        GROUP BY part.goods
    ) AS moved
    WHERE goods.id = moved.goods AND moved.amount <> 0;
    RETURN NULL;
END
$body$;

-- Only its trigger calls it
REVOKE ALL ON FUNCTION take_products_stock_quantity_by_order_items_update() FROM PUBLIC;

CREATE TRIGGER take_products_stock_quantity_by_order_items_update AFTER UPDATE ON public.order_items REFERENCING NEW TABLE AS made OLD TABLE AS former
    FOR EACH STATEMENT EXECUTE FUNCTION take_products_stock_quantity_by_order_items_update();

-- removing a row of orders in pending, processing or a part of it gives it back; what is shipped, delivered
-- has left and stays out
CREATE FUNCTION take_products_stock_quantity_by_order_items_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    PERFORM 1 FROM public.orders WHERE id IN (SELECT order_id FROM former) ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM public.products WHERE id IN (SELECT product_id FROM former) ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.products AS goods SET stock_quantity = goods.stock_quantity - moved.amount
    FROM (
        SELECT part.goods, sum(part.amount) AS amount
        FROM (
            SELECT order_id AS whole, product_id AS goods, -quantity AS amount FROM former
        ) AS part
        JOIN public.orders AS whole ON whole.id = part.whole
        WHERE whole.status IN ('pending', 'processing')
        GROUP BY part.goods
    ) AS moved
    WHERE goods.id = moved.goods AND moved.amount <> 0;
    RETURN NULL;
END
$body$;

-- Only its trigger calls it
REVOKE ALL ON FUNCTION take_products_stock_quantity_by_order_items_delete() FROM PUBLIC;

CREATE TRIGGER take_products_stock_quantity_by_order_items_delete AFTER DELETE ON public.order_items REFERENCING OLD TABLE AS former
    FOR EACH STATEMENT EXECUTE FUNCTION take_products_stock_quantity_by_order_items_delete();

-- A row of orders that ends gives back what its parts hold
CREATE FUNCTION take_products_stock_quantity_by_order_items_state() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    PERFORM 1 FROM public.products
    WHERE id IN (SELECT product_id FROM public.order_items WHERE order_id = NEW.id) ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.products AS goods SET stock_quantity = goods.stock_quantity + CASE WHEN NEW.status IN ('pending', 'processing', 'shipped', 'delivered') THEN - moved.amount ELSE moved.amount END
    FROM (
        SELECT product_id AS goods, sum(quantity) AS amount FROM public.order_items WHERE order_id = NEW.id
        GROUP BY product_id
    ) AS moved
    WHERE goods.id = moved.goods AND moved.amount <> 0;
    RETURN NULL;
END
$body$;

-- Only its trigger calls it
REVOKE ALL ON FUNCTION take_products_stock_quantity_by_order_items_state() FROM PUBLIC;

CREATE TRIGGER take_products_stock_quantity_by_order_items_state AFTER UPDATE OF status ON public.orders
    FOR EACH ROW WHEN ((OLD.status IN ('pending', 'processing', 'shipped', 'delivered')) <> (NEW.status IN ('pending', 'processing', 'shipped', 'delivered'))) EXECUTE FUNCTION take_products_stock_quantity_by_order_items_state();

-- A row of orders that is removed gives back what its parts hold
CREATE FUNCTION take_products_stock_quantity_by_order_items_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    PERFORM 1 FROM public.products
    WHERE id IN (SELECT product_id FROM public.order_items WHERE order_id = OLD.id) ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.products AS goods SET stock_quantity = goods.stock_quantity + moved.amount
    FROM (
        SELECT product_id AS goods, sum(quantity) AS amount FROM public.order_items WHERE order_id = OLD.id
        GROUP BY product_id
    ) AS moved
    WHERE goods.id = moved.goods AND moved.amount <> 0;
    RETURN OLD;
END
$body$;

-- Only its trigger calls it
REVOKE ALL ON FUNCTION take_products_stock_quantity_by_order_items_removed() FROM PUBLIC;

CREATE TRIGGER take_products_stock_quantity_by_order_items_removed BEFORE DELETE ON public.orders
    FOR EACH ROW WHEN (OLD.status IN ('pending', 'processing')) EXECUTE FUNCTION take_products_stock_quantity_by_order_items_removed();

-- status of orders goes pending → processing, processing → shipped, shipped → delivered, pending → cancelled,
-- processing → cancelled
CREATE FUNCTION keep_orders_status() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF NEW.status <> OLD.status
        AND (OLD.status, NEW.status) NOT IN (('pending', 'processing'), ('processing', 'shipped'), ('shipped', 'delivered'), ('pending', 'cancelled'), ('processing', 'cancelled')) THEN
        RAISE EXCEPTION 'status of orders cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_status';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER keep_orders_status BEFORE UPDATE OF status ON public.orders
    FOR EACH ROW EXECUTE FUNCTION keep_orders_status();

-- Keeps categories a tree: no row becomes its own ancestor by parent_id
CREATE FUNCTION tree_categories_parent_id() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    ancestor bigint := NEW.parent_id;
BEGIN
    WHILE ancestor IS NOT NULL LOOP
        IF ancestor = NEW.id THEN
            RAISE EXCEPTION '% of categories would be its own ancestor', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'tree_categories_parent_id';
        END IF;
        SELECT parent_id INTO ancestor FROM public.categories WHERE id = ancestor FOR SHARE;
    END LOOP;
    RETURN NEW;
END
$body$;

CREATE TRIGGER tree_categories_parent_id BEFORE UPDATE OF parent_id ON public.categories
    FOR EACH ROW WHEN (NEW.parent_id IS DISTINCT FROM OLD.parent_id) EXECUTE FUNCTION tree_categories_parent_id();

-- Run daily: SELECT remove_published_outbox_events() removes events that were published more than 7 days ago
CREATE FUNCTION remove_published_outbox_events() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    removed bigint;
BEGIN
    DELETE FROM public.outbox_events WHERE published_at < now() - interval '7 days';
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;

INSERT INTO schema_migrations (version, description, rollback_sql) VALUES (
    'V001',
    'Schema of 10 tables with 18 indexes',
    $rollback$DROP FUNCTION IF EXISTS remove_published_outbox_events();
DROP TRIGGER IF EXISTS tree_categories_parent_id ON public.categories;
DROP FUNCTION IF EXISTS tree_categories_parent_id();
DROP TRIGGER IF EXISTS keep_orders_status ON public.orders;
DROP FUNCTION IF EXISTS keep_orders_status();
DROP TRIGGER IF EXISTS take_products_stock_quantity_by_order_items_removed ON public.orders;
DROP FUNCTION IF EXISTS take_products_stock_quantity_by_order_items_removed();
DROP TRIGGER IF EXISTS take_products_stock_quantity_by_order_items_state ON public.orders;
DROP FUNCTION IF EXISTS take_products_stock_quantity_by_order_items_state();
DROP TRIGGER IF EXISTS take_products_stock_quantity_by_order_items_delete ON public.order_items;
DROP FUNCTION IF EXISTS take_products_stock_quantity_by_order_items_delete();
DROP TRIGGER IF EXISTS take_products_stock_quantity_by_order_items_update ON public.order_items;
DROP FUNCTION IF EXISTS take_products_stock_quantity_by_order_items_update();
DROP TRIGGER IF EXISTS take_products_stock_quantity_by_order_items_insert ON public.order_items;
DROP FUNCTION IF EXISTS take_products_stock_quantity_by_order_items_insert();
DROP TRIGGER IF EXISTS guard_orders_total_amount_of_order_items ON public.orders;
DROP FUNCTION IF EXISTS guard_orders_total_amount_of_order_items();
DROP TRIGGER IF EXISTS sum_orders_total_amount_of_order_items ON public.order_items;
DROP FUNCTION IF EXISTS sum_orders_total_amount_of_order_items();
DROP TABLE IF EXISTS outbox_events;
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
$rollback$
);

COMMIT;
