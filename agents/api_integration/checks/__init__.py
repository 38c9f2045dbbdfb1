"""The checks of a generated API: one a file, found by themselves, each able to fail.

Like the checks of a design: the docstring's first line says what it asks, `MEANS` what a finding means, `REMEDY`
what to do in general, and `findings(design, api)` yields what it found.
"""

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from contracts.api import ApiIntegration
from contracts.checklist import Finding
from contracts.published import PublishedDesign


@dataclass(frozen=True)
class ApiCheck:
    """One check: its id, what it asks, what a finding means, the general remedy, and the function that looks."""

    id: str
    asks: str
    means: str
    remedy: str
    findings: Callable[[PublishedDesign, ApiIntegration], Iterator[Finding]]


@functools.cache
def checks() -> tuple[ApiCheck, ...]:
    """Every check, in the order of their ids."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return tuple(_check(importlib.import_module(f"{__name__}.{name}")) for name in names)


def all_findings(design: PublishedDesign, api: ApiIntegration) -> tuple[Finding, ...]:
    """What every check found, check by check."""
    return tuple(finding for check in checks() for finding in check.findings(design, api))


def _check(module: ModuleType) -> ApiCheck:
    return ApiCheck(
        id=module.__name__.rpartition(".")[2].replace("_", "-"),
        asks=(module.__doc__ or "").strip().partition("\n")[0],
        means=module.MEANS,
        remedy=module.REMEDY,
        findings=module.findings,
    )
