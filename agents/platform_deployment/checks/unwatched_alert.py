"""Is every alert of the document watched by a rule?"""

from collections.abc import Iterator

from agents.platform_deployment.checks._walk import finding
from agents.platform_deployment.facts import Facts
from agents.platform_deployment.knowledge import alert_knowledge
from contracts.checklist import Finding
from contracts.deployment import PlatformDeployment


def findings(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    """An alert that stands only in the document wakes nobody."""
    for alert in deployment.alerts:
        if alert.expression:
            continue
        known = alert.name in alert_knowledge()
        why = (
            f'its threshold "{alert.threshold}" or its query cannot be read'
            if known
            else "no rule is known for its name"
        )
        yield finding(
            __name__,
            f"alert.{alert.name}",
            fact=f'Alert "{alert.name}"{f" (line {alert.line})" if alert.line else ""} has no rule: {why}.',
            remedy=f"Write its threshold with a unit, or give it a known name: {', '.join(alert_knowledge())}.",
        )
