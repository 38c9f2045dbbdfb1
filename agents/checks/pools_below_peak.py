"""Do the pools carry the peak?

Little's law: the connections in use are the requests a second times the seconds for which each holds one.
"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.figures import request_rate
from agents.scaling.demand import connection_seconds
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "At peak requests queue for a connection, and the response time is that of the queue."
REMEDY = "Enlarge the pool within what the server's cores bear, or take a larger server or a read replica."


def findings(design: Design) -> Iterator[Finding]:
    """Pools of requests that together hold fewer connections than are in use at peak."""
    pools = {pool.name: pool for pool in design.scaling.pools}
    entry = [pools[name] for name in ("pgbouncer",) if name in pools]
    entry = entry or [pools[name] for name in ("application", "readonly") if name in pools]
    rate, seconds = request_rate(design.requirements).value, connection_seconds(design.requirements).value
    held = sum(pool.size.value * pool.instances for pool in entry)
    if entry and held < rate * seconds:
        written = " + ".join(f"{pool.name} {pool.size.value:g} × {pool.instances}" for pool in entry)
        yield finding(
            __name__,
            f"pool.{entry[0].name}",
            fact=f"At peak {rate * seconds:.3g} connections are in use, and the pools hold {held:g}.",
            evidence=f"{rate:g} requests a second × {seconds:g} s against {written}",
            remedy=REMEDY,
        )
