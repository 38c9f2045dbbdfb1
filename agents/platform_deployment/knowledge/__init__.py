"""What a platform engineer knows, as data: images, metrics, what the operator decides, how alerts are watched."""

import functools
from importlib.resources import files
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@functools.cache
def knowledge(name: str) -> Any:
    """The content of `<name>.yaml` in this folder."""
    return yaml.load(files(__package__).joinpath(f"{name}.yaml").read_text(), Loader=_LOADER)  # noqa: S506 - it is the safe one, in C


@functools.cache
def fixed_settings() -> dict[str, str]:
    """Settings that CloudNativePG refuses, each with what happens instead."""
    return {name: entry["by"] for entry in knowledge("operator")["fixed"] for name in entry["names"]}


@functools.cache
def known_metrics() -> frozenset[str]:
    """Every metric that an exporter of these files has."""
    return frozenset(name for group in knowledge("metrics").values() for name in group["names"])


def alert_knowledge() -> dict[str, Any]:
    """How each alert of a plan is watched, by its name."""
    found: dict[str, Any] = knowledge("alerts")
    return found
