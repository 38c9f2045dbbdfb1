"""Faults of a script whose design is right, planted in the examples; trials and lints must find each on an engine.

Every fault stands in a place of its own, so that all of them can be planted at once and each is still found by the
claim that is about it.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from agents.verification import proof
from contracts.base import Statement
from contracts.claims import Experiment
from contracts.plan import Design
from flows.engines.postgresql import observations_on
from flows.engines.server import Server


class Edit(NamedTuple):
    """What is wrong, in which statement the pattern is replaced (all of it, where empty), and the claim that finds it.

    An empty statement means that the replacement is a statement more, at the end of the schema; `serves.QUERY` is
    the one that makes the query's index.
    """

    name: str
    statement: str
    pattern: str
    replacement: str
    claim: str


NOTHING = "SELECT 1"

SHOP = (
    Edit("index columns in the wrong order", "serves.list_products_by_category", r"\(category_id, (.*?)\)",
         r"(\1, category_id)", "list_products_by_category.served"),
    Edit("partial predicate that excludes what is asked", "serves.list_payments_by_order", r"$",
         " WHERE amount > 100000", "list_payments_by_order.served"),
    Edit("index that begins with what the query leaves open", "serves.list_order_histories_by_order",
         r"\(order_id\)", "(comment, order_id)", "list_order_histories_by_order.at_scale"),
    Edit("query that reads a row of each order on the side", "query.get_payments_by_payment_reference", r"$",
         "\n  AND 0 <= (SELECT count(*) FROM orders AS o CROSS JOIN LATERAL (SELECT quantity FROM order_items AS i "
         "WHERE i.order_id = o.id OFFSET 0 LIMIT 1) AS one)", "get_payments_by_payment_reference.in_time"),
    Edit("index left out", "index.ix_orders_shipping_address_id", "", NOTHING, "ix_orders_shipping_address_id.served"),
    Edit("index of a foreign key left out", "index.ix_order_histories_changed_by_id", "", NOTHING,
         "lint.unindexed_foreign_key"),
    Edit("the same index again", "", "", "CREATE INDEX ix_again ON order_items (order_id)", "lint.redundant_index"),
    Edit("CHECK weaker than the rule", "table.products", r"price > 0\b", "price > -9000",
         "products.ck_products_price_range"),
    Edit("CHECK on the wrong column", "table.order_items", r"CHECK \(quantity >= 1\)", "CHECK (line_number >= 1)",
         "order_items.ck_order_items_quantity_range"),
    Edit("state that nobody knows", "table.orders", r"'cancelled'\)\)", "'cancelled', '?'))",
         "orders.ck_orders_status"),
    Edit("CHECK that lets no row pass", "table.user_activities", r"CONSTRAINT pk_user",
         "CONSTRAINT ck_never CHECK (user_id > 0 AND user_id < 0),\n    CONSTRAINT pk_user",
         "user_activities.accepts"),
    Edit("CHECK that asks for the time", "table.categories", r"CONSTRAINT pk_cat",
         "CONSTRAINT ck_late CHECK (created_at <= now() + interval '9 years'),\n    CONSTRAINT pk_cat",
         "lint.changeable_check"),
    Edit("hash partition left out", "partition.user_activities_p05", "", NOTHING, "lint.hash_partition_gap"),
    Edit("default partition left out", "partition.order_histories_default", "", NOTHING, "lint.range_partition_gap"),
    Edit("deleting a user deletes the addresses' orders", "table.orders",
         r"(REFERENCES addresses \(id, user_id\) ON DELETE) RESTRICT", r"\1 CASCADE", "lint.on_delete"),
    Edit("foreign key left out", "table.order_items",
         r",\s+CONSTRAINT fk_order_items_product_id FOREIGN KEY\(product_id\) REFERENCES products \(id\) "
         r"ON DELETE RESTRICT", "", "order_items.fk_order_items_product_id"),
    Edit("two references that nothing ties", "table.orders",
         r"\(shipping_address_id, user_id\) REFERENCES addresses \(id, user_id\)",
         "(shipping_address_id) REFERENCES addresses (id)", "orders.fk_orders_shipping_address_id.user_id_agrees"),
    Edit("foreign key twice", "", "", "ALTER TABLE addresses ADD CONSTRAINT fk_again FOREIGN KEY (user_id) "
         "REFERENCES users (id) ON DELETE CASCADE", "lint.duplicate_foreign_key"),
    Edit("foreign key of another type", "table.order_histories", r"order_id bigint", "order_id integer",
         "lint.foreign_key_type_mismatch"),
    Edit("required value that may be missing", "table.users", r"last_name varchar\(100\) NOT NULL",
         "last_name varchar(100)", "users.last_name.required"),
    Edit("unique constraint left out", "table.orders",
         r"CONSTRAINT uq_orders_order_number UNIQUE \(order_number\),", "", "orders.uq_orders_order_number"),
    Edit("unique over one column too many", "table.order_items",
         r"uq_order_items_order_id_product_id UNIQUE \(order_id, product_id\)",
         "uq_order_items_order_id_product_id UNIQUE (order_id, product_id, quantity)",
         "order_items.uq_order_items_order_id_product_id"),
    Edit("uniqueness that counts deleted rows too few", "index.uq_users_email_live", r"CREATE UNIQUE", "CREATE",
         "users.uq_users_email_live"),
    Edit("moment without its time zone", "table.orders", r"shipped_at timestamptz", "shipped_at timestamp",
         "lint.timestamp_without_time_zone"),
    Edit("money as a binary float", "table.order_items", r"discount_amount numeric\(14,2\)",
         "discount_amount double precision", "lint.inexact_number"),
    Edit("sequence of four bytes", "table.addresses", r"id bigint GENERATED", "id integer GENERATED",
         "lint.small_sequence"),
    Edit("no primary key", "table.order_histories", r"CONSTRAINT pk_order_histories PRIMARY KEY \(id, changed_at\),",
         "", "lint.missing_primary_key"),
    Edit("default by chance", "table.products", r"stock_quantity integer DEFAULT 0",
         "stock_quantity integer DEFAULT (random() * 9)::integer", "lint.volatile_default"),
    Edit("moment of the installation", "table.users", r"created_at timestamptz DEFAULT now\(\)",
         "created_at timestamptz DEFAULT 'now'", "lint.frozen_moment"),
    Edit("trigger left out", "trigger.tg_addresses_touch", "", NOTHING, "addresses.updated_at.touched"),
    Edit("trigger switched off", "", "", "ALTER TABLE payments DISABLE TRIGGER tg_payments_touch",
         "lint.switched_off"),
    Edit("any state may follow", "function.keep_orders_status", r"IF NEW", "IF false AND NEW",
         "lifecycle.orders_status.not_from_delivered"),
    Edit("category that may be its own ancestor", "function.tree_categories_parent_id", r"IF ancestor", "IF false AND "
         "ancestor", "categories.parent_id.own_parent"),
    Edit("function without a search_path", "function.touch_updated_at", r"SET search_path = pg_catalog ", "",
         "lint.search_path_of_function"),
    Edit("tables that need each other first", "", "",
         "CREATE TABLE egg (id bigint PRIMARY KEY, hen_id bigint NOT NULL UNIQUE); "
         "CREATE TABLE hen (id bigint PRIMARY KEY, egg_id bigint NOT NULL UNIQUE REFERENCES egg); "
         "ALTER TABLE egg ADD FOREIGN KEY (hen_id) REFERENCES hen", "lint.cycle_of_required_references"),
    Edit("reserved word for a column", "", "", 'ALTER TABLE users ADD "limit" integer', "lint.reserved_word"),
    Edit("phone1 and phone2", "", "", "ALTER TABLE users ADD phone1 text, ADD phone2 text", "lint.repeated_columns"),
    Edit("names of attributes beside their values", "", "",
         "CREATE TABLE product_properties (id bigint PRIMARY KEY, property_name text NOT NULL, value text NOT NULL)",
         "lint.attribute_value_pairs"),
    Edit("unique key over a column that may be NULL", "", "",
         "ALTER TABLE payments ADD UNIQUE (order_id, provider_reference)", "lint.nullable_unique_key"),
    Edit("table that says nothing", "", "", "CREATE TABLE ghosts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
         "name text)", "lint.only_nullable_columns"),
    Edit("rows that are everybody's", "security.policy.addresses.addresses_own_rows", r"USING \(user_id = .*\)",
         "USING (true) WITH CHECK (true)", "addresses"),
    Edit("row-level security not switched on", "security.policy.payments", "", NOTHING, "lint.policy_without_effect"),
    Edit("setting read for every row", "security.policy.user_activities.user_activities_own_rows",
         r"\(SELECT (nullif\(current_setting\('app.user_id', true\), ''\)::bigint)\)", r"\1",
         "lint.setting_read_per_row"),
    Edit("table open to PUBLIC", "security.policy.order_items", r"$", "; GRANT SELECT ON order_items TO PUBLIC",
         "lint.open_to_public"),
    Edit("trail that can be changed", "security.audit.audit_log.append_only.rows", "", NOTHING,
         "security.audit.audit_log.no_update"),
    Edit("change without a trail", "security.audit.orders.update", "", NOTHING, "security.audit.orders.records"),
)  # fmt: skip

CLINIC = (
    Edit("guard that forbids a move of the brief", "function.keep_invoices_status", r"\('sent', 'paid'\), ", "",
         "lifecycle.invoices_status.moves"),
    Edit("guard that allows too much", "function.keep_invoices_status", r"NOT IN \(", "NOT IN (('cancelled', 'paid'), "
         "('cancelled', 'draft'), ", "lifecycle.invoices_status.not_from_cancelled"),
    Edit("double booking", "table.appointments", r",\s+CONSTRAINT ex_appointments_room_id EXCLUDE.*'cancelled'\)\)\n",
         "\n", "appointments.ex_appointments_room_id"),
    Edit("overlap that counts other rows", "table.appointments", r"(EXCLUDE USING gist \(practitioner_id WITH =.*) "
         r"WHERE \(status NOT IN \('cancelled'\)\)",
         r"\1 WHERE (status = 'cancelled')", "appointments.ex_appointments_practitioner_id"),
    Edit("ends before it starts", "table.appointments", r"CHECK \(ends_at > starts_at\)",
         "CHECK (ends_at > starts_at - interval '9 days')", "appointments.ck_appointments_ends_at_starts_at"),
)  # fmt: skip


def planted(design: Design, edits: Iterable[Edit]) -> tuple[Statement, ...]:
    """The script with its faults; a pattern that does not stand in its statement is an error of this file."""
    made = {statement.id: statement for statement in design.script()}
    serving = {f"serves.{q.name}": f"index.{q.index}" for q in design.schema_design.queries}
    last = [name for name, statement in made.items() if statement.section == "schema"][-1]
    for edit in edits:
        found = made[serving.get(edit.statement, edit.statement or last)]
        if not edit.statement:
            sql = f"{found.sql}; {edit.replacement}"
        elif not edit.pattern:
            sql = edit.replacement
        else:
            sql, count = re.subn(edit.pattern, edit.replacement, found.sql, count=1, flags=re.DOTALL)
            if not count:
                raise ValueError(f'"{edit.pattern}" does not stand in {found.id}: {found.sql}')
        made[found.id] = found.model_copy(update={"sql": sql})
    return tuple(made.values())


def failing(design: Design, edits: Iterable[Edit], server: Server) -> set[str]:
    """The claims that fail when the design's script has these faults."""
    whole = design.experiment()
    kept = tuple(claim for claim in whole.claims if claim.trial.kind not in ("reverts", "setting_accepted"))
    tried = Experiment(
        script=planted(design, edits), dataset=whole.dataset, claims=kept, rows=whole.rows
    )  # fmt: skip
    shown = proof(tried, observations_on(server, tried, lambda *_: None))
    return {seen.claim for seen in shown.evidence if seen.verdict == "fails"}


def found_by(edit: Edit, failed: Iterable[str]) -> bool:
    """Whether the claim that is about the fault, or one of the part that it names, fails."""
    return any(claim == edit.claim or claim.startswith(f"security.policy.{edit.claim}.") for claim in failed)
