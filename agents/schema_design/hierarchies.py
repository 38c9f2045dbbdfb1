"""Rows that refer to rows of their own table: a tree stays a tree, and a subtree is read by one recursive query.

A foreign key lets a row become its own ancestor, and every recursive query over it then runs for ever. A trigger walks
from the new parent upwards and refuses to meet the row itself; it locks the rows on its way, so that of two moves that
would close a circle together one waits, and then is refused or ends as a deadlock.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agents.dialects.postgresql import quoted
from agents.naming import constraint_name, shorten
from agents.schema_design.claims import CHECK
from agents.schema_design.dataset import Dataset
from agents.schema_design.spelling import Spelling
from contracts.base import Alternative, Decision, Origin, Statement
from contracts.claims import Accepted, Claim, Refused, Returns
from contracts.schema import ForeignKey, Lifecycle, Table

_UPWARDS = ("parent", "reports_to", "manager", "supervisor", "boss", "superior", "predecessor", "part_of", "reply_to")
"""References to the own table that order its rows into a tree; another one (`spouse`) may well go round in a circle."""


@dataclass(frozen=True)
class Hierarchy:
    """A table and its reference upwards."""

    table: Table
    key: ForeignKey

    @property
    def column(self) -> str:
        return self.key.columns[0]

    @property
    def name(self) -> str:
        return shorten(constraint_name("tree", self.table.name, self.column), 60)


def hierarchies(tables: Iterable[Table]) -> tuple[Hierarchy, ...]:
    """Every table whose rows form a tree."""
    return tuple(
        Hierarchy(table, key)
        for table in tables
        for key in table.foreign_keys
        if key.references == table.name and table.primary_key == ("id",) and _is_upwards(key.columns[0])
    )


def _is_upwards(column: str) -> bool:
    return column.removesuffix("_id").startswith(_UPWARDS)


def hierarchy_statements(found: Iterable[Hierarchy]) -> list[Statement]:
    """For each tree a function and its trigger."""
    return [statement for tree in found for statement in _statements(tree)]


def _statements(tree: Hierarchy) -> Iterator[Statement]:
    table, column, name = quoted(tree.table.name), quoted(tree.column), tree.name
    element = f"table.{tree.table.name}"
    yield Statement(
        id=f"function.{name}", section="schema", element=element,
        comment=f"Keeps {tree.table.name} a tree: no row becomes its own ancestor by {tree.column}",
        sql=f"""CREATE FUNCTION {name}() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    ancestor bigint := NEW.{column};
BEGIN
    WHILE ancestor IS NOT NULL LOOP
        IF ancestor = NEW.id THEN
            RAISE EXCEPTION '% of {tree.table.name} would be its own ancestor', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
        END IF;
        SELECT {column} INTO ancestor FROM public.{table} WHERE id = ancestor FOR SHARE;
    END LOOP;
    RETURN NEW;
END
$body$""",
    )  # fmt: skip
    yield Statement(
        id=f"trigger.{name}", section="schema", element=element,
        sql=f"CREATE TRIGGER {name} BEFORE UPDATE OF {column} ON public.{table}\n"
        f"    FOR EACH ROW WHEN (NEW.{column} IS DISTINCT FROM OLD.{column}) EXECUTE FUNCTION {name}()",
    )  # fmt: skip


def subtree(tree: Hierarchy, root: str, spelled: Spelling) -> str:
    """The recursive query of a row and all below it, with their depth."""
    table, column = spelled.quoted(tree.table.name), spelled.quoted(tree.column)
    return (
        f"WITH RECURSIVE below AS (SELECT id, 0 AS depth FROM {table} WHERE id = {root} "
        f"UNION ALL SELECT child.id, below.depth + 1 FROM below JOIN {table} AS child ON child.{column} = below.id)"
    )


def hierarchy_claims(tree: Hierarchy, dataset: Dataset, lives: Iterable[Lifecycle] = ()) -> list[Claim]:
    """The subtree is read level by level, a row moves elsewhere, and no circle is closed, however long."""
    spelled = dataset.spelling
    table, column = spelled.quoted(tree.table.name), spelled.quoted(tree.column)
    newest = f"(SELECT max(id) FROM {table})"
    calm = _free_state(tree.table, lives, spelled)
    top = dataset.insert(tree.table, {tree.column: "NULL", **calm})
    # each row is made as its number says, so that unique values differ, and hangs below the one before
    rows = dataset.rows[tree.table.name]
    read = f"{subtree(tree, f'{newest} - 2', spelled)} SELECT depth FROM below ORDER BY 1"
    child, grandchild = (dataset.insert(tree.table, {tree.column: newest, **calm}, rows + n) for n in (2, 3))
    moved = f"UPDATE {table} SET {column} = {newest}"
    return [
        _claim(tree, "subtree", f"a recursive query reads a row of {tree.table.name} and what lies below it",
               Returns(sql=(top, child, grandchild, read),
                       rows=(("0",), ("1",), ("2",)))),
        _claim(tree, "moves", f"a row of {tree.table.name} moves to another parent",
               Accepted(sql=(top, child, grandchild, f"UPDATE {table} SET {column} = {newest} - 2 WHERE id = {newest}"),
                        affects=1)),
        _claim(tree, "own_parent", f"{tree.table.name} refuses a row that is its own parent",
               Refused(sql=(top, f"{moved} WHERE id = {newest}"), sqlstate=CHECK)),
        _claim(tree, "circle", f"{tree.table.name} refuses a row below its own grandchild",
               Refused(sql=(top, child, grandchild, f"{moved} WHERE id = {newest} - 2"), sqlstate=CHECK)),
    ]  # fmt: skip


def _free_state(table: Table, lives: Iterable[Lifecycle], spelled: Spelling) -> dict[str, str]:
    """A state in which a row may change."""
    life = next((life for life in lives if life.table == table.name and life.frozen), None)
    states = next((c.values for c in table.checks if life and c.kind == "one_of" and c.column == life.column), ())
    free = next((state for state in states if life and state not in life.frozen), None)
    return {life.column: spelled.literal(free)} if life and free else {}


def _claim(tree: Hierarchy, name: str, sentence: str, trial: Accepted | Refused | Returns) -> Claim:
    element = f"table.{tree.table.name}"
    identity = f"{tree.table.name}.{tree.column}.{name}"
    return Claim(id=identity, sentence=sentence, element=element, serves=tree.key.serves, trial=trial)


def hierarchy_decisions(found: Iterable[Hierarchy]) -> list[Decision]:
    """Why a reference to the parent and nothing more keeps each tree."""
    return [
        Decision(
            id=f"decision.hierarchy.{tree.table.name}",
            topic=f"Hierarchy of {tree.table.name}",
            choice=f"adjacency: {tree.column} names the parent, a recursive query over its index reads what lies "
            "below, a trigger keeps circles out",
            because=f"{tree.table.expected_rows:,} rows; moving a branch writes one row, and the brief reads children "
            "of one row rather than whole branches on every request",
            alternatives=(
                Alternative(
                    name="closure table",
                    refused_because="a row for every pair of ancestor and descendant, all of them rewritten when a "
                    "branch moves; due when ancestors are asked for in most reads",
                ),
                Alternative(
                    name="ltree",
                    refused_because="the path of every row below changes when a branch moves, and a foreign key "
                    "cannot check it; due when branches are read whole and seldom move",
                ),
            ),
            origin=Origin(kind="inferred", rule="a table that refers to itself upwards is a tree"),
            serves=tree.key.serves,
        )
        for tree in found
    ]
