"""The checks of a design: one a file, found by themselves, each able to fail.

A check is a module of this package whose name does not start with an underscore. Its first docstring line says what
it asks, `MEANS` what a finding means for the people who run the application, `REMEDY` what to do in general, and
`findings(design)` yields what it found in one design. Its id is its file's name in kebab case. Checks read the design
alone; what only an engine can tell is a claim.
"""

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from contracts.checklist import Finding
from contracts.plan import Design


@dataclass(frozen=True)
class CheckModule:
    """One check: its id, what it asks, what a finding means, the general remedy, and the function that looks."""

    id: str
    asks: str
    means: str
    remedy: str
    findings: Callable[[Design], Iterator[Finding]]


@functools.cache
def checks() -> tuple[CheckModule, ...]:
    """Every check, in the order of their ids."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return tuple(_check(importlib.import_module(f"{__name__}.{name}")) for name in names)


def all_findings(design: Design) -> tuple[Finding, ...]:
    """What every check found, check by check."""
    return tuple(finding for check in checks() for finding in check.findings(design))


def _check(module: ModuleType) -> CheckModule:
    return CheckModule(
        id=check_id(module.__name__),
        asks=(module.__doc__ or "").strip().partition("\n")[0],
        means=module.MEANS,
        remedy=module.REMEDY,
        findings=module.findings,
    )


def check_id(module: str) -> str:
    """The id of the check in this module.

    >>> check_id("agents.checks.float_money")
    'float-money'
    """
    return module.rpartition(".")[2].replace("_", "-")
