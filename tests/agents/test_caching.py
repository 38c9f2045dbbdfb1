"""What is cached follows from data, freshness and numbers; what makes it stale follows from the foreign keys."""

import datetime as dt
import functools
import itertools
import pathlib
import re
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given as law
from hypothesis import settings as law_settings
from hypothesis import strategies as st

from agents.caching import caching_plan
from agents.caching.keys import candidates, equality
from agents.caching.samples import parts
from agents.figures import evaluate
from contracts.caching import CacheEntry, CachingPlan
from contracts.requirements import Protection, Requirements, Stack
from contracts.schema import Query, SchemaDesign
from tests.agents.sized import (
    book_by_id,
    book_by_isbn,
    books_of_shelf,
    column,
    lend,
    parameter,
    query,
    reference,
    schema,
    table,
    tables,
)
from tests.agents.sized import busy as requirements
from tests.agents.test_scaling import NAMES, example, failed

planned = functools.partial(caching_plan, start=dt.date(2026, 1, 1))
LANGUAGES = ("java", "typescript", "python", "csharp")


def entry(plan: CachingPlan, name: str) -> CacheEntry:
    return next(e for e in plan.entries if e.name == name)


def stale(plan: CachingPlan, name: str) -> dict[str, tuple[str, ...]]:
    """Event → keys of one entry."""
    return {i.event: i.keys for i in entry(plan, name).invalidations}


def reasons(plan: CachingPlan) -> dict[str, str]:
    return {o.subject: o.reason for o in (*plan.never_cached, *plan.omissions)}


def plan_of(*queries: Query, **changes: Any) -> CachingPlan:
    return planned(requirements(**changes), schema(*queries))


def test_a_list_is_kept_by_a_version_of_its_parent() -> None:
    plan = plan_of()
    made = entry(plan, "books_of_shelf")
    assert made.key_pattern == "library:books:by_shelf:{shelf_id}:v{version}:after:{after_title}:{after_id}"
    assert "library:shelf:{shelf_id}:books:version" in made.because
    assert "INCR" in made.because


def test_a_row_is_kept_by_its_key() -> None:
    plan = plan_of(book_by_id(), book_by_isbn())
    assert entry(plan, "book_by_id").key_pattern == "library:book:{id}"
    assert entry(plan, "book_by_isbn").key_pattern == "library:book:by_isbn:{isbn}"


def test_nothing_is_found_by_scanning() -> None:
    plan = plan_of(books_of_shelf(), book_by_id(), book_by_isbn(), lend())
    for key in (k for e in plan.entries for i in e.invalidations for k in i.keys):
        assert "*" not in key
    assert plan.code is not None
    assert not re.search(r"\b(keys|scan|scan_iter)\s*\(", plan.code.text, re.IGNORECASE)


def test_two_queries_never_share_a_key() -> None:
    other = books_of_shelf().model_copy(update={"name": "shelf_titles"})
    found = candidates(requirements(), schema(books_of_shelf(), other))
    assert len({c.pattern for c in found}) == 2
    assert len({c.version for c in found}) == 1


def test_a_list_hears_of_every_write_and_of_its_ancestors() -> None:
    """Shelves take their books along, floors their shelves; the publisher that a book loses is not in the answer."""
    version = "library:shelf:{shelf_id}:books:version"
    assert stale(plan_of(), "books_of_shelf") == {
        "book.created": (version,),
        "book.updated": (version.replace("{", "{old."), version.replace("{", "{new.")),
        "book.deleted": (version,),
        "shelf.deleted": ("library:shelf:{id}:books:version",),
        "floor.deleted": (version,),
    }


def test_a_row_hears_of_its_making_and_of_cascades() -> None:
    """That there was no such row is cached as well; a publisher's delete shows only where the publisher does."""
    key, events = ("library:book:{id}",), ("book.created", "book.updated", "book.deleted")
    assert stale(plan_of(book_by_id()), "book_by_id") == dict.fromkeys((*events, "shelf.deleted", "floor.deleted"), key)
    shown = book_by_id().model_copy(update={"sql": "SELECT id, publisher_id FROM books WHERE id = $1"})
    assert stale(plan_of(shown), "book_by_id")["publisher.deleted"] == key


def test_a_moving_key_is_deleted_before_and_after() -> None:
    keys = stale(plan_of(book_by_isbn()), "book_by_isbn")["book.updated"]
    assert keys == ("library:book:by_isbn:{old.isbn}", "library:book:by_isbn:{new.isbn}")


def test_a_joined_table_is_heard_of() -> None:
    sql = "SELECT b.id, p.name FROM books b JOIN publishers p ON p.id = b.publisher_id WHERE b.id = $1"
    joined = query(
        "book_with_publisher", "lookup", "books", sql, parameter("id"),
        tables=("books", "publishers"), per_second=500.0, staleness_seconds=600,
    )  # fmt: skip
    found = {i.event: i for i in entry(plan_of(joined), "book_with_publisher").invalidations}
    assert found["publisher.updated"].keys == ("library:book:{id}",)
    assert "fk_books_publisher_id" in found["publisher.updated"].because


@pytest.mark.parametrize("on_delete", ["restrict", "no action"])
def test_a_parent_that_cannot_go_makes_nothing_stale(on_delete: str) -> None:
    books = (
        schema()
        .table("books")
        .model_copy(update={"foreign_keys": (reference("books", "shelf_id", "shelves", on_delete),)})
    )
    design = schema(books_of_shelf(), tables=tuple(books if t.name == "books" else t for t in tables()))
    events = {i.event for i in entry(planned(requirements(), design), "books_of_shelf").invalidations}
    assert events == {"book.created", "book.updated", "book.deleted"}


@pytest.mark.parametrize("on_delete", ["cascade", "set null"])
def test_a_tree_ends_the_lists_below_the_deleted_row(on_delete: str) -> None:
    """A cascade takes the whole tree, whose keys SQL finds; of SET NULL only the list right below ends."""
    topics = table(
        "topics", "topic", "reference", 200, column("parent_id", "bigint", "identifier", nullable=True),
        foreign_keys=(reference("topics", "parent_id", "topics", on_delete),),
    )  # fmt: skip
    sql = "SELECT id FROM topics WHERE parent_id = $1 ORDER BY id LIMIT 50"
    below = query("topics_of_topic", "list", "topics", sql, parameter("parent_id"), per_second=100.0)
    plan = planned(requirements(), schema(below, tables=(*tables(), topics)))
    deleted = next(i for i in entry(plan, "topics_of_topic").invalidations if i.event == "topic.deleted")
    assert deleted.keys[0] == "library:parent:{parent_id}:topics:version"
    assert ("library:parent:{id}:topics:version" in deleted.keys) == (on_delete == "set null")
    assert ("RECURSIVE" in deleted.finds) == (on_delete == "cascade")


def test_cursor_columns_are_no_equality() -> None:
    mixed = query(
        "q", "list", "books", "SELECT id FROM books WHERE title < $1 OR title = $1 AND id > $2 AND shelf_id = $3",
        parameter("after_title", "varchar"), parameter("after_id"), parameter("shelf_id"),
    )  # fmt: skip
    assert equality(mixed) == {"shelf_id": "shelf_id"}


@pytest.mark.parametrize(
    ("staleness", "per_second", "ttl"),
    [(600, 2_000, 585), (120, 2_000, 105), (3_600 * 24 * 365, 2_000, 259_200), (40, 2_000, 35)],
    ids=["bound, less 10 s in process and 5 s of lag", "shorter bound", "a tenth of 30 days", "one layer below 60 s"],
)
def test_the_lifetime_follows_the_bound_and_the_changes(staleness: int, per_second: float, ttl: int) -> None:
    """10,000 books change every 30 days each: a tenth of that is 259,200 s."""
    plan = plan_of(book_by_id(staleness_seconds=staleness, per_second=per_second * 20))
    assert entry(plan, "book_by_id").ttl.value == ttl


def test_a_copy_is_never_older_than_allowed_and_a_longer_life_is_found() -> None:
    plan = plan_of()
    assert failed(*plan.claims) == []
    age = next(c for c in plan.claims if c.id == "caching.age.book_by_id")
    assert age.trial.kind == "balances"
    longer = age.trial.left[0].factors[0].model_copy(update={"value": 601})
    term = age.trial.left[0].model_copy(update={"factors": (longer,)})
    broken = age.model_copy(update={"trial": age.trial.model_copy(update={"left": (term, *age.trial.left[1:])})})
    assert failed(broken) == ["caching.age.book_by_id"]


def test_a_load_that_the_database_cannot_bear_alone_is_found() -> None:
    made = planned(*example("habits")).claims[0]
    assert made.trial.kind == "balances"
    rate = made.trial.left[0].factors[0].model_copy(update={"value": 1e6})
    term = made.trial.left[0].model_copy(update={"factors": (rate, *made.trial.left[0].factors[1:])})
    assert failed(made.model_copy(update={"trial": made.trial.model_copy(update={"left": (term,)})})) == [made.id]


@pytest.mark.parametrize("claim", ["caching.memory", "caching.clients"])
def test_a_planted_contradiction_is_visible(claim: str) -> None:
    made = next(c for c in plan_of().claims if c.id == claim)
    assert made.trial.kind == "balances"
    limit = made.trial.right[0].factors[0].model_copy(update={"value": 1})
    small = made.trial.model_copy(update={"right": (made.trial.right[0].model_copy(update={"factors": (limit,)}),)})
    assert failed(made) == []
    assert failed(made.model_copy(update={"trial": small})) == [claim]


@pytest.mark.parametrize("kind", ["secret", "payment", "health"])
def test_protected_data_is_never_cached(kind: Any) -> None:
    books = schema().table("books")
    columns = tuple(c.model_copy(update={"sensitivity": kind}) if c.name == "title" else c for c in books.columns)
    made = tuple(t.model_copy(update={"columns": columns}) if t.name == "books" else t for t in tables())
    plan = planned(requirements(), schema(book_by_id(), tables=made))
    assert plan.entries == ()
    assert f"It returns {kind} data (books.title)" in reasons(plan)["book_by_id"]


def test_a_star_returns_every_column() -> None:
    every = query("r", "lookup", "readers", "SELECT * FROM readers WHERE id = $1", parameter("id"), per_second=500.0)
    assert "secret data (readers.card)" in reasons(plan_of(every))["r"]


def test_personal_data_is_cached_under_its_owners_key_for_a_minute() -> None:
    one = query(
        "reader_by_id", "lookup", "readers", "SELECT id, email FROM readers WHERE id = $1", parameter("id"),
        per_second=2_000.0, staleness_seconds=3_600,
    )  # fmt: skip
    plan = plan_of(one)
    assert entry(plan, "reader_by_id").ttl.value == 60
    assert entry(plan, "reader_by_id").layers == ("distributed",)
    assert "caching.personal-data" in {d.id for d in plan.decisions}


def test_personal_data_of_many_is_not_cached() -> None:
    several = query(
        "readers_by_mail", "search", "readers", "SELECT id, email FROM readers WHERE email ILIKE $1",
        parameter("words", "text"), per_second=2_000.0, staleness_seconds=3_600,
    )  # fmt: skip
    assert "not one person's own" in reasons(plan_of(several))["readers_by_mail"]


def guarded(**changes: Any) -> Requirements:
    return requirements(protection=Protection(row_level=True, roles=("clerk",), **changes))


def loans_by(name: str, parent: str) -> Query:
    sql = f"SELECT id, book_id FROM loans WHERE {parent} = $1 ORDER BY id LIMIT 20"
    return query(name, "list", "loans", sql, parameter(parent), per_second=900.0, staleness_seconds=300)


def test_rows_of_one_person_need_that_persons_key() -> None:
    plan = planned(guarded(owner="reader"), schema(loans_by("own", "reader_id"), loans_by("others", "book_id")))
    assert [e.name for e in plan.entries] == ["own"]
    assert "the key has no reader_id: a shared copy would leak" in reasons(plan)["others"]
    assert "permission decisions" in reasons(plan)


def test_rows_that_belong_to_a_person_through_a_parent_are_not_shared() -> None:
    notes = table(
        "notes", "note", "transaction", 1_000, column("loan_id", "bigint", "identifier"),
        foreign_keys=(reference("notes", "loan_id", "loans", "cascade"),),
    )  # fmt: skip
    sql = "SELECT id FROM notes WHERE loan_id = $1 ORDER BY id LIMIT 20"
    listed = query("notes_of_loan", "list", "notes", sql, parameter("loan_id"), per_second=900.0, staleness_seconds=300)
    plan = planned(guarded(owner="reader"), schema(listed, tables=(*tables(), notes)))
    assert "only through loan_id" in reasons(plan)["notes_of_loan"]


def test_tenants_are_part_of_the_key() -> None:
    plan = planned(guarded(tenant="publisher"), schema(book_by_id()))
    assert entry(plan, "book_by_id").key_pattern == "library:publisher:{publisher_id}:book:{id}"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"staleness_seconds": 0}, "0 s old, less than a cache is worth"),
        ({"per_second": 0.5}, "hits by formula"),
    ],
)
def test_what_spares_nothing_is_left_out_with_its_number(change: dict[str, Any], words: str) -> None:
    plan = plan_of(books_of_shelf(), book_by_id(**change))
    assert [e.name for e in plan.entries] == ["books_of_shelf"]
    assert words in reasons(plan)["book_by_id"]


def test_a_query_with_unknown_freshness_is_not_cached() -> None:
    plan = plan_of(books_of_shelf(), loans_by("own", "reader_id").model_copy(update={"staleness_seconds": None}))
    assert "rows of loans (transaction)" in reasons(plan)["own"]


def test_frequent_writes_undo_a_cache() -> None:
    """Every write to books of no shelf in particular ends all pages, so hits fall with their rate."""
    sql = "SELECT id, title FROM books WHERE id > $1 ORDER BY id LIMIT 20"
    every = query("all_books", "list", "books", sql, parameter("after_id"), per_second=5.0, staleness_seconds=600)
    change = query("retitle", "write", "books", "UPDATE books SET title = $1 WHERE id = $2", per_second=50.0)
    assert [e.name for e in plan_of(every).entries] == ["all_books"]
    assert "hits by formula" in reasons(plan_of(every, books_of_shelf(per_second=5_000.0), change))["all_books"]


def test_layers_follow_tier_and_instances() -> None:
    both = plan_of()
    assert [layer.layer for layer in both.layers] == ["in_process", "distributed"]
    assert entry(both, "book_by_id").layers == ("in_process", "distributed")
    one = plan_of(stack=Stack(language="python", instances=1))
    assert [layer.layer for layer in one.layers] == ["in_process"]
    assert "distributed cache" in reasons(one)


def test_a_shared_cache_is_due_by_the_reads_and_not_by_the_instances() -> None:
    """1,000 requests per second of which nine in ten read, 10 ms each, keep 9 connections busy: 4 cores bear them."""
    quiet = plan_of(per_second=1_000)
    assert [layer.layer for layer in quiet.layers] == ["in_process"]
    assert "distributed cache" in reasons(quiet)
    busy = plan_of(per_second=1_100)
    assert "9.9 connections busy" in busy.layers[1].because
    assert set(busy.layers[1].serves) & {r.id for r in requirements().requirements if r.kind == "performance"}


def test_a_small_project_gets_a_cache_only_where_reads_ask_for_it() -> None:
    small = {"tier": "small", "stack": Stack(language="python", instances=1)}
    assert [layer.layer for layer in plan_of(**small).layers] == ["in_process"]
    quiet = plan_of(books_of_shelf(per_second=1.0), book_by_id(per_second=2.0), **small)
    assert (quiet.layers, quiet.entries, quiet.code) == ((), (), None)
    assert {"distributed cache", "in-process cache"} <= set(reasons(quiet))


def test_one_person_gets_no_cache_and_a_number() -> None:
    plan = planned(*example("habits"))
    assert (plan.layers, plan.entries, plan.code) == ((), (), None)
    assert [c.id for c in plan.claims] == ["caching.not_needed"]
    assert failed(*plan.claims) == []
    assert [o.subject for o in plan.omissions] == ["caching"]
    assert re.search(r"\d", plan.omissions[0].reason)


@pytest.mark.parametrize(
    ("language", "product"),
    [
        ("java", "Caffeine"),
        ("typescript", "lru-cache"),
        ("python", "cachetools TTLCache"),
        ("csharp", "IMemoryCache"),
        ("", "cachetools TTLCache"),
    ],
)
def test_the_cache_is_the_languages_own(language: Any, product: str) -> None:
    plan = plan_of(stack=Stack(language=language, instances=4))
    assert plan.layers[0].product == product
    assert plan.code is not None
    assert plan.code.language == (language or "python")


@pytest.mark.parametrize(("stated", "product"), [("Redis", "Redis"), ("", "Valkey"), ("Valkey 8", "Valkey")])
def test_the_shared_cache_is_the_stated_one(stated: str, product: str) -> None:
    plan = plan_of(stack=Stack(language="python", instances=4, cache=stated))
    assert plan.layers[1].product == product
    assert dict(plan.layers[1].settings)["maxmemory-policy"] == "volatile-lru"


def test_redis_memory_grows_with_what_is_cached() -> None:
    books = schema().table("books").model_copy(update={"expected_rows": 5_000_000})
    large = schema(book_by_id(per_second=50_000.0), tables=tuple(books if t.name == "books" else t for t in tables()))
    memory = [dict(p.layers[1].settings)["maxmemory"] for p in (plan_of(book_by_id()), planned(requirements(), large))]
    assert memory[0] == "64mb"
    assert int(memory[1].removesuffix("mb")) > 64


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_what_its_formula_gives(name: str) -> None:
    plan = planned(*example(name))
    for made in [*(e.ttl for e in plan.entries), *(layer.capacity for layer in plan.layers)]:
        assert evaluate(made.formula, made.inputs) == made.value, made


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_add_up_and_serve_what_exists(name: str) -> None:
    found, design = example(name)
    plan = planned(found, design)
    known = {r.id for r in found.requirements} | {a.id for a in found.assumptions}
    parts_of_plan = (plan.layers, plan.entries, plan.never_cached, plan.decisions, plan.omissions)
    for element in (e for part in parts_of_plan for e in part):
        assert element.serves, element
        assert set(element.serves) <= known, element
    assert failed(*plan.claims) == []
    assert len({c.id for c in plan.claims}) == len(plan.claims)
    assert plan.digest() == planned(found, design).digest()


def test_the_shop_caches_its_catalogue_and_no_secrets() -> None:
    found, design = example("shop")
    plan = planned(found, design)
    assert {"products"} <= {t for e in plan.entries for t in e.tables}
    assert not {"users", "payments", "orders"} & {t for e in plan.entries for t in e.tables}
    assert [layer.product for layer in plan.layers] == ["Caffeine", "Redis"]
    assert plan.code is not None
    assert plan.code.language == "java"


def shapes() -> list[tuple[str, SchemaDesign, Requirements]]:
    """Every kind of sample: one row or a list or a search, in one layer or two."""
    search = query(
        "search_books", "search", "books", "SELECT id, title FROM books WHERE title ILIKE $1",
        parameter("words", "text"), per_second=50_000.0, staleness_seconds=600,
    )  # fmt: skip
    cases: list[tuple[str, SchemaDesign, Requirements]] = []
    for language, count in itertools.product(LANGUAGES, (1, 4)):
        found = requirements(stack=Stack(language=language, instances=count))
        for read in (book_by_id(), book_by_isbn(staleness_seconds=40, per_second=9e5), books_of_shelf(), search):
            cases.append((f"{language}-{count}-{read.name}", schema(read), found))
    return cases


@pytest.mark.parametrize(("design", "found"), [c[1:] for c in shapes()], ids=[c[0] for c in shapes()])
def test_samples_speak_of_this_plan_and_parse(design: SchemaDesign, found: Requirements) -> None:
    plan = planned(found, design)
    assert plan.code is not None
    text, made = plan.code.text, plan.entries[0]
    assert made.query in text
    assert str(int(made.ttl.value)) in text
    assert made.key_pattern.split("{")[0] in text
    assert "\n\n\n\n" not in text
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)
    if plan.code.language == "python":
        compile(text, "sample", "exec")
    else:
        assert all(text.count(a) == text.count(b) for a, b in ("()", "{}", "[]"))


def test_samples_differ_between_projects() -> None:
    texts = {plan.code.text for case in shapes() if (plan := planned(case[2], case[1])).code}
    assert len(texts) == len(shapes())


def test_a_sample_has_no_stray_placeholder() -> None:
    for _, design, found in shapes():
        plan = planned(found, design)
        assert plan.code is not None
        assert "{{" not in plan.code.text
        assert "{%" not in plan.code.text


def test_names_that_a_language_reserves_become_safe() -> None:
    assert parts("p:x:{class}:{id}") == (
        ("text", "p:x:"),
        ("argument", "class_value"),
        ("text", ":"),
        ("argument", "id"),
    )


@law_settings(max_examples=30, deadline=None)
@law(
    st.sampled_from(("embedded", "small", "standard", "large")),
    st.integers(1, 20),
    st.floats(0.01, 50_000),
    st.one_of(st.none(), st.integers(0, 100_000)),
)
def test_any_load_gives_ages_and_memory_that_hold(tier: Any, count: int, rate: float, staleness: int | None) -> None:
    found = requirements(tier=tier, stack=Stack(language="java", instances=count))
    design = schema(books_of_shelf(per_second=rate, staleness_seconds=staleness), book_by_id(per_second=rate), lend())
    plan = planned(found, design)
    assert failed(*plan.claims) == []
    assert all(0 < e.ttl.value <= e.staleness_seconds and e.items > 0 and e.item_bytes > 0 for e in plan.entries)
    assert all(e.invalidations for e in plan.entries)
    assert plan.digest() == planned(found, design).digest()


def test_java_parses_with_the_installed_compiler(tmp_path: pathlib.Path) -> None:
    """Types of other libraries are missing here, so only errors of syntax count."""
    compiler = shutil.which("javac")
    if compiler is None:
        pytest.skip("javac is not installed")
    texts = [plan.code.text for name, d, r in shapes() if name.startswith("java-") and (plan := planned(r, d)).code]
    assert len(texts) == 8
    assert _syntax_errors(compiler, tmp_path / "samples", texts) == []
    assert _syntax_errors(compiler, tmp_path / "broken", [texts[0].replace("return found;", "return found")])


@pytest.mark.parametrize("language", ["typescript", "csharp"])
def test_other_languages_parse(language: str) -> None:
    """A grammar's parser marks what it cannot read; a sample with a bracket too few must be marked."""
    tree_sitter = pytest.importorskip("tree_sitter", reason="tree-sitter is not installed")
    module = "tree_sitter_typescript" if language == "typescript" else "tree_sitter_c_sharp"
    grammar = pytest.importorskip(module, reason=f"{module} is not installed")
    spoken = grammar.language_typescript() if language == "typescript" else grammar.language()
    parser = tree_sitter.Parser(tree_sitter.Language(spoken))
    texts = [p.code.text for n, d, r in shapes() if n.startswith(f"{language}-") and (p := planned(r, d)).code]
    assert len(texts) == 8
    assert not any(parser.parse(text.encode()).root_node.has_error for text in texts)
    assert parser.parse(texts[0].replace(") {", " {", 1).replace(")\n    {", "\n    {", 1).encode()).root_node.has_error


def _syntax_errors(compiler: str, folder: pathlib.Path, texts: list[str]) -> list[str]:
    """What the parser refuses; javac goes on to missing symbols only when every file parses."""
    files = []
    for number, text in enumerate(texts):
        name = re.findall(r"public class (\w+)", text)[0]
        files.append(folder / str(number) / f"{name}.java")
        files[-1].parent.mkdir(parents=True)
        files[-1].write_text(text, encoding="utf-8")
    command = [compiler, "-proc:none", "-Xmaxerrs", "1000", "-d", str(folder), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    missing = ("does not exist", "cannot find symbol", "does not override", "is not abstract", "duplicate class")
    return [line for line in done.stderr.splitlines() if ": error:" in line and not any(m in line for m in missing)]


def test_a_colon_in_a_value_cannot_make_two_keys_one() -> None:
    plan = plan_of(book_by_isbn())
    assert plan.code is not None
    assert "{quote(isbn, safe='')}" in plan.code.text
    assert "isbn is percent-encoded" in entry(plan, "book_by_isbn").because
