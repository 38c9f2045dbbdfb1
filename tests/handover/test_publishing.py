"""A persistence.md read back: nothing is lost, the database says what the schema is, and every defect has its line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifacts.reading import DocumentError, edited, sealed
from artifacts.source import source_blocks
from contracts.published import PublishedDesign
from flows.publishing import DefectiveDocumentError, Review, published_design, raw_text, reviewed
from tests.handover.conftest import EXAMPLES, LIBRARY, SEED

Reviewing = Callable[[str], Review]


@pytest.fixture(scope="module")
def shop(address: str) -> PublishedDesign:
    """The contract of the largest example."""
    return published_design(str(next(p for p in EXAMPLES if "shop" in p.parts)), address)


@pytest.mark.parametrize("path", [*EXAMPLES, SEED], ids=lambda path: path.parts[-3])
def test_the_contract_gives_the_document_back(path: Path, address: str) -> None:
    assert reviewed(str(path), address).design.document().encode() == path.read_bytes()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["# A", "text", "```sql", "select 1;", "```", "~~~", "", "> x", "| a |", "\tb"])))
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_no_character_is_lost(end: str, lines: list[str]) -> None:
    raw = end.join(lines)
    try:
        blocks, tail = source_blocks(raw)
    except DocumentError:
        return  # a fence that nothing closes is refused
    assert "".join(block.before + block.source for block in blocks) + tail == raw


def test_an_edit_is_noticed_from_the_document_alone() -> None:
    text = sealed("# A\n\ntext\n\n<!-- end -->\n")
    assert edited(text) is False
    assert edited(text.replace("text", "other")) is True
    assert edited("# A\n") is None


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parts[-3])
def test_examples_are_sound_and_unedited(path: Path, address: str) -> None:
    found = reviewed(str(path), address, frozenset({"api", "deployment", "validation"}))
    assert [defect for defect in found.defects if defect.severity == "error"] == []
    assert found.design.edited is False
    assert found.design.plan_digest


def test_the_database_says_what_the_schema_is(shop: PublishedDesign) -> None:
    orders = shop.data_table("orders")
    assert orders.column("status").allowed == ("pending", "processing", "shipped", "delivered", "cancelled")
    assert orders.column("order_number").length
    assert orders.column("id").identity == "always"
    assert {key.references: key.on_delete for key in orders.foreign_keys}["users"] == "restrict"
    assert orders.row_security
    partial = next(i for i in shop.data_table("users").indexes if i.name == "uq_users_email_live")
    assert (partial.unique, partial.columns, partial.predicate) == (True, ("email",), "deleted_at IS NULL")
    covering = next(i for i in shop.data_table("user_activities").indexes if i.include)
    assert covering.keys[-1] == "id DESC"
    assert len(shop.data_table("user_activities").partitions) == 16
    assert shop.data_table("users").column("password_hash").sensitivity == "secret"
    allowed = {(g.command, g.columns) for g in shop.catalogue.grants if (g.role, g.table) == ("shop_auth", "users")}
    assert ("select", ("id", "email", "password_hash", "status", "deleted_at")) in allowed


def test_everything_has_its_line(shop: PublishedDesign) -> None:
    lines = shop.document().splitlines()
    for table in shop.catalogue.tables:
        assert table.line is not None
        assert f"CREATE TABLE {table.name}" in lines[table.line - 1]
        for part in (*table.columns, *table.checks, *table.indexes, *table.policies, *table.triggers):
            assert part.line is not None
            assert part.name in lines[part.line - 1]
    for query in shop.queries:
        assert query.line is not None
        assert f"PREPARE {query.name}" in lines[query.line - 1]


def test_queries_are_described_by_the_server(shop: PublishedDesign) -> None:
    query = shop.query("list_products_by_category")
    assert [(p.name, p.type) for p in query.parameters] == [
        ("category_id", "bigint"), ("after_price", "numeric"), ("after_id", "bigint"),
    ]  # fmt: skip
    assert {(r.name, r.table, r.column) for r in query.results} >= {("price", "products", "price")}
    assert (query.page_size, query.keyset) == (24, ("after_price", "after_id"))
    assert query.endpoints == ("GET /api/products?category=…&sort=price&page=1",)
    assert query.evidence
    assert {q.purpose for q in shop.queries} == {"application", "operations"}


def test_yaml_becomes_facts(shop: PublishedDesign) -> None:
    entry = next(e for e in shop.cache_entries if e.name == "get_categories_by_slug")
    assert entry.layers == ("application_cache", "distributed_cache")
    assert entry.ttl_seconds == 3590
    assert {event.event for event in entry.events} == {"category.created", "category.updated", "category.deleted"}
    assert shop.backup is not None and shop.backup.recovery_point_seconds == 299
    assert shop.application.callers["customer_service"] == "shop_customer_service"
    assert shop.application.identity == "app.user_id"
    assert {s.name: s.value for s in shop.settings}["max_connections"] == "60"
    assert [e.name for e in shop.environments] == ["development", "test", "staging", "production"]
    assert any(row.elements.get("query") for row in shop.requirements)


SEED_DEFECTS = (
    (26, '"connection_timeout" is no setting', "Remove it"),
    (140, 'index "idx_orders_user_active" stands inside of CREATE TABLE', "CREATE INDEX idx_orders_user_active"),
    (142, 'index "idx_orders_summary_covering" stands inside', "CREATE INDEX"),
    (152, '"product_categories", which nothing in the document makes', "CREATE TABLE product_categories"),
    (164, 'index "idx_products_category_active" stands inside', "CREATE INDEX"),
    (168, 'index "idx_products_search" stands inside', "CREATE INDEX"),
    (179, "there is no parameter $1", "PREPARE name (types) AS"),
    (185, 'relation "orders" does not exist', "line 121, which was refused"),
    (193, 'relation "products" does not exist', "line 146, which was refused"),
    (293, "KEYS walks through every key", "version key"),
    (306, 'column "total_time" does not exist', '"mean_time" is now "mean_exec_time"'),
    (346, "db-primary.example.com is the name of an example", "Name the replica by its role"),
    (356, "synchronous_commit = remote_write waits for a standby", "Name the standby"),
    (358, '"wal_keep_segments" is no setting', "wal_keep_size"),
    (411, "take 50% of the rows", "remainder 2, 3"),
    (453, 'role "application_role" does not exist', "Create the role above"),
    (465, "unique constraint on partitioned table must include all partitioning columns", "partition key"),
    (477, "This CHECK depends on the day", "fixed bounds"),
)


def test_the_seeds_own_example_is_refused_with_its_real_defects(address: str) -> None:
    with pytest.raises(DefectiveDocumentError) as refused:
        published_design(str(SEED), address, frozenset({"api", "deployment", "validation"}))
    told = {defect.line: (defect.fact, defect.remedy) for defect in refused.value.defects}
    for line, fact, remedy in SEED_DEFECTS:
        assert line in told, (line, fact)
        assert fact in told[line][0]
        assert remedy in told[line][1]
    assert all(defect.line and defect.remedy for defect in refused.value.defects)


LOANS_INDEX = "CREATE INDEX ix_loans_book_id ON loans (book_id)"
HALF = (
    "CREATE TABLE v (id int) PARTITION BY HASH (id);\n"
    f"CREATE TABLE v0 PARTITION OF v FOR VALUES WITH (MODULUS 2, REMAINDER 0);\n{LOANS_INDEX}"
)
NONE = f"CREATE TABLE v (id int) PARTITION BY LIST (id);\n{LOANS_INDEX}"
HEARD = "table: {}\n            operations:\n              - delete"

BROKEN = {
    "a missing section": ("### Performance-Optimized Query Patterns", "### Something Else", "is missing, and api"),
    "a statement that is refused": (LOANS_INDEX, LOANS_INDEX.replace("book_id)", "book)"), 'column "book" does'),
    "YAML that does not parse": ("  primary: PostgreSQL 15+", "  primary: [PostgreSQL", "This YAML does not parse"),
    "a cache of no query": ("query: get_book_by_isbn\n        ttl", "query: get_b\n        ttl", "does not prepare"),
    "a write to no table": (HEARD.format("books"), HEARD.format("tomes"), "no such table exists"),
    "a setting of no server": ("    statement_timeout: 5s", "    statement_timeouts: 5s", "is no setting"),
    "an open string": ("DEFAULT 'open' NOT NULL", "DEFAULT 'open NOT NULL", "never closed"),
    "a partition gap": (LOANS_INDEX, HALF, "take 50% of the rows"),
    "no partition": (LOANS_INDEX, NONE, "has no partition"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_named_with_its_line(case: str, review_of: Reviewing) -> None:
    before, after, told = BROKEN[case]
    assert LIBRARY.count(before) == 1
    assert review_of(LIBRARY).sound
    found = review_of(LIBRARY.replace(before, after))
    assert not found.sound
    facts = [(d.fact, d.line, d.remedy) for d in found.defects if d.severity == "error"]
    assert any(told in fact and line and remedy for fact, line, remedy in facts), facts


def test_all_defects_are_listed_not_only_the_first(review_of: Reviewing) -> None:
    text = LIBRARY
    for before, after, _ in (BROKEN["a statement that is refused"], BROKEN["a cache of no query"]):
        text = text.replace(before, after)
    assert len([d for d in review_of(text).defects if d.severity == "error"]) == 2


def test_a_hand_written_document_needs_no_seal_and_no_trace(review_of: Reviewing) -> None:
    found = review_of(LIBRARY.split("## Testing & Validation")[0])
    assert found.sound
    assert (found.design.edited, found.design.plan_digest, found.design.requirements) == (None, "", ())
    assert found.design.project == "town-library"


def test_a_file_that_is_no_document_is_refused(tmp_path: Path, address: str) -> None:
    place = tmp_path / "persistence.md"
    place.write_text("# Nothing\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="no sql block"):
        published_design(str(place), address)


def test_characters_stay_as_they_are(tmp_path: Path) -> None:
    place = tmp_path / "persistence.md"
    place.write_bytes(b"\xef\xbb\xbf# A\r\n\r\nCaf\xc3\xa9\r\n")
    assert raw_text(str(place)).encode() == place.read_bytes()
