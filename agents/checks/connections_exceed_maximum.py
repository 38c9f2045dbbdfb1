"""Do all pools of all instances, and the reserve, fit into the server's connections?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.scaling.connections import direct
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "At full load the last instances are refused, and operators cannot log in to see why."
REMEDY = "Shrink the pools, or raise max_connections within the memory that it costs."

DEFAULT_MAXIMUM = 100  # PostgreSQL's max_connections where nothing is set
DEFAULT_RESERVE = 3  # superuser_reserved_connections


def findings(design: Design) -> Iterator[Finding]:
    """A total above the maximum, a maximum that is no number, and pools of no connection."""
    settings = {setting.name: setting.value for setting in design.scaling.settings}
    text = settings.get("max_connections", str(DEFAULT_MAXIMUM))
    reserve = sum(_whole(settings.get(name, str(least))) for name, least in _RESERVES)
    pools = design.scaling.pools
    held = direct(pools)  # behind a pooler the application's own connections end at the pooler
    total = sum(round(pool.size.value) * pool.instances for pool in held) + reserve
    if not text.isdigit() or total > int(text):
        written = [f"{pool.name} {round(pool.size.value)} × {pool.instances}" for pool in held]
        yield finding(
            __name__,
            "setting.max_connections",
            fact=f"The pools and the reserve need {total} connections, and max_connections is {text}.",
            evidence=" + ".join([*written, f"reserve {reserve}"]) + f" = {total}",
            remedy=f"Set max_connections to at least {total}, or shrink the largest pool.",
        )
    for pool in pools:
        if round(pool.size.value) < 1 or pool.instances < 1:
            yield finding(
                __name__,
                f"pool.{pool.name}",
                fact=f'Pool "{pool.name}" has {pool.size.value:g} connections on {pool.instances} instances.',
                evidence=pool.size.formula,
                remedy=f'Give "{pool.name}" at least one connection, or leave it out.',
            )


_RESERVES = (("superuser_reserved_connections", DEFAULT_RESERVE), ("reserved_connections", 0))


def _whole(text: str) -> int:
    return int(text) if text.isdigit() else 0
