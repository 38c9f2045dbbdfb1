"""Work that goes on at once: any number of sessions sees the same, rows come in order, faults are found."""

from collections.abc import Iterator

import pytest

from contracts.base import Statement
from contracts.claims import Accepted, Executes, Refused, Returns, Reverts, Starts, Trial, UsesIndex
from flows.engines import lanes
from flows.engines.lanes import at_once, uncopied
from flows.engines.loading import Key, load_order
from flows.engines.server import Server
from tests.engines.conftest import experiment, seen_on

SCRIPT = {
    "parents": "CREATE TABLE parents (id bigint PRIMARY KEY, name text NOT NULL)",
    "children": "CREATE TABLE children (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
    "parent bigint NOT NULL REFERENCES parents, twin bigint REFERENCES parents)",
    "index": "CREATE INDEX ix_children_parent ON children (parent)",
    "query": "PREPARE children_of (bigint) AS SELECT id FROM children WHERE parent = $1",
    "schema": "SET search_path = public, pg_catalog",
}
CHILDREN = (
    "INSERT INTO children (parent, twin) SELECT 1 + g % {parents}, NULLIF(g % 50, 0) FROM generate_series(1, 9000) g"
)
DATASET = {
    "table.children": CHILDREN.format(parents=300),
    "table.parents": "INSERT INTO parents SELECT g, 'n' || g FROM generate_series(1, 300) g",
}
MADE = "INSERT INTO children (parent) VALUES (7) RETURNING id"
TRIALS: dict[str, Trial] = {
    "starts": Starts(settings=(("work_mem", "8MB"),)),
    "back": Reverts(rollbacks=("DROP TABLE children, parents",)),
    "loads": Executes(statement="table.children"),
    "uses": UsesIndex(query="children_of", arguments=("7",), table="children", index="ix_children_parent"),
    "refused": Refused(sql=("INSERT INTO children (parent) VALUES (999)",), sqlstate="23503"),
    "accepted": Accepted(sql=(MADE,), affects=1),
    "again": Accepted(sql=(MADE, MADE), affects=1),
    "unchanged": Returns(sql=("SELECT count(*) FROM children",), rows=()),
    "where": Accepted(sql=("DO $$ BEGIN RAISE 'in %', current_database(); END $$",)),
}


def test_any_number_of_sessions_sees_the_same(embedded: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for sessions in (1, 2, 4):
        monkeypatch.setattr(lanes, "PROCESSORS", sessions)
        seen.append(seen_on(embedded, experiment(SCRIPT, TRIALS, dict(reversed(DATASET.items())))))
    assert seen[0] == seen[1] == seen[2]
    assert (seen[0]["loads"].affected, seen[0]["unchanged"].rows) == (9000, (("9000",),))
    assert seen[0]["where"].message == "in persistence_experiment"


@pytest.mark.parametrize("server", ["embedded", "remote"], indirect=True)
def test_a_row_without_its_parent_is_not_loaded(server: Server) -> None:
    """The triggers of foreign keys rest while rows are loaded; the join over all of them must find what they would."""
    rows = {"table.parents": DATASET["table.parents"], "table.children": CHILDREN.format(parents=301)}
    seen = seen_on(server, experiment(SCRIPT, TRIALS, rows))
    assert (seen["loads"].sqlstate, seen["unchanged"].rows) == ("23503", (("0",),))
    assert 'violates foreign key constraint "children_parent_fkey"' in seen["loads"].message


def test_rows_wait_for_those_that_they_refer_to() -> None:
    keys = [Key("b", "a", "fk", ""), Key("c", "b", "fk", ""), Key("a", "c", "circle", ""), Key("b", "b", "self", "")]
    elements = ("table.a", "table.d", "table.b", "table.c", "view.v", "table.b")
    rows = [Statement(id=f"s.{n}", section="schema", sql="SELECT 1", element=one) for n, one in enumerate(elements)]
    assert load_order(keys, rows) == [[], [], [0], [2], [0, 1, 2, 3], [4, 0, 2]]


def test_an_error_in_one_work_ends_the_others() -> None:
    def endless() -> Iterator[int]:
        while True:
            yield 1

    def failing() -> Iterator[int]:
        yield 2
        raise ValueError("here")

    with pytest.raises(ValueError, match="here"):
        list(at_once([endless(), failing()], 2))  # type: ignore[list-item]


def test_what_is_seen_on_a_copy_names_the_original() -> None:
    assert uncopied("x_copy1, x_copy23 and y_copy1", "x") == "x, x and y_copy1"
