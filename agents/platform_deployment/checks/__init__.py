"""The checks of a platform: one a file, found by themselves, each able to fail.

A check is a module here whose name does not start with an underscore: its first docstring line says what it asks,
`findings(facts, deployment)` yields what it found. Its id is its file's name in kebab case.
"""

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator

from agents.platform_deployment.facts import Facts
from contracts.checklist import Finding
from contracts.deployment import PlatformDeployment

Check = Callable[[Facts, PlatformDeployment], Iterator[Finding]]


@functools.cache
def checks() -> dict[str, Check]:
    """Every check by its module's name, in that order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return {name: importlib.import_module(f"{__name__}.{name}").findings for name in names}


def all_findings(facts: Facts, deployment: PlatformDeployment) -> tuple[Finding, ...]:
    """What every check found, check by check."""
    return tuple(found for check in checks().values() for found in check(facts, deployment))
