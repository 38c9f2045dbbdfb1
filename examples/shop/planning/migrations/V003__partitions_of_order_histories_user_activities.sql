-- V003: Partitions of order_histories, user_activities
-- Its way back is R003__rollback_partitions_of_order_histories_user_activities.sql. Run it with psql -v
-- ON_ERROR_STOP=1 -f; it is one transaction.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

-- order_histories by range of changed_at
CREATE TABLE order_histories_2026_11 PARTITION OF order_histories
    FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00');

CREATE TABLE order_histories_2026_12 PARTITION OF order_histories
    FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');

CREATE TABLE order_histories_2027_01 PARTITION OF order_histories
    FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00');

CREATE TABLE order_histories_2027_02 PARTITION OF order_histories
    FOR VALUES FROM ('2027-02-01 00:00:00+00') TO ('2027-03-01 00:00:00+00');

CREATE TABLE order_histories_2027_03 PARTITION OF order_histories
    FOR VALUES FROM ('2027-03-01 00:00:00+00') TO ('2027-04-01 00:00:00+00');

CREATE TABLE order_histories_2027_04 PARTITION OF order_histories
    FOR VALUES FROM ('2027-04-01 00:00:00+00') TO ('2027-05-01 00:00:00+00');

CREATE TABLE order_histories_default PARTITION OF order_histories
    DEFAULT;

-- user_activities by hash of user_id
CREATE TABLE user_activities_p00 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 0);

CREATE TABLE user_activities_p01 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 1);

CREATE TABLE user_activities_p02 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 2);

CREATE TABLE user_activities_p03 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 3);

CREATE TABLE user_activities_p04 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 4);

CREATE TABLE user_activities_p05 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 5);

CREATE TABLE user_activities_p06 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 6);

CREATE TABLE user_activities_p07 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 7);

CREATE TABLE user_activities_p08 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 8);

CREATE TABLE user_activities_p09 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 9);

CREATE TABLE user_activities_p10 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 10);

CREATE TABLE user_activities_p11 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 11);

CREATE TABLE user_activities_p12 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 12);

CREATE TABLE user_activities_p13 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 13);

CREATE TABLE user_activities_p14 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 14);

CREATE TABLE user_activities_p15 PARTITION OF user_activities
    FOR VALUES WITH (MODULUS 16, REMAINDER 15);

-- Run monthly: SELECT ensure_monthly_partitions('<table>', 6) adds the months that are missing
CREATE FUNCTION ensure_monthly_partitions(parent regclass, months integer) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    first date := date_trunc('month', now() AT TIME ZONE 'UTC');
    lower date;
    child text;
    made integer := 0;
BEGIN
    FOR step IN 0 .. months LOOP
        lower := first + make_interval(months => step);
        child := format('%s_%s', (SELECT relname FROM pg_class WHERE oid = parent), to_char(lower, 'YYYY_MM'));
        IF to_regclass(format('public.%I', child)) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE public.%I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
                child, parent, lower || ' 00:00:00+00', (lower + interval '1 month')::date || ' 00:00:00+00');
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$;

-- Detaches and drops the months whose period is over
CREATE FUNCTION drop_expired_partitions(parent regclass, keep interval) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    child regclass;
    removed integer := 0;
BEGIN
    FOR child IN
        SELECT c.oid::regclass
        FROM pg_inherits AS i
        JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = parent
            AND substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz <= now() - keep
        ORDER BY c.relname
    LOOP
        EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', parent, child);
        EXECUTE format('DROP TABLE %s', child);
        removed := removed + 1;
    END LOOP;
    RETURN removed;
END
$$;

-- Run monthly: SELECT remove_expired_order_histories() removes the months of order_histories that ended more
-- than 2555 days ago
CREATE FUNCTION remove_expired_order_histories() RETURNS integer
LANGUAGE sql SET search_path = pg_catalog, public AS $$
    SELECT drop_expired_partitions('order_histories', interval '2555 days')
$$;

-- user_activities gets 5,000,000 rows a day; at the default of 0.2 VACUUM would come every 146 days, now
-- about daily; a partitioned table takes no such setting, its partitions do
DO $$
DECLARE
    leaf regclass;
BEGIN
    FOR leaf IN SELECT relid FROM pg_partition_tree('user_activities') WHERE isleaf LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_vacuum_insert_scale_factor = 0.001)', leaf);
    END LOOP;
END
$$;

INSERT INTO schema_migrations (version, description, rollback_sql) VALUES (
    'V003',
    'Partitions of order_histories, user_activities',
    $rollback$DROP FUNCTION IF EXISTS remove_expired_order_histories();
DROP FUNCTION IF EXISTS drop_expired_partitions(parent regclass, keep interval);
DROP FUNCTION IF EXISTS ensure_monthly_partitions(parent regclass, months integer);
DROP TABLE IF EXISTS user_activities_p15;
DROP TABLE IF EXISTS user_activities_p14;
DROP TABLE IF EXISTS user_activities_p13;
DROP TABLE IF EXISTS user_activities_p12;
DROP TABLE IF EXISTS user_activities_p11;
DROP TABLE IF EXISTS user_activities_p10;
DROP TABLE IF EXISTS user_activities_p09;
DROP TABLE IF EXISTS user_activities_p08;
DROP TABLE IF EXISTS user_activities_p07;
DROP TABLE IF EXISTS user_activities_p06;
DROP TABLE IF EXISTS user_activities_p05;
DROP TABLE IF EXISTS user_activities_p04;
DROP TABLE IF EXISTS user_activities_p03;
DROP TABLE IF EXISTS user_activities_p02;
DROP TABLE IF EXISTS user_activities_p01;
DROP TABLE IF EXISTS user_activities_p00;
DROP TABLE IF EXISTS order_histories_default;
DROP TABLE IF EXISTS order_histories_2027_04;
DROP TABLE IF EXISTS order_histories_2027_03;
DROP TABLE IF EXISTS order_histories_2027_02;
DROP TABLE IF EXISTS order_histories_2027_01;
DROP TABLE IF EXISTS order_histories_2026_12;
DROP TABLE IF EXISTS order_histories_2026_11;
$rollback$
);

COMMIT;
