"""At most one default (primary, current, main) row for each owner: a unique index over the rows that are flagged.

An application that unsets the old default before it sets the new one keeps to it until two requests come at once; then
an owner has two, and which of them is taken depends on the order of rows. Which names say so is knowledge
(`singled_out.yaml`); here they count where exactly one required reference leads to the row's owner.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agents.knowledge import singled_out
from agents.naming import constraint_name, singular, words
from contracts.base import Alternative, Decision, Origin
from contracts.schema import Column, ForeignKey, Index, IndexKey, Table

RULE = "a flag of this name singles out one row for each owner"


@dataclass(frozen=True)
class Singled:
    """A flag that at most one row of each owner has, and the reference to the owner."""

    flag: Column
    key: ForeignKey

    @property
    def owner(self) -> str:
        """The column that says whose row it is."""
        return self.key.columns[0]

    def index(self, table: Table) -> str:
        """The name of the index that keeps it."""
        return constraint_name("uq", table.name, self.owner, self.flag.name)


def singled(table: Table) -> tuple[Singled, ...]:
    """The flags of a table whose rows go with exactly one owner; a partitioned table has no index over all its rows,
    and a flag that is true unless somebody says otherwise singles out none."""
    owners = [k for k in table.foreign_keys if k.on_delete == "cascade" and not table.column(k.columns[0]).nullable]
    if len(owners) != 1 or table.partitioning or table.primary_key != ("id",):
        return ()
    sole = any(set(u.columns) <= {owners[0].columns[0]} for u in table.uniques)
    flags = [c for c in table.columns if c.type == "boolean" and (c.default or "").lower() not in ("true", "1")]
    return tuple(Singled(c, owners[0]) for c in flags if not sole and _is_singling(table, c.name))


def _is_singling(table: Table, name: str) -> bool:
    said = words(name)
    said = said[1:] if said[:1] == ("is",) else said
    own = {singular(word) for word in words(table.name)}
    heads = ("_".join(said[:length]) in singled_out() for length in range(1, len(said) + 1))
    return any(head and {singular(w) for w in said[at:]} <= own for at, head in enumerate(heads, start=1))


def one_default_indexes(table: Table, quoted: Callable[[str], str]) -> list[Index]:
    """A unique index for each such flag; a deleted row is nobody's default."""
    live = " AND deleted_at IS NULL" if any(c.name == "deleted_at" for c in table.columns) else ""
    return [
        Index(
            name=one.index(table),
            table=table.name,
            keys=(IndexKey(column=one.owner),),
            where=quoted(one.flag.name) + live,
            unique=True,
            because=f"at most one row of {table.name} for each {one.owner} has {one.flag.name}; "
            "it holds the flagged rows alone",
            origin=Origin(kind="inferred", rule=RULE),
            serves=one.flag.serves,
        )
        for one in singled(table)
    ]


def one_default_decision(tables: Iterable[Table], label: str) -> list[Decision]:
    """Why an index over the flagged rows, and how the default is changed."""
    found = [(table, one) for table in tables for one in singled(table)]
    if not found:
        return []
    flagged = ", ".join(f"{t.name} ({each.flag.name})" for t, each in found)
    table, one = found[0]
    flag, owner = one.flag.name, one.owner
    return [
        Decision(
            id="decision.one_default",
            topic="One default for each owner",
            choice=f"a unique index over the flagged rows of {flagged}",
            because="two requests at once would each set a default, unseen by the other; the index refuses the second. "
            f"The default changes in one transaction, first unset, then set: UPDATE {table.name} SET {flag} = FALSE "
            f"WHERE {owner} = … AND {flag}; then UPDATE {table.name} SET {flag} = TRUE WHERE id = …. In one statement "
            f"over both rows {label} checks row by row, and may meet the new default before the old one is gone. "
            "An owner without a default is allowed",
            alternatives=(
                Alternative(
                    name=f"a reference on {one.key.references} to its default row",
                    refused_because=f"{one.key.references} and {table.name} would refer to each other, the row could "
                    "belong to another owner unless the key compares that as well, and the flag would say it twice",
                ),
                Alternative(
                    name="the application sees to it",
                    refused_because="neither of two transactions sees what the other has not committed, and a second "
                    "default shows only when a wrong row is taken",
                ),
            ),
            origin=Origin(kind="inferred", rule=RULE),
            serves=tuple(dict.fromkeys(s for _, each in found for s in each.flag.serves)),
        )
    ]
