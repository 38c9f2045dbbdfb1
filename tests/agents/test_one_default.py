"""At most one default row for each owner: which flags say so, what each family makes of it, and how rows keep to it."""

import contextlib
import sqlite3

import pytest

from agents.knowledge import KnowledgeError
from agents.knowledge.reading import parsed_singled_out
from contracts.claims import Races
from tests.agents.one_default import USUAL, designed

NAME = "uq_crates_customer_id_is_default"


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        (USUAL, "is_default"),
        ("- is_current: boolean\n- deleted at: timestamp", "is_current AND deleted_at IS NULL"),
        ("- is_main_crate: yes/no", "is_main_crate"),
        ("- is_main: yes/no", "is_main"),
        ("- primary: boolean", "primary_value"),
        ("- default_value: boolean", None),
        ("- is_default: boolean, default true", None),  # every row that says nothing would be refused
        ("- is_main_course: yes/no", None),  # a kind
        ("- is_open: yes/no", None),
        ("- default_days: integer", None),
        (f"{USUAL}\n- depot: reference to Depot, required\n\n### Depot\n- name: text, unique", "is_default"),
    ],
)
def test_a_flag_that_singles_out_a_row_is_unique_for_each_owner(lines: str, where: str | None) -> None:
    found = [(i.where, [k.column for k in i.keys]) for i in designed(lines=lines).indexes if i.unique]
    assert found == ([(where, ["customer_id"])] if where else [])


def test_rows_of_two_owners_or_of_none_have_no_default() -> None:
    second = f"{USUAL}\n- depot: reference to Depot, required\n\n### Depot\n- name: text, unique"
    both = designed(lines=second, more="- A depot has many crates, deleted with the depot\n")
    for design in (both, designed(reference="optional")):
        assert not [i.name for i in design.indexes if i.unique]
        assert not [d.id for d in design.decisions if d.id == "decision.one_default"]


@pytest.mark.parametrize("family", ["postgresql", "sqlite", "mariadb", "mysql"])
def test_each_family_keeps_it_in_its_own_words(family: str) -> None:
    design = designed(family)
    sql = next(s.sql for s in design.statements if s.id == f"index.{NAME}")
    if family in ("postgresql", "sqlite"):
        assert sql == f"CREATE UNIQUE INDEX {NAME} ON crates (customer_id) WHERE is_default"
    else:
        assert "(IF(is_default, customer_id, NULL)) VIRTUAL INVISIBLE" in sql
        assert sql.endswith(f"ADD CONSTRAINT {NAME} UNIQUE (customer_id_is_default)")
    tried = {c.id.rpartition(".")[2] for c in design.claims if c.id.startswith(f"crates.{NAME}.")}
    assert {"second", "another", "moved"} <= tried
    assert any(isinstance(c.trial, Races) for c in design.claims if NAME in c.id) == (
        family in ("postgresql", "sqlite")
    )


def test_the_decision_says_how_the_default_is_changed_and_that_it_was_inferred() -> None:
    design = designed()
    found = next(d for d in design.decisions if d.id == "decision.one_default")
    assert found.origin.kind == next(i for i in design.indexes if i.name == NAME).origin.kind == "inferred"
    unset, put = found.because.index("SET is_default = FALSE"), found.because.index("SET is_default = TRUE")
    assert unset < put
    assert [a.name for a in found.alternatives] == [
        "a reference on customers to its default row", "the application sees to it",
    ]  # fmt: skip


def test_of_the_synthetic_rows_one_of_each_owner_is_the_default() -> None:
    rows = next(s.sql for s in designed("sqlite").dataset if s.element == "table.crates")
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE crates (customer_id, note, is_default, created_at)")
        connection.execute(rows)
        each = connection.execute("SELECT sum(is_default), count(*) FROM crates GROUP BY customer_id").fetchall()
    assert {flagged for flagged, _ in each} == {1} and min(count for _, count in each) > 1


def test_words_that_are_none_are_refused() -> None:
    assert parsed_singled_out("words: [main]", "x.yaml") == {"main"}
    for text in ("words: [_main]", "words: main", "words: [Main]"):
        with pytest.raises(KnowledgeError, match=r"x\.yaml, words: must be a list of words"):
            parsed_singled_out(text, "x.yaml")
