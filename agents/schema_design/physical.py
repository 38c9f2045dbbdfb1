"""What an engine family adds to the logical design of a schema: the parts that differ from engine to engine.

The agent decides entities' tables, keys, rules, queries and the set of indexes; a family says which kinds of index it
has, spells types and statements, and claims what only it can be asked.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agents.schema_design.dataset import Dataset
from agents.schema_design.hierarchies import Hierarchy
from agents.schema_design.indexes import Served
from agents.schema_design.outbox import Outbox
from agents.schema_design.spelling import Abilities, Spelling
from contracts.base import Decision, Omission, Statement
from contracts.claims import Claim
from contracts.requirements import Requirements
from contracts.schema import Gap, Index, Lifecycle, Query, Table, Total, Withdrawal


@dataclass(frozen=True)
class Logical:
    """A schema before its family spells it.

    `searched` are the columns, as the family lists them, in which a query looks for words; `kept_days` the days for
    which the rows of a table are kept that is split by month; `version` is the oldest that the design runs on.
    """

    requirements: Requirements
    tables: tuple[Table, ...]
    indexes: tuple[Index, ...]
    queries: tuple[Query, ...]
    totals: tuple[Total, ...]
    lifecycles: tuple[Lifecycle, ...]
    trees: tuple[Hierarchy, ...]
    searched: Mapping[str, str]
    kept_days: Mapping[str, int]
    version: str
    served: Mapping[str, Served]
    outbox: Outbox | None = None
    withdrawals: tuple[Withdrawal, ...] = ()

    def table(self, name: str) -> Table:
        """The table of this name; StopIteration if there is none."""
        return next(table for table in self.tables if table.name == name)


@dataclass(frozen=True)
class Made:
    """What a family makes of it: the tables in its own types, the statements of the document, and what it lacks.

    Indexes are those that were chosen and those that only this family needs; queries name what serves them.
    """

    tables: tuple[Table, ...]
    indexes: tuple[Index, ...]
    queries: tuple[Query, ...]
    statements: tuple[Statement, ...]
    extensions: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    decisions: tuple[Decision, ...] = ()
    omissions: tuple[Omission, ...] = ()


@dataclass(frozen=True)
class Physical:
    """One family's part of the design. `own_claims` are those that only this family can be asked.

    `client` is the command that runs a script, `keys` is how it makes surrogate keys, and `ordered_uuid` the version
    from which it generates UUIDs in order of time; empty where none does.
    """

    name: str
    label: str
    client: str
    keys: str
    ordered_uuid: str
    spelling: Spelling
    abilities: Abilities
    partitioned: Callable[[tuple[Table, ...], Requirements, dt.date], tuple[Table, ...]]
    made: Callable[[Logical], Made]
    own_claims: Callable[[Logical, Dataset], tuple[Claim, ...]]
