"""Versioned steps from an empty database to the design, each with its way back."""

from contracts.base import Contract, Element, ElementId, Statement
from contracts.claims import Claim


class Migration(Element):
    """One versioned step: the statements it consists of and the SQL that undoes it."""

    version: str
    title: str
    statements: tuple[ElementId, ...]
    rollback: str


class MigrationPlan(Contract):
    """All steps in order; `statements` make the table that records them."""

    migrations: tuple[Migration, ...]
    statements: tuple[Statement, ...]
    claims: tuple[Claim, ...] = ()
