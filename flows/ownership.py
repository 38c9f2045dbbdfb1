"""Whether the four generic package names mean our packages.

`agents` is also the import name of the openai-agents SDK. Where another distribution's package comes first, agents
fail to import in ways that nobody would understand; where ours comes first, that distribution is hidden in this
environment. Both are said at start, in one sentence with the remedy.
"""

import importlib.metadata
import importlib.util
import sys
from pathlib import Path

NAMES = ("agents", "artifacts", "contracts", "flows")
ROOT = Path(__file__).resolve().parent.parent


def foreign_packages(path: tuple[str, ...] | None = None) -> dict[str, Path]:
    """Names of ours that another folder of the import path also provides, with where; cheap: a few file look-ups."""
    found: dict[str, Path] = {}
    for entry in path if path is not None else tuple(sys.path):
        folder = Path(entry or ".").resolve()
        for name in NAMES if folder != ROOT else ():
            place = next((p for p in (folder / name / "__init__.py", folder / f"{name}.py") if p.is_file()), None)
            if place is not None:
                found.setdefault(name, place)
    return found


def ours(name: str) -> bool:
    """Whether importing this name gives the package of this checkout."""
    spec = importlib.util.find_spec(name)
    return bool(spec and spec.origin and Path(spec.origin).resolve().is_relative_to(ROOT))


def ownership_warnings(path: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """One sentence for each name that somebody else owns too, or owns instead of us."""
    foreign = foreign_packages(path)
    if not foreign:
        return ()
    owners = importlib.metadata.packages_distributions()
    return tuple(_warning(name, place, owners.get(name, [])) for name, place in sorted(foreign.items()))


def _warning(name: str, place: Path, distributions: list[str]) -> str:
    owner = f"the distribution {', '.join(sorted(set(distributions)))}" if distributions else "another package"
    effect = "is hidden by ours here" if ours(name) else "is imported instead of ours"
    return (
        f'The package name "{name}" also belongs to {owner} ({place}), which {effect}. '
        "Run this application in an environment of its own."
    )
