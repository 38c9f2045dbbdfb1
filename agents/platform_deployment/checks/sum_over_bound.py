"""Do memory and connections add up to no more than the plan has?"""

from collections.abc import Iterator

from agents.platform_deployment.checks._walk import finding
from agents.platform_deployment.facts import Facts
from contracts.checklist import Finding
from contracts.deployment import PlatformDeployment


def findings(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    """Too many connections are refused at the busiest moment; too much memory ends the server."""
    for total in deployment.sums:
        if total.total <= total.bound:
            continue
        largest = max(total.parts, key=lambda part: part.value)
        yield finding(
            __name__,
            f"sum.{total.name}",
            fact=f"{total.name}: {total.total:,.0f} {total.unit}, and {total.bound_name} is {total.bound:,.0f}.",
            evidence=" + ".join(f"{part.name} {part.value:,.0f}" for part in total.parts),
            remedy=f"Shrink {largest.name} in the document, or raise {total.bound_name} there.",
        )
