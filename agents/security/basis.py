"""What every part of the security plan is made of: statements with their claims, and where each comes from.

A part answers for one concern (roles, audit, policies, …) and is joined with the others by `security_plan`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agents.dialects.postgresql import quoted
from agents.naming import identifier, shorten
from contracts.base import Decision, Omission, Origin, Statement
from contracts.claims import Claim, Executes, Session, Trial
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign, Table

_RESERVED_ROLE_PREFIX = "pg_"  # CREATE ROLE pg_… is refused with 42939


@dataclass(frozen=True)
class Part:
    """What one concern adds to the script and to the reasons; `rollback` stands in the order in which it undoes."""

    statements: tuple[Statement, ...] = ()
    rollback: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    decisions: tuple[Decision, ...] = ()
    omissions: tuple[Omission, ...] = ()


@dataclass
class Draft:
    """A part while it is being put together."""

    statements: list[Statement] = field(default_factory=list)
    rollback: list[str] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    omissions: list[Omission] = field(default_factory=list)

    def run(self, name: str, sql: str, comment: str, sentence: str, serves: Sequence[str]) -> None:
        """Adds a statement of the security section with the claim that it executes."""
        made = Statement(
            id=f"security.{name}", section="security", sql=sql, comment=comment, element=f"security.{name}"
        )
        self.statements.append(made)
        self.claim(f"{name}.executes", made.element, sentence, serves, Executes(statement=made.id))

    def claim(self, name: str, element: str, sentence: str, serves: Sequence[str], trial: Trial) -> None:
        """Adds a claim about an element of this part."""
        self.claims.append(
            Claim(id=f"security.{name}", sentence=sentence, element=element, serves=tuple(serves), trial=trial)
        )

    def part(self) -> Part:
        """The finished part."""
        return Part(
            tuple(self.statements),
            tuple(self.rollback),
            tuple(self.claims),
            tuple(self.decisions),
            tuple(self.omissions),
        )


def project_name(requirements: Requirements) -> str:
    """The project as an identifier; PostgreSQL keeps role names that begin with `pg_` for itself.

    >>> from contracts.requirements import Requirements
    >>> project_name(Requirements(project="pg-shop", title="", tier="small", requirements=(), entities=()))
    'db_pg_shop'
    """
    name = identifier(requirements.project)
    return f"db_{name}" if name.startswith(_RESERVED_ROLE_PREFIX) else name


def role_name(requirements: Requirements, suffix: str) -> str:
    """`<project>_<suffix>`, with the project shortened where both are too long for one identifier."""
    tail = shorten(suffix, 40)
    return f"{shorten(project_name(requirements), 62 - len(tail))}_{tail}"


def found(requirements: Requirements, *prefixes: str) -> tuple[str, ...]:
    """Ids of requirements and assumptions that begin with one of these prefixes, in the brief's order."""
    ids = (*(r.id for r in requirements.requirements), *(a.id for a in requirements.assumptions))
    return tuple(dict.fromkeys(i for i in ids if i.startswith(prefixes)))


def served(requirements: Requirements, *prefixes: str, otherwise: Iterable[Table] = ()) -> tuple[str, ...]:
    """`found`, or what the tables at stake serve when the brief says nothing about the matter itself."""
    return found(requirements, *prefixes) or tuple(dict.fromkeys(i for table in otherwise for i in table.serves))


def origin_of(requirements: Requirements, serves: Sequence[str], rule: str) -> Origin:
    """The brief's own words when one of the served requirements quotes them, else the rule that inferred it."""
    wanted = set(serves)
    for requirement in requirements.requirements:
        if requirement.id in wanted and requirement.origin.kind == "stated":
            return requirement.origin.model_copy(update={"rule": rule})
    return Origin(kind="inferred" if serves else "convention", rule=rule)


def columns_sql(names: Iterable[str]) -> str:
    """Column names as SQL, separated by commas."""
    return ", ".join(quoted(name) for name in names)


def as_user(role: str, setting: str | None = None, value: str = "1") -> Session:
    """A session of a role, with the id of the person (or tenant) behind it when a setting is named."""
    return Session(role=role, settings=((setting, value),) if setting else ())


def filled(schema: SchemaDesign) -> frozenset[str]:
    """Elements of tables into which the proof loads rows, so that a count of their rows means something."""
    return frozenset(statement.element for statement in schema.dataset)


def listed(names: Sequence[str], most: int = 6) -> str:
    """Names for a sentence: `a, b and c`, cut after `most`.

    >>> listed(("a", "b", "c")), listed(("a",)), listed(tuple("abcdefgh"), 2)
    ('a, b and c', 'a', 'a, b and 6 more')
    """
    shown = list(names[:most])
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else "none"


def personal_device(requirements: Requirements) -> bool:
    """One person's own database, with nobody to keep apart and nothing asked about it."""
    protection = requirements.protection
    return requirements.tier == "embedded" and not (protection.audit or protection.audited or protection.row_level)
