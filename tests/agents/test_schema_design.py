"""The schema agent: what it decides for a known shop, laws that hold for any names, and its claims on an engine."""

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.naming import identifier
from agents.schema_design import schema_design
from agents.schema_design.amounts import adds_up as _adds_up
from agents.schema_design.queries import summary_columns
from agents.verification import proof
from contracts.base import Statement
from contracts.claims import Accepted, Claim, Experiment, Refused
from contracts.requirements import Requirements, Volume
from contracts.schema import Column, Index, SchemaDesign
from flows.engines import engine, observe
from flows.engines.postgresql import observations_on
from flows.engines.server import Server, serving
from tests.agents.analyses import STATED, attribute, belongs, entity, rule, shop

START = dt.date(2026, 11, 1)
IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@pytest.fixture(scope="module")
def design() -> SchemaDesign:
    """The schema of the small shop."""
    return schema_design(shop(), START)


@pytest.fixture(scope="module")
def large_catalogue() -> SchemaDesign:
    """The same shop with so many products that no query may read them all."""
    volumes = (*shop().volumes, Volume(entity="product", rows=50_000, origin=STATED))
    return schema_design(shop(volumes=volumes), START)


def index_of(design: SchemaDesign, query: str) -> Index:
    """The index that serves a query."""
    name = next(q.index for q in design.queries if q.name == query)
    return next(i for i in design.indexes if i.name == name)


TABLES = {
    "users": ("id",),
    "categories": ("id",),
    "products": ("id",),
    "orders": ("id",),
    "order_items": ("id",),
    "tags": ("id",),
    "bookings": ("id",),
    "activities": ("id", "user_id"),
    "order_histories": ("id", "changed_at"),
    "selects": ("id",),
    "tag_products": ("tag_id", "product_id"),
}


def test_tables_and_primary_keys(design: SchemaDesign) -> None:
    assert {table.name: table.primary_key for table in design.tables} == TABLES


@pytest.mark.parametrize(
    ("table", "column", "references", "action", "reason"),
    [
        ("orders", "user_id", "users", "restrict", "business records outlive the User"),
        ("order_items", "order_id", "orders", "cascade", "is a part of its Order"),
        ("order_items", "product_id", "products", "restrict", "order_items still needs"),
        ("categories", "parent_category_id", "categories", "set null", "stands on its own"),
        ("bookings", "practitioner_id", "users", "restrict", "bookings still needs"),
        ("order_histories", "order_id", "orders", "restrict", "kept for 2555 days"),
        ("tag_products", "tag_id", "tags", "cascade", "only links two"),
        ("selects", "user_id", "users", "set null", "stands on its own"),
    ],
)
def test_foreign_key_action_has_its_reason(
    design: SchemaDesign, table: str, column: str, references: str, action: str, reason: str
) -> None:
    key = next(k for k in design.table(table).foreign_keys if k.columns == (column,))
    assert (key.references, key.on_delete) == (references, action)
    assert reason in key.because


def test_an_optional_reference_is_nullable_and_a_needed_one_is_not(design: SchemaDesign) -> None:
    assert design.table("selects").column("user_id").nullable
    assert not design.table("orders").column("user_id").nullable


def test_reserved_words_become_safe_names(design: SchemaDesign) -> None:
    assert [c.name for c in design.table("selects").columns] == [
        "id", "user_id", "order_value", "end_at", "external_id", "it_s", "created_at", "updated_at",
    ]  # fmt: skip


def test_partial_index_holds_the_wanted_rows_alone(large_catalogue: SchemaDesign) -> None:
    index = index_of(large_catalogue, "list_products_where_status")
    assert index.where == "status = 'discontinued'"
    assert [k.column for k in index.keys] == ["price", "id"]


def test_one_index_serves_all_of_a_parents_rows_and_some_of_them(design: SchemaDesign) -> None:
    index = index_of(design, "list_orders_by_user")
    assert index is index_of(design, "list_orders_by_user_where_status")
    assert ([k.column for k in index.keys], index.where) == (["user_id", "placed_at", "id"], None)


def test_a_report_is_read_from_the_index_alone_and_a_parents_few_rows_are_not(design: SchemaDesign) -> None:
    assert index_of(design, "report_orders_by_placed_at").include == ("total_amount",)
    assert index_of(design, "list_orders_by_user").include == ()


def test_search_and_part_of_a_name_have_gin_indexes_when_the_table_is_large(large_catalogue: SchemaDesign) -> None:
    search = index_of(large_catalogue, "search_products")
    assert search.method == "gin" and "to_tsvector" in (search.keys[0].expression or "")
    part = index_of(large_catalogue, "list_products_by_name")
    assert part.method == "gin" and part.keys[0].operator_class == "gin_trgm_ops"
    assert "pg_trgm" in large_catalogue.extensions


@pytest.mark.parametrize(
    ("name", "kind", "adds_up"),
    [
        ("quantity", "integer", True),
        ("discount_amount", "money", True),
        ("total", "money", True),
        ("unit_price", "money", False),
        ("list_total", "money", False),
        ("hourly_rate", "money", False),
        ("stock_quantity", "integer", False),
        ("line_number", "integer", False),
    ],
)
def test_sums_are_of_what_adds_up(name: str, kind: Any, adds_up: bool) -> None:
    column = Column(name=name, type=kind, sql_type="numeric(14,2)", origin=STATED)
    assert _adds_up(column) is adds_up


def test_a_list_of_parts_shows_how_many_and_of_what_and_no_key_of_a_repeated_request() -> None:
    money = {name: attribute(name, "money") for name in ("unit_price", "discount_amount", "tax_amount")}
    line = entity(
        "line", "transaction", attribute("line_number", "integer"), attribute("quantity", "integer"), *money.values(),
        attribute("idempotency_key", "identifier", unique=True),
    )  # fmt: skip
    found = schema_design(
        shop().model_copy(
            update={"entities": (line, entity("article", "master")), "relationships": (belongs("line", "article"),)}
            | {"access_patterns": (), "rules": (), "volumes": (), "retention": ()}
        ),
        dt.date(2026, 1, 1),
    ).table("lines")
    shown = summary_columns(found, ["line_number"])
    assert {"id", "article_id", "line_number", "quantity", *money} == set(shown)


def test_a_small_catalogue_is_read_as_a_whole(design: SchemaDesign) -> None:
    assert [q.index for q in design.queries if q.name in ("search_products", "list_products_by_name")] == [None, None]
    assert "pg_trgm" not in design.extensions


def test_soft_delete_makes_the_unique_index_partial(design: SchemaDesign) -> None:
    index = next(i for i in design.indexes if i.name == "uq_users_email_live")
    assert index.unique and index.where == "deleted_at IS NULL"
    assert not design.table("users").uniques


def test_a_unique_rule_is_merged_with_the_attribute_that_says_the_same() -> None:
    stated = shop()
    rule = next(r for r in stated.rules if r.kind == "unique")
    again = rule.model_copy(update={"id": "rule.sku", "entity": "product", "attributes": ("sku",),
                                    "serves": ("rule.sku",)})  # fmt: skip
    table = schema_design(shop(rules=(*stated.rules, again)), START).table("products")
    assert [u.columns for u in table.uniques] == [("sku",)]
    assert set(table.uniques[0].serves) == {"entity.sku", "rule.sku"}


def test_rules_become_constraints(design: SchemaDesign) -> None:
    assert ("order_id", "line_number") in [u.columns for u in design.table("order_items").uniques]
    total = next(c for c in design.table("orders").checks if c.column == "total_amount")
    assert (total.minimum, total.maximum) == (0, 100_000)
    ordered = next(c for c in design.table("bookings").checks if c.kind == "ordered")
    assert (ordered.column, ordered.operator, ordered.other) == ("ends_at", ">", "starts_at")


def test_no_overlap_is_an_exclusion_of_bookings_that_stand(design: SchemaDesign) -> None:
    (rule,) = design.table("bookings").exclusions
    assert (rule.equal, rule.start, rule.end) == (("practitioner_id",), "starts_at", "ends_at")
    assert rule.where is not None and "cancelled" in rule.where
    assert "btree_gist" in design.extensions


def test_hash_partitions_are_complete(design: SchemaDesign) -> None:
    made = design.table("activities").partitioning
    assert made is not None and (made.strategy, made.column) == ("hash", "user_id")
    moduli = {part.modulus for part in made.partitions}
    assert moduli == {len(made.partitions)}
    assert sorted(part.remainder or 0 for part in made.partitions) == list(range(len(made.partitions)))


def test_monthly_partitions_follow_each_other_from_the_start(design: SchemaDesign) -> None:
    made = design.table("order_histories").partitioning
    assert made is not None and (made.strategy, made.interval) == ("range", "month")
    *months, rest = made.partitions
    assert months[0].lower == "2026-11-01" and rest.default
    assert all(one.upper == two.lower for one, two in itertools.pairwise(months))


def test_small_projects_are_not_partitioned() -> None:
    design = schema_design(shop(tier="small"), START)
    assert not [t.name for t in design.tables if t.partitioning]
    reason = next(o.reason for o in design.omissions if o.subject == "Partitioning")
    assert re.search(r"\d", reason)


def test_an_unanswerable_pattern_is_an_omission_that_names_what_is_missing(design: SchemaDesign) -> None:
    (omission,) = [o for o in design.omissions if "access.impossible" in o.serves]
    assert "weather" in omission.reason
    assert "access.impossible" not in {q.access for q in design.queries}


# Laws

WORDS = (
    "select", "Order", "table", "user", "Robert'); DROP TABLE students;--", "{{ 7*7 }}", "Größe", "🦄", "a" * 200,
    "a" * 201, "id", "created_at", "news", "", "123", "pg_class", "order_items", "order item", "data", "data_media",
)  # fmt: skip
NAMES = st.sampled_from(WORDS) | st.text(max_size=30)
KINDS = st.sampled_from(("string", "text", "integer", "money", "boolean", "date", "timestamp", "email", "uuid"))
NATURES = st.sampled_from(("person", "master", "transaction", "event", "reference"))
ATTRIBUTES = st.lists(st.tuples(NAMES, KINDS, st.booleans()), max_size=4)
ENTITIES = st.lists(st.tuples(NAMES, NATURES, ATTRIBUTES), min_size=1, max_size=5)


def requirements(named: list[tuple[str, str, list[tuple[str, str, bool]]]]) -> Requirements:
    """Entities of these names, each a child of the one before; names that fall together are taken once."""
    entities = {}
    for label, nature, attributes in named:
        own = {identifier(n): attribute(identifier(n), kind, unique=unique) for n, kind, unique in attributes}
        name = identifier(label)
        entities.setdefault(name, entity(name, nature, *own.values()).model_copy(update={"label": label}))
    chain: Any = [belongs(child, parent) for parent, child in itertools.pairwise(entities)]
    return Requirements(
        project="any", title="Any", tier="standard", requirements=(),
        entities=tuple(entities.values()), relationships=tuple(chain),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(ENTITIES)
def test_any_names_give_distinct_safe_tables_and_columns(named: Any) -> None:
    given_names = requirements(named)
    design = schema_design(given_names, START)
    names = [table.name for table in design.tables]
    assert len(set(names)) == len(names) == len(given_names.entities)
    for table in design.tables:
        columns = [c.name for c in table.columns]
        assert len(set(columns)) == len(columns)
        assert all(IDENTIFIER.fullmatch(name) for name in (table.name, *columns))


@settings(max_examples=60, deadline=None)
@given(ENTITIES)
def test_foreign_keys_and_indexes_name_what_exists(named: Any) -> None:
    design = schema_design(requirements(named), START)
    for table in design.tables:
        for key in table.foreign_keys:
            target = design.table(key.references)
            for own, other in zip(key.columns, key.referenced_columns, strict=True):
                assert table.column(own).sql_type == target.column(other).sql_type
    for index in design.indexes:
        columns = {c.name for c in design.table(index.table).columns}
        assert {k.column for k in index.keys if k.column} | set(index.include) <= columns


@settings(max_examples=30, deadline=None)
@given(ENTITIES)
def test_same_input_same_digest(named: Any) -> None:
    assert (
        schema_design(requirements(named), START).digest()
        == schema_design(requirements(list(named)), START).digest()
    )  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(ENTITIES, st.tuples(NAMES, NATURES, ATTRIBUTES))
def test_another_entity_loses_no_table(named: Any, more: Any) -> None:
    before = {t.name for t in schema_design(requirements(named), START).tables}
    assert before <= {t.name for t in schema_design(requirements([*named, more]), START).tables}


def test_every_index_of_the_shop_begins_with_a_column_of_its_table(large_catalogue: SchemaDesign) -> None:
    for index in large_catalogue.indexes:
        columns = {c.name for c in large_catalogue.table(index.table).columns}
        first = index.keys[0]
        assert first.column in columns or any(name in (first.expression or "") for name in columns)


def relations(design: SchemaDesign) -> list[str]:
    """All names that share PostgreSQL's namespace of tables and indexes."""
    tables = [(t.name, *(u.name for u in t.uniques), *(e.name for e in t.exclusions)) for t in design.tables]
    parts = [p.name for t in design.tables if t.partitioning for p in t.partitioning.partitions]
    return [*itertools.chain(*tables), *parts, *(i.name for i in design.indexes)]


def test_names_of_tables_and_indexes_are_distinct(large_catalogue: SchemaDesign) -> None:
    names = relations(large_catalogue)
    assert len(set(names)) == len(names)


def test_index_names_of_two_tables_do_not_fall_together() -> None:
    uniques = [
        ("data", "master", [("media_name", "string", True)]),
        ("data_media", "master", [("name", "string", True)]),
    ]
    names = relations(schema_design(requirements(uniques), START))
    assert len(set(names)) == len(names)


# Claims on an engine


def experiment(design: SchemaDesign, statements: tuple[Statement, ...] | None = None) -> Experiment:
    """The design's claims on its own statements, or on others."""
    script = design.statements if statements is None else statements
    return Experiment(
        script=script, dataset=design.dataset, claims=design.claims, rows=design.dataset_rows,
        growth=design.growth, grown_rows=design.grown_rows,
    )  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One embedded server for the experiments that break something."""
    with serving(engine("embedded")) as running:
        yield running


def failed(server: Server, tried: Experiment) -> set[str]:
    """The claims that fail."""
    shown = proof(tried, observations_on(server, tried, lambda *_: None))
    return {e.claim for e in shown.evidence if e.verdict == "fails"}


@pytest.mark.parametrize("fixture", ["design", "large_catalogue"])
def test_every_claim_of_the_shop_holds(fixture: str, request: pytest.FixtureRequest) -> None:
    tried = experiment(request.getfixturevalue(fixture))
    shown = proof(tried, observe(tried, "embedded", lambda *_: None))
    assert [(e.claim, e.observed) for e in shown.evidence if e.verdict != "holds"] == []
    assert len(shown.evidence) == len(tried.claims) > 150


def without(statements: tuple[Statement, ...], *ids: str) -> tuple[Statement, ...]:
    """The script with statements left out that it has."""
    assert set(ids) <= {s.id for s in statements}
    return tuple(s for s in statements if s.id not in ids)


def altered(statements: tuple[Statement, ...], identity: str, pattern: str, by: str) -> tuple[Statement, ...]:
    """The script with one statement's text changed at exactly one place."""
    found = next(s for s in statements if s.id == identity)
    sql, count = re.subn(pattern, by, found.sql)
    assert count == 1, found.sql
    return tuple(s.model_copy(update={"sql": sql}) if s is found else s for s in statements)


def billing() -> Requirements:
    """Orders with items that add up, payments within the total, and a reason for whoever cancels."""
    order = entity(
        "order", "transaction",
        attribute("status", allowed=("open", "paid", "cancelled"), default="open"),
        attribute("total_amount", "money", minimum=Decimal(0)),
        attribute("credit", "money", minimum=Decimal(0)),
        attribute("reason", optional=True),
        attribute("receipt", optional=True),
    )  # fmt: skip
    item = entity("order_item", "transaction", attribute("quantity", "integer", minimum=Decimal(1)),
                  attribute("unit_price", "money", minimum=Decimal(0)))  # fmt: skip
    payment = entity("payment", "transaction", attribute("amount", "money", minimum=Decimal(0)))
    rules = (
        rule("reason", "order", "conditional", "status", "reason", values=("cancelled",)),
        rule("receipt", "order", "conditional", "total_amount", "receipt", minimum=Decimal(25)),
        rule("total", "order", "sum", "total_amount", operator="=", child="order_item",
             terms=("quantity", "unit_price")),
        rule("limit", "order", "sum", "credit", operator="<=", child="payment", terms=("amount",)),
        rule("names", "order", "sum", "reason", operator="<=", child="payment", terms=("amount",)),
    )  # fmt: skip
    related = (belongs("order_item", "order", owned=True), belongs("payment", "order", owned=True))
    return shop(
        entities=(order, item, payment),
        relationships=related,
        rules=rules,
        access_patterns=(),
        volumes=(),
        retention=(),
    )


def test_sums_and_conditions_are_enforced_and_tried(server: Server) -> None:
    design = schema_design(billing(), START)
    assert [(t.table, t.column, t.operator) for t in design.totals] == [
        ("orders", "total_amount", "="), ("orders", "credit", "<="),
    ]  # fmt: skip
    assert [o.serves for o in design.omissions if "no number" in o.reason] == [("rule.names",)]
    assert failed(server, experiment(design)) == set()
    toothless = without(design.statements, *(s.id for s in design.statements if s.id.startswith("trigger.sum_")))
    toothless = altered(toothless, "table.orders", r"reason IS NOT NULL", "true")
    assert failed(server, experiment(design, toothless)) == {
        *(s.id + ".executes" for s in design.statements if s.id.startswith("trigger.sum_")),
        "orders.ck_orders_reason_when_status",
        "total.orders_total_amount_of_order_items.follows",
        "total.orders_credit_of_payments.limited",
    }
    unguarded = without(design.statements, *(s.id for s in design.statements if s.id.startswith("trigger.guard_")))
    assert {c for c in failed(server, experiment(design, unguarded)) if c.endswith("guarded")} == {
        "total.orders_total_amount_of_order_items.guarded",
        "total.orders_credit_of_payments.guarded",
    }


def wiki() -> Requirements:
    """Sections in sections, and articles that several people edit at once."""
    section = entity("section", "master", attribute("name", unique=True))
    article = entity("article", "master", attribute("name"), attribute("row_version", "integer", default="1"))
    note = entity("note", "event", attribute("told_at", "timestamp"))
    author = entity("author", "person", attribute("email", "email", unique=True))
    related = (
        belongs("section", "section", role="parent", optional=True),
        belongs("article", "section"),
        belongs("note", "author", deleted_with=True),
    )
    return shop(entities=(section, article, author, note), relationships=related, rules=(), access_patterns=(),
                volumes=(), retention=())  # fmt: skip


def test_a_tree_stays_a_tree_and_the_second_of_two_editors_is_refused(server: Server) -> None:
    design = schema_design(wiki(), START)
    assert {"decision.hierarchy.sections", "decision.row_version"} <= {d.id for d in design.decisions}
    assert [k.on_delete for k in design.table("notes").foreign_keys] == ["cascade"]
    assert failed(server, experiment(design)) == set()
    loose = without(design.statements, "trigger.tree_sections_parent_id", "trigger.tg_articles_version")
    assert {c for c in failed(server, experiment(design, loose)) if not c.endswith(".executes")} == {
        "sections.parent_id.own_parent", "sections.parent_id.circle",
        "articles.row_version.counted", "articles.row_version.stale", "articles.row_version.raced",
    }  # fmt: skip


def test_another_reference_to_the_own_table_is_no_tree() -> None:
    person = entity("person", "person", attribute("name"))
    related = (belongs("person", "person", role="spouse", optional=True),)
    design = schema_design(
        shop(entities=(person,), relationships=related, rules=(), access_patterns=(), volumes=(), retention=()), START
    )
    assert not [s.id for s in design.statements if "tree_" in s.id]


def sales() -> Requirements:
    """Sales that are frozen once they are completed, with a total of their lines and a reason for whoever voids one."""
    sale = entity(
        "sale", "transaction",
        attribute("status", allowed=("open", "completed", "voided"), default="open"),
        attribute("total", "money", minimum=Decimal(0)),
        attribute("void_reason", "text", optional=True),
        attribute("place", "coordinates", optional=True),
    )  # fmt: skip
    line = entity("line", "transaction", attribute("amount", "money", minimum=Decimal(0)))
    rules = (
        rule("moves", "sale", "state", "status", transitions=(("open", "completed"), ("completed", "voided"))),
        rule("frozen", "sale", "immutable", "status", values=("completed",)),
        rule("reason", "sale", "conditional", "status", "void_reason", values=("voided",)),
        rule("total", "sale", "sum", "total", operator="=", child="line", terms=("amount",)),
        rule("limit", "line", "capacity", "sale", maximum=Decimal(9)),
    )
    related = (belongs("line", "sale", owned=True),)
    return shop(entities=(sale, line), relationships=related, rules=rules, access_patterns=(), volumes=(), retention=())


def test_a_lifecycle_allows_its_moves_and_freezes_what_they_leave(server: Server) -> None:
    design = schema_design(sales(), START)
    (life,) = design.lifecycles
    assert life.moves == (("open", "completed"), ("completed", "voided"))
    assert (life.frozen, life.columns) == (("completed", "voided"), ("total", "void_reason", "place"))
    (limit,) = next(t for t in design.tables if t.name == "lines").capacities
    assert (limit.reference, limit.maximum, limit.serves) == ("sale_id", 9, ("rule.limit",))
    assert {"decision.lifecycles", "decision.capacities"} <= {d.id for d in design.decisions}
    assert failed(server, experiment(design)) == set()
    loose = without(design.statements, "trigger.keep_sales_status")
    assert {c for c in failed(server, experiment(design, loose)) if c.startswith("lifecycle")} == {
        f"lifecycle.sales_status.{what}"
        for what in ("not_from_open", "not_from_completed", "not_from_voided", "frozen_completed", "frozen_voided")
    }


def limited(**limit: Any) -> SchemaDesign:
    """The sales with another limit of their lines."""
    found = sales()
    rules = tuple(
        rule("limit", "line", "capacity", "sale", **limit) if r.kind == "capacity" else r for r in found.rules
    )
    return schema_design(found.model_copy(update={"rules": rules}), START)


def test_a_limit_counts_under_a_lock_that_does_not_meet_the_foreign_keys() -> None:
    made = {s.id: s.sql for s in limited(maximum=Decimal(9)).statements}
    body = made["function.count_capacity_lines_sale_id"]
    assert body.index("FOR NO KEY UPDATE") < body.index("count(*)")
    assert "SELECT 9 INTO highest FROM public.sales" in body


def test_the_last_place_is_taken_once(server: Server) -> None:
    found = sales()
    rules = tuple(r for r in found.rules if r.kind == "capacity")
    design = schema_design(found.model_copy(update={"rules": rules}), START)
    tried = experiment(design)
    name = "lines.capacity_lines_sale_id"
    assert {f"{name}.last", f"{name}.over", f"{name}.raced"} <= {claim.id for claim in tried.claims}
    assert failed(server, tried) == set()
    loose = without(design.statements, "trigger.count_capacity_lines_sale_id")
    assert failed(server, experiment(design, loose)) >= {f"{name}.over", f"{name}.raced"}
    lax = tuple(s.model_copy(update={"sql": s.sql.replace("FOR NO KEY UPDATE", "")}) for s in design.statements)
    assert failed(server, experiment(design, lax)) == {f"{name}.raced"}


@pytest.mark.parametrize(
    ("limit", "why"),
    [
        ({"child": "sale", "terms": ("total",)}, "sales has no whole number"),
        ({"maximum": Decimal(9), "values": ("open",)}, "no column of lines tells which rows are open"),
        ({"maximum": Decimal("2.5")}, "2.5 is no number of rows"),
    ],
)
def test_a_limit_that_cannot_be_counted_stays_with_the_application(limit: dict[str, Any], why: str) -> None:
    design = limited(**limit)
    (told,) = [o for o in design.omissions if o.serves == ("rule.limit",)]
    assert why in told.reason
    assert not any(table.capacities for table in design.tables)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ("status = 'voided', void_reason = 'damaged'", False),  # a move fills in what had no value
        ("void_reason = 'later'", True),
        ("status = 'voided', void_reason = 'damaged', total = 7", True),
        ("status = 'open'", True),
        ("updated_at = now()", False),
    ],
)
def test_a_frozen_row_changes_by_a_move_alone(server: Server, change: str, refused: bool) -> None:
    design = schema_design(sales(), START)
    sql = ("INSERT INTO sales (status, total) VALUES ('completed', 5)",
           f"UPDATE sales SET {change} WHERE id = (SELECT max(id) FROM sales)")  # fmt: skip
    trial = Refused(sql=sql, sqlstate="23514") if refused else Accepted(sql=sql, affects=1)
    tried = Claim(id="frozen", sentence="frozen", element="lifecycle.sales_status", trial=trial)
    assert failed(server, Experiment(script=design.statements, claims=(tried,), rows=0)) == set()


def test_a_broken_script_makes_the_claims_about_it_fail(design: SchemaDesign, server: Server) -> None:
    broken = without(design.statements, "index.ix_orders_user_id_placed_at_id", "trigger.tg_users_touch")
    broken = altered(broken, "table.products", r"price > 0\b", "price > -9000")
    broken = altered(broken, "table.bookings", r"(?i)(starts_at timestamp\w*( with time zone)?) NOT NULL", r"\1")
    assert failed(server, experiment(design, broken)) - failed(server, experiment(design)) == {
        "index.ix_orders_user_id_placed_at_id.executes",
        "list_orders_by_user.served",
        "list_orders_by_user_where_status.served",
        "list_orders_by_user.at_scale",
        "list_orders_by_user_where_status.at_scale",
        "ix_orders_user_id_placed_at_id.written",
        "trigger.tg_users_touch.executes",
        "users.updated_at.touched",
        "products.ck_products_price_range",
        "bookings.starts_at.required",
        "lint.unindexed_foreign_key",
    }


def test_rows_of_a_missing_hash_partition_are_refused(design: SchemaDesign, server: Server) -> None:
    found = failed(server, experiment(design, without(design.statements, "partition.activities_p05")))
    assert {"partition.activities_p05.executes", "dataset.activities.loads"} <= found
    assert "dataset.orders.loads" not in found


def booked(**limit: Any) -> SchemaDesign:
    """Bookings of a course, which may be cancelled or end, under a limit of their number."""
    course = entity("course", "master", attribute("title"))
    booking = entity(
        "booking", "transaction", attribute("status", allowed=("made", "held", "cancelled"), default="made"),
        attribute("began_at", "timestamp"), attribute("ended_at", "timestamp", optional=True),
    )  # fmt: skip
    rules = (rule("limit", "booking", "capacity", "course", **limit),)
    related = (belongs("booking", "course"),)
    found = shop(
        entities=(course, booking), relationships=related, rules=rules, access_patterns=(), volumes=(), retention=()
    )
    return schema_design(found, START)


@pytest.mark.parametrize(
    ("limit", "state", "values", "condition"),
    [
        ({"maximum": Decimal(4)}, "status", ("made", "held"), "NEW.status IN ('made', 'held')"),
        ({"maximum": Decimal(4), "terms": ("ended_at",)}, "ended_at", (), "NEW.ended_at IS NULL"),
    ],
)
def test_rows_that_have_ended_give_their_place_back(
    server: Server, limit: dict[str, Any], state: str, values: tuple[str, ...], condition: str
) -> None:
    design = booked(**limit)
    (kept,) = design.table("bookings").capacities
    assert (kept.state, kept.values) == (state, values)
    assert condition in next(s.sql for s in design.statements if s.id == f"function.count_{kept.name}")
    tried = tuple(c for c in design.claims if c.id.startswith(f"bookings.{kept.name}."))
    ended = "status = 'cancelled'" if values else "ended_at = now()"
    over = next(c for c in tried if c.id.endswith(".over"))
    assert isinstance(over.trial, Refused)
    freed = (*over.trial.sql[:-1], f"UPDATE bookings SET {ended} WHERE id = (SELECT max(id) FROM bookings)")
    again = Claim(
        id="freed", sentence="the place is free again", element="table.bookings",
        trial=Accepted(sql=(*freed, over.trial.sql[-1]), affects=1),
    )  # fmt: skip
    assert (
        len(tried) >= 3 and failed(server, experiment(design).model_copy(update={"claims": (*tried, again)})) == set()
    )
