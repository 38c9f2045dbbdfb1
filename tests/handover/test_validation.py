"""The generated suite: green on a sound document, and red for every hole that is planted in it."""

from collections.abc import Callable

import pytest

from artifacts.validation_files import validation_report_md
from contracts.validation import ValidationReport
from tests.handover.conftest import LIBRARY

Validated = Callable[..., ValidationReport]

COMPOSE = """
services:
  database:
    image: postgres:15.8
    command: ["postgres", "-c", "max_connections=40"]
    environment:
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}
"""
MANIFEST = """
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: town-library}
spec:
  imageName: ghcr.io/cloudnative-pg/postgresql:15.8
  postgresql:
    parameters:
      max_connections: "40"
  resources:
    requests: {memory: 2Gi, cpu: 1}
    limits: {memory: 4Gi, cpu: 2}
"""
ENVIRONMENT = "# The database's password\nPOSTGRES_PASSWORD=\n"
FILES = {"docker-compose.yml": COMPOSE, "deploy/cluster.yaml": MANIFEST, ".env.example": ENVIRONMENT}

SCHEMA, CONSTRAINTS, INTEGRITY = "test_schema.py", "test_constraints.py", "test_integrity.py"
ACCESS, PLANS, CACHE, MIGRATIONS = (
    "test_row_security.py", "test_query_plans.py", "test_cache_plan.py", "test_migrations.py",
)  # fmt: skip

LIFETIME = "ttl: {}\n        may_be_stale: 10 minutes\n        invalidation_triggers:\n          - event: book.updated"
OWN = "USING (member_id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint));"
PAGE = "library:shelf:{shelf}:v{version}"
NAMED = "GRANT SELECT (id, email, full_name"
CACHED = "query: {}\n        ttl"
STATES = "('open', 'returned', 'lost')"

HOLES = {
    "an index is dropped": (PLANS, "CREATE INDEX ix_books_shelf_title ON books (shelf, title);\n", ""),
    "an index has its keys the wrong way": (PLANS, "ON books (shelf, title)", "ON books (title DESC, copies, shelf)"),
    "a foreign key has no index": (SCHEMA, "CREATE INDEX ix_loans_book_id ON loans (book_id);\n", ""),
    "a check that serves a requirement is gone": (
        SCHEMA, "    CONSTRAINT ck_loans_status CHECK (status IN ('open', 'returned', 'lost')),\n", "",
    ),
    "a state of nobody's is accepted": (CONSTRAINTS, STATES, "('open', 'returned', 'lost', '?')"),
    "a state of the brief is refused": (CONSTRAINTS, STATES, "('open', 'returned')"),
    "a unique constraint is gone": (SCHEMA, "    CONSTRAINT uq_members_email UNIQUE (email),\n", ""),
    "a foreign key is gone": (
        SCHEMA,
        "    CONSTRAINT fk_loans_book_id FOREIGN KEY (book_id) REFERENCES books (id) ON DELETE RESTRICT,\n", "",
    ),
    "a column of a requirement is renamed": (SCHEMA, "    language varchar(20),\n", "    tongue varchar(20),\n"),
    "a table has no primary key": (SCHEMA, "    CONSTRAINT pk_loans PRIMARY KEY (id),\n", ""),
    "row-level security is off": (ACCESS, "ALTER TABLE loans ENABLE ROW LEVEL SECURITY;\n", ""),
    "a policy shows everything": (
        ACCESS, OWN,
        "USING (current_setting('app.user_id', true) IS NOT NULL);",
    ),
    "a secret is granted": (
        ACCESS, f"{NAMED}) ON members", f"{NAMED}, password_hash) ON members",
    ),
    "a grant is wider than the document says": (ACCESS, "GRANT SELECT ON books", "GRANT SELECT, DELETE ON books"),
    "everybody may read": (ACCESS, "ON books TO library_app;", "ON books TO PUBLIC, library_app;"),
    "the way back forgets a table": (MIGRATIONS, "DROP TABLE books;\n", ""),
    "a copy lives too long": (CACHE, LIFETIME.format("5 minutes"), LIFETIME.format("1 hour")),
    "a write is not heard": (CACHE, "              - insert\n              - update\n", "              - insert\n"),
    "a key lacks a parameter": (CACHE, PAGE + ":after:{after_title}", PAGE),
    "a version key may be evicted": (CACHE, "volatile-lru", "allkeys-lru"),
    "rows of one caller are cached for all": (
        CACHE, CACHED.format("get_book_by_isbn"), CACHED.format("list_loans_by_member"),
    ),
}  # fmt: skip
"""What is planted → the module that must go red, and the edit of the document."""

DEPLOYMENT_HOLES = {
    "a password stands in a file": ("docker-compose.yml", "${POSTGRES_PASSWORD:?}", "hunter2-Zq9"),
    "an image is not pinned": ("docker-compose.yml", "postgres:15.8", "postgres:latest"),
    "a variable is not listed": (".env.example", "POSTGRES_PASSWORD=", "OTHER_NAME="),
    "the example holds a password": (".env.example", "POSTGRES_PASSWORD=", "POSTGRES_PASSWORD=hunter2"),
    "a setting is not the document's": ("deploy/cluster.yaml", 'max_connections: "40"', 'max_connections: "400"'),
    "more is requested than allowed": ("deploy/cluster.yaml", "requests: {memory: 2Gi", "requests: {memory: 8Gi"),
    "a manifest does not parse": ("deploy/cluster.yaml", "spec:", "spec: ["),
}


def failed(report: ValidationReport) -> list[str]:
    """The names of the tests that failed."""
    return [result.name for result in report.run.results if result.outcome == "failed"]


def test_a_sound_document_is_ready(validated: Validated) -> None:
    report = validated(LIBRARY, **FILES)
    assert failed(report) == []
    assert report.verdict == "ready", report.reasons
    tried = {result.name.partition("::")[2] for result in report.run.results}
    assert {
        "test_a_second_row_with_the_same_key_is_refused[uq_members_email]",
        "test_the_same_key_at_once_is_written_once[uq_members_email]",
    } <= tried
    assert {row.verdict for row in report.requirements} == {"holds"}
    counts = {row.category: row.passed for row in report.categories}
    assert all(counts.values()), counts
    target = next(t for t in report.targets if "500 ms" in t.target)
    assert "4 sessions" in target.conditions
    text = validation_report_md(report)
    assert "**Verdict: ready.**" in text
    assert f"{len(report.run.results)}: {len(report.run.results)} passed, 0 failed, 0 skipped" in text


@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_in_the_document_is_found(hole: str, validated: Validated) -> None:
    module, before, after = HOLES[hole]
    assert LIBRARY.count(before) == 1, "the edit fits one place"
    report = validated(LIBRARY.replace(before, after), module)
    assert failed(report), [r.message for r in report.run.results if r.outcome == "skipped"]
    assert report.verdict == "not ready"


@pytest.mark.parametrize("hole", DEPLOYMENT_HOLES)
def test_a_hole_in_the_deployment_files_is_found(hole: str, validated: Validated) -> None:
    path, before, after = DEPLOYMENT_HOLES[hole]
    assert FILES[path].count(before) == 1
    report = validated(LIBRARY, "test_deployment_files.py", **{**FILES, path: FILES[path].replace(before, after)})
    assert failed(report)
    assert report.verdict == "not ready"


def test_an_edit_changes_tests_and_report(validated: Validated) -> None:
    """A renamed column, a dropped index and a new table are all seen downstream."""
    before = {result.name for result in validated(LIBRARY, SCHEMA).run.results}
    text = LIBRARY.replace("    title varchar(200) NOT NULL,\n    shelf", "    name varchar(200) NOT NULL,\n    shelf")
    text = text.replace("SELECT id, isbn, title, shelf", "SELECT id, isbn, name, shelf")
    text = text.replace("SELECT id, isbn, title FROM", "SELECT id, isbn, name FROM").replace(
        "AND title > $2 ORDER BY title", "AND name > $2 ORDER BY name"
    )
    text = text.replace(
        "CREATE INDEX ix_books_shelf_title ON books (shelf, title);", "CREATE TABLE shelves (id bigint PRIMARY KEY);"
    )
    text = text.replace("DROP TABLE books;", "DROP TABLE books;\nDROP TABLE shelves;")
    report = validated(text, SCHEMA)
    after = {result.name for result in report.run.results}
    assert "test_schema::test_the_column_is_as_the_document_says[books.title]" in before - after
    assert "test_schema::test_the_column_is_as_the_document_says[books.name]" in after - before
    assert "test_schema::test_the_table_has_a_primary_key[shelves]" in after - before
    assert failed(report) == ["test_schema::test_what_a_requirement_rests_on_exists[index:ix_books_shelf_title]"]
    outcome = next(row for row in report.requirements if row.id == "entity.book")
    assert outcome.verdict == "fails"
    assert "ix_books_shelf_title" in validation_report_md(report)
