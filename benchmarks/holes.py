"""Holes in the protection of the shop and the clinic, one each: SQL that somebody tired might run."""

from typing import NamedTuple


class Hole(NamedTuple):
    """What is open, and the SQL that opens it; `committed` where only another session can fall into it."""

    name: str
    sql: str
    committed: bool = False


def _policy(table: str, condition: str) -> str:
    return f"ALTER POLICY {table}_own_rows ON {table} USING ({condition}) WITH CHECK ({condition})"


_ME = "(SELECT nullif(current_setting('app.user_id', true), '')::bigint)"
_ORDERS = "LANGUAGE sql SECURITY DEFINER {} AS 'SELECT id FROM public.orders'"
_RECORD_NOTHING = (
    "CREATE OR REPLACE FUNCTION record_change_of_orders() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
    " SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NULL; END'"
)
_RECORD_ONE_COLUMN = (
    "CREATE OR REPLACE FUNCTION record_change_of_orders() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
    " SET search_path = pg_catalog, pg_temp AS 'BEGIN IF TG_OP = $$UPDATE$$ THEN INSERT INTO public.audit_log"
    " (table_name, row_key, action, changed_columns, new_values, actor_id, actor_role) SELECT $$orders$$, n.id,"
    " TG_OP, $${created_at}$$, jsonb_build_object($$created_at$$, n.created_at),"
    " current_setting($$app.user_id$$, true), session_user FROM new_rows AS n JOIN old_rows AS o USING (id)"
    " WHERE n.created_at <> o.created_at; END IF;"
    " RETURN NULL; END'"
)


def _masked(email: str, more: str) -> str:
    return (
        "DROP VIEW users_masked; CREATE VIEW users_masked WITH (security_barrier) AS SELECT id,"
        f" {email} AS email, left(first_name, 1) || '***' AS first_name, left(last_name, 1) || '***' AS last_name,"
        " '***' || right(phone, 2) AS phone, status, email_verified_at, last_login_at, deleted_at, created_at,"
        f" updated_at{more} FROM users; ALTER VIEW users_masked OWNER TO shop_migrator;"
        " GRANT SELECT ON users_masked TO shop_readonly"
    )


_PARTITION = """
DO $do$ BEGIN
    EXECUTE (SELECT format('GRANT SELECT ON %s TO shop_app', inhrelid::regclass) FROM pg_inherits
        WHERE inhparent = '{}'::regclass ORDER BY inhrelid LIMIT 1);
END $do$"""

SHOP = (
    # rows of others
    Hole("row-level security switched off", "ALTER TABLE orders DISABLE ROW LEVEL SECURITY"),
    Hole("an always-true policy for the application", "CREATE POLICY r ON orders FOR SELECT TO shop_app USING (true)"),
    Hole("an always-true policy for everybody", "CREATE POLICY r ON payments USING (true)"),
    Hole("a tautology in a policy", _policy("orders", "user_id = user_id")),
    Hole("a policy that opens without the setting", _policy(
        "addresses", f"current_setting('app.user_id', true) IS NULL OR user_id = {_ME}"), committed=True),
    Hole("a policy that opens with the empty setting", _policy(
        "addresses", f"current_setting('app.user_id', true) = '' OR user_id = {_ME}")),
    Hole("a policy that takes a list of ids", _policy(
        "addresses", "user_id::text = ANY (string_to_array(current_setting('app.user_id', true), ','))")),
    Hole("a policy that lets rows of any order through", _policy("order_items", "order_id IS NOT NULL")),
    Hole("rows in another's name", "ALTER POLICY orders_own_rows ON orders WITH CHECK (true)"),
    Hole("rows in another's name, one table down",
         "ALTER POLICY order_items_own_rows ON order_items WITH CHECK (order_id > 0)"),
    Hole("a policy dropped and rows left to a wider one", "DROP POLICY user_activities_own_rows ON user_activities;"
         " CREATE POLICY user_activities_own_rows ON user_activities TO shop_app USING (occurred_at IS NOT NULL)"),
    Hole("a partition that is read directly", _PARTITION.format("order_histories")),
    Hole("a view with its owner's rights",
         "CREATE VIEW order_list AS SELECT * FROM orders; GRANT SELECT ON order_list TO shop_readonly"),
    Hole("a view that nobody was granted yet", "CREATE VIEW hidden_list AS SELECT email FROM users"),
    Hole("a materialized view of all payments",
         "CREATE MATERIALIZED VIEW paid AS SELECT * FROM payments; GRANT SELECT ON paid TO shop_app"),
    # more than was granted
    Hole("DELETE on orders", "GRANT DELETE ON orders TO shop_app"),
    Hole("TRUNCATE on order items", "GRANT TRUNCATE ON order_items TO shop_app"),
    Hole("TRIGGER on payments", "GRANT TRIGGER ON payments TO shop_app"),
    Hole("REFERENCES on users", "GRANT REFERENCES ON users TO shop_app"),
    Hole("the password hash for reports", "GRANT SELECT (password_hash) ON users TO shop_readonly"),
    Hole("the password hash for the application", "GRANT SELECT ON users TO shop_app"),
    Hole("a personal column for reports", "GRANT SELECT (ip_address) ON user_activities TO shop_readonly"),
    Hole("payments for every login", "GRANT SELECT ON payments TO PUBLIC"),
    Hole("one column of an append-only table", "GRANT UPDATE (changed_at) ON order_histories TO shop_app"),
    Hole("orders that customer service may change", "GRANT UPDATE ON orders TO shop_customer_service"),
    Hole("privileges to pass on", "GRANT SELECT ON orders TO shop_app WITH GRANT OPTION"),
    Hole("later tables open by default", "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC"),
    Hole("tables made by the application", "GRANT CREATE ON SCHEMA public TO shop_app"),
    Hole("the schema open to every login", "GRANT USAGE ON SCHEMA public TO PUBLIC"),
    Hole("schemas made by every login",
         "DO $do$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO PUBLIC', current_database()); END $do$"),
    Hole("a table that the application owns", "ALTER TABLE addresses OWNER TO shop_app"),
    # another's rights
    Hole("the application in the role of sign-in", "GRANT shop_auth TO shop_app"),
    Hole("staff in the role of the owner",
         "GRANT shop_migrator TO shop_catalogue_manager"),
    Hole("reports that read everything",
         "GRANT pg_read_all_data TO shop_readonly"),
    Hole("programs on the server",
         "GRANT pg_execute_server_program TO shop_app"),
    Hole("files of the server",
         "GRANT pg_read_server_files TO shop_auditor; GRANT EXECUTE ON FUNCTION pg_read_file(text) TO shop_auditor"),
    Hole("BYPASSRLS", "ALTER ROLE shop_app BYPASSRLS"),
    Hole("CREATEROLE", "ALTER ROLE shop_app CREATEROLE"),
    Hole("a role that logs in", "ALTER ROLE shop_auditor LOGIN"),
    Hole("a function that runs as a superuser", f"CREATE FUNCTION all_orders() RETURNS SETOF bigint"
         f" {_ORDERS.format('SET search_path = pg_catalog')}"),
    Hole("a function with an open search path", f"CREATE FUNCTION some_orders() RETURNS SETOF bigint"
         f" {_ORDERS.format('')}; REVOKE ALL ON FUNCTION some_orders() FROM PUBLIC;"
         " ALTER FUNCTION some_orders() OWNER TO shop_migrator"),
    Hole("the trail's function for the application", "GRANT EXECUTE ON FUNCTION record_change_of_orders() TO shop_app"),
    # the trail
    Hole("no trigger on an audited table", "DROP TRIGGER orders_record_update ON orders"),
    Hole("a disabled trigger", "ALTER TABLE payments DISABLE TRIGGER payments_record_update"),
    Hole("added rows unseen", "DROP TRIGGER orders_record_insert ON orders"),
    Hole("removed rows unseen", "ALTER TABLE payments DISABLE TRIGGER payments_record_delete"),
    Hole("a trail that knows some columns only", _RECORD_ONE_COLUMN),
    Hole("a trigger that records nothing", _RECORD_NOTHING),
    Hole("a trail whose rows may change", "DROP TRIGGER audit_log_append_only_rows ON audit_log"),
    Hole("a trail that may be emptied", "ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only_whole"),
    Hole("an audited table that may be emptied unseen", "DROP TRIGGER orders_no_truncate ON orders"),
    Hole("seals that cover nothing", "CREATE OR REPLACE FUNCTION digest_of_audit_log(before text, low xid8, high xid8)"
         " RETURNS text LANGUAGE sql AS 'SELECT before'"),
    Hole("seals that depend on the session", "ALTER FUNCTION digest_of_audit_log(text, xid8, xid8) RESET timezone"),
    Hole("seals that the auditor writes", "GRANT INSERT, UPDATE ON audit_log_seals TO shop_auditor"),
    Hole("a trail that the application reads", "GRANT SELECT ON audit_log TO shop_app"),
    Hole("a trail that the application writes", "GRANT INSERT ON audit_log TO shop_app"),
    Hole("an auditor who reads tables", "GRANT SELECT ON orders TO shop_auditor"),
    # masked views
    Hole("a masked view without its barrier", "ALTER VIEW users_masked RESET (security_barrier)"),
    Hole("a masked view with a raw column", _masked("email::text", "")),
    Hole("a masked view that shows half of an address", _masked("left(email, 12) || '***'", "")),
    Hole("a masked view with a secret", _masked("left(email, 1) || '***@' || split_part(email, '@', 2)",
         ", password_hash")),
    Hole("a masked view for the application", "GRANT SELECT ON addresses_masked TO shop_app"),
    Hole("a masked view for every login", "GRANT SELECT ON user_activities_masked TO PUBLIC"),
    Hole("a masked view through which rows are removed", "GRANT DELETE ON users_masked TO shop_readonly"),
    Hole("a masked view through which rows are added", "GRANT INSERT ON user_activities_masked TO shop_readonly"),
    Hole("a masked view that belongs to a superuser's login", "CREATE VIEW more AS SELECT * FROM users;"
         " GRANT SELECT ON more TO shop_readonly"),
    Hole("the column behind a masked view", "GRANT SELECT (postal_code) ON addresses TO shop_readonly"),
    # switches
    Hole("triggers that may be switched off",
         "GRANT SET ON PARAMETER session_replication_role TO shop_app"),
)  # fmt: skip

_RECORDED = (
    "CREATE OR REPLACE FUNCTION record_read(name text, key text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER"
)
_ENTRY = "INSERT INTO public.access_log (table_name, row_key, statement, actor_id, actor_role) VALUES"

CLINIC = (
    Hole("row-level security off where reads are recorded", "ALTER TABLE prescriptions DISABLE ROW LEVEL SECURITY"),
    Hole("a policy that records nothing", "ALTER POLICY encounters_doctor_reads ON encounters USING (true)"),
    Hole("a second policy that lets rows through unrecorded",
         "CREATE POLICY open ON diagnoses FOR SELECT TO clinic_doctor USING (true)"),
    Hole("statements recorded where rows were", "ALTER POLICY diagnoses_doctor_reads ON diagnoses"
         " USING ((SELECT record_read('diagnoses', NULL)))"),
    Hole("a function that records nothing", f"{_RECORDED} AS 'BEGIN RETURN true; END'"),
    Hole("a function that records now and then", f"{_RECORDED} AS 'BEGIN IF random() < 0.01 THEN {_ENTRY}"
         " (name, key, NULL, NULL, session_user); END IF; RETURN true; END'"),
    Hole("reads by nobody", f"{_RECORDED} AS 'BEGIN {_ENTRY} (name, key, current_query(), NULL, session_user);"
         " RETURN true; END'"),
    Hole("reads without their statement", f"{_RECORDED} AS 'BEGIN {_ENTRY} (name, key, NULL,"
         " nullif(current_setting($$app.user_id$$, true), $$$$), current_setting($$role$$)); RETURN true; END'"),
    Hole("a read that goes on when nothing can be recorded", f"{_RECORDED} AS 'BEGIN {_ENTRY} (name, key,"
         " current_query(), nullif(current_setting($$app.user_id$$, true), $$$$), current_setting($$role$$));"
         " RETURN true; EXCEPTION WHEN read_only_sql_transaction THEN RETURN true; END'"),
    Hole("entries that may be changed", "DROP TRIGGER access_log_append_only_rows ON access_log"),
    Hole("entries that the doctor removes", "GRANT DELETE ON access_log TO clinic_doctor"),
    Hole("a log that the application reads", "GRANT SELECT ON access_log TO clinic_app"),
    Hole("a log that billing fills", "GRANT INSERT ON access_log TO clinic_billing"),
    Hole("a function that everybody calls", "GRANT EXECUTE ON FUNCTION record_read(text, text) TO PUBLIC"),
    Hole("a doctor past the policies", "ALTER ROLE clinic_doctor BYPASSRLS"),
    Hole("a view that reads as its owner", "CREATE VIEW all_notes AS SELECT notes FROM encounters;"
         " ALTER VIEW all_notes OWNER TO clinic_migrator; GRANT SELECT ON all_notes TO clinic_doctor"),
    Hole("a function that reads as its owner", "CREATE FUNCTION notes_of(bigint) RETURNS SETOF text LANGUAGE sql"
         " SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT notes FROM public.encounters';"
         " ALTER FUNCTION notes_of(bigint) OWNER TO clinic_migrator"),
    Hole("gaps that nobody finds", "CREATE OR REPLACE FUNCTION unfinished_reads_of_access_log(since timestamptz)"
         " RETURNS TABLE (missing bigint, until timestamptz) LANGUAGE sql AS 'SELECT 0::bigint, now() WHERE false'"),
    Hole("seals of reads that cover nothing", "CREATE OR REPLACE FUNCTION digest_of_access_log(before text, low xid8,"
         " high xid8) RETURNS text LANGUAGE sql AS 'SELECT before'"),
    Hole("prescriptions for reception", "GRANT SELECT ON prescriptions TO clinic_receptionist"),
    Hole("encounters that the application deletes", "GRANT DELETE ON encounters TO clinic_app"),
    Hole("a trail without patients", "ALTER TABLE patients DISABLE TRIGGER patients_record_update"),
)  # fmt: skip

HOLES = {"shop": SHOP, "clinic": CLINIC}
"""By the example whose protection they open."""
