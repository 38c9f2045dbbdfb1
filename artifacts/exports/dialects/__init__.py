"""How each engine family is spelled in other tools' models: a module a family, found by its place.

A family without a module has no models: its schema is exported as DBML and as a picture alone.
"""

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from contracts.schema import Column, Index, Table


@dataclass(frozen=True)
class Spelling:
    """SQLAlchemy's and Prisma's words for one family.

    `types` and `sized` map SQL types (the latter with brackets) to SQLAlchemy's and Python's, `by_kind` the logical
    types that the engine keeps in another one. `own` are classes of the module itself, `imports` where types of the
    dialect come from. `options` are a table's further arguments, `index` an index's; None leaves it to the migrations.
    """

    types: Mapping[str, tuple[str, str]]
    sized: Mapping[str, tuple[str, str]]
    by_kind: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    imports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    identity: str = "Identity(always=True)"
    comment: Callable[[Column], str] = lambda column: ""
    options: Callable[[Table], dict[str, str]] = lambda table: {}
    index: Callable[[Index], list[str] | None] = lambda index: []
    included_as_keys: bool = False
    prisma_provider: str = ""
    prisma: Mapping[str, str] = field(default_factory=dict)
    prisma_sized: Mapping[str, str] = field(default_factory=dict)


def spelling(dialect: str) -> Spelling | None:
    """The family's words; None where it has none."""
    if importlib.util.find_spec(f"{__name__}.{dialect}") is None:
        return None
    found: Spelling = importlib.import_module(f"{__name__}.{dialect}").SPELLING
    return found
