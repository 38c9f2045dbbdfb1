"""The engine families that designs are made for, each a package here.

A family is a package whose module `family` holds `FAMILY`: how briefs name it and the agents that design for it. It is
found by its place, so a new one adds files and changes none. What families share stays with the agents; what differs
(spelling, types, triggers, settings, protections) lies in the family's package.
"""

import datetime as dt
import functools
import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from contracts.api import Conduct
from contracts.brief import Machine
from contracts.caching import CachingPlan
from contracts.deployment import PlatformDeployment
from contracts.migrations import MigrationPlan
from contracts.operations import OperationsPlan
from contracts.published import PublishedDesign
from contracts.requirements import Requirements, Stack
from contracts.scaling import ScalingPlan
from contracts.schema import SchemaDesign
from contracts.security import SecurityPlan


@dataclass(frozen=True)
class Handover:
    """What the agents downstream must know of a family: how its platform is made, and how applications speak to it.

    `codes` are the engine's own codes for each SQLSTATE, `edges` what stands before and after every value of a type in
    the order of a page, `own_tables` those that a document keeps for itself, `conduct` the rules for a client.
    """

    platform_deployment: Callable[[PublishedDesign], PlatformDeployment]
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    edges: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    own_tables: frozenset[str] = frozenset()
    conduct: Callable[[PublishedDesign], tuple[Conduct, ...]] = lambda design: ()


@dataclass(frozen=True)
class Family:
    """One engine family: its names, the versions that designs differ for, and an agent for each part of a design.

    `versions` begin with the oldest that any design runs on, and hold each later one that has something a design uses.
    `narrow_integers` are its integer types of less than eight bytes, `reserved` the words that no name should be.
    `asked_as` is a regular expression of what briefs call it; `serves` says in a few words what it is chosen for, and
    `lacks` why the others are chosen instead. `parser` is sqlglot's name for its SQL. A family
    without `handover` is designed for, and its documents are not handed over.
    """

    name: str
    label: str
    versions: tuple[str, ...]
    reserved: frozenset[str]
    narrow_integers: tuple[str, ...]
    asked_as: str
    serves: str
    lacks: str
    parser: str
    schema_design: Callable[[Requirements, dt.date], SchemaDesign]
    caching_plan: Callable[[Requirements, SchemaDesign, dt.date], CachingPlan]
    scaling_plan: Callable[[Requirements, SchemaDesign, Machine | None], ScalingPlan]
    security_plan: Callable[[Requirements, SchemaDesign, dt.date], SecurityPlan]
    operations_plan: Callable[[Requirements, SchemaDesign], OperationsPlan]
    migration_plan: Callable[[SchemaDesign, SecurityPlan, OperationsPlan], MigrationPlan]
    handover: Handover | None = None

    def is_asked(self, name: str) -> bool:
        """Whether a brief that asks for a database of this name asks for this family."""
        return name == self.name or re.search(self.asked_as, name, re.IGNORECASE) is not None

    def version_for(self, stack: Stack) -> str:
        """The oldest version that a design for this stack runs on: what was asked for, as far as designs differ."""
        asked = stack.database_version if stack.database and self.is_asked(stack.database) else ""
        return newest(self.versions, asked)


def ordered(version: str) -> tuple[int, ...]:
    """A version to compare with others.

    >>> ordered("10.11.19-MariaDB") > ordered("10.6")
    True
    """
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def newest(versions: tuple[str, ...], asked: str) -> str:
    """The newest of these versions that is no newer than the one asked for; the oldest where none is.

    >>> newest(("15", "17", "18"), "17.4"), newest(("15", "17", "18"), "16"), newest(("15", "17", "18"), "")
    ('17', '15', '15')
    """
    fitting = [version for version in versions if ordered(version) <= ordered(asked)]
    return fitting[-1] if fitting else versions[0]


def is_older(version: str, other: str) -> bool:
    """Whether a version comes before another, as far as it is told: 8.0 is no older than 8.0.30.

    >>> is_older("8.0", "8.0.30"), is_older("5.7", "8.0.30"), is_older("8.0.29", "8.0.30")
    (False, True, True)
    """
    told = ordered(version)
    return told < ordered(other)[: len(told)]


@functools.cache
def family(name: str) -> Family:
    """The family of this name; LookupError, which names those that there are, for another one."""
    if name not in names():
        raise LookupError(f'There is no engine family "{name}". There are {", ".join(names())}.')
    found: Family = importlib.import_module(f"{__name__}.{name}.family").FAMILY
    return found


def handover(name: str) -> Handover:
    """What is known of handing over designs of this family; LookupError where it has none."""
    found = family(name).handover
    if found is None:
        raise LookupError(f"Designs for {family(name).label} are not handed over.")
    return found


def names() -> tuple[str, ...]:
    """The names of all families, in alphabetical order."""
    packages = (module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    return tuple(sorted(name for name in packages if importlib.util.find_spec(f"{__name__}.{name}.family")))


def families() -> tuple[Family, ...]:
    """All families, in the order of their names."""
    return tuple(map(family, names()))
