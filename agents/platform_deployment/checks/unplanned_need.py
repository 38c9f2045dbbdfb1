"""Does the document say what the platform has to know: the machine, the pools, how data are brought back?"""

from collections.abc import Iterator

from agents.platform_deployment.checks._walk import finding
from agents.platform_deployment.facts import Facts
from contracts.checklist import Finding
from contracts.deployment import PlatformDeployment

_ASKED = ("terraform", "helm")


def findings(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    """What the document leaves out would have to be guessed here."""
    design = facts.design
    if not facts.memory_bytes:
        yield _missing(
            "machine",
            "for which machine the server's settings are",
            "Write database.sized_for with memory_gb and cores.",
        )
    if not design.pools:
        yield _missing(
            "pools", "how many connections the application holds", "Write the section Connection Pooling Strategy."
        )
    if design.backup is None:
        yield _missing("backup", "how data are brought back", "Write the section on backup with its intervals.")
    for requirement in design.requirements:
        for word in _ASKED:
            if word in requirement.text.lower():
                yield finding(
                    __name__,
                    f"requirement.{requirement.id}",
                    fact=f"{requirement.id} asks for {word.capitalize()}; the files are for Compose and kustomize.",
                    evidence=requirement.text,
                    remedy=f"Wrap deploy/ in {word.capitalize()} by hand.",
                    severity="advice",
                )


def _missing(element: str, what: str, remedy: str) -> Finding:
    return finding(__name__, f"design.{element}", fact=f"The document does not say {what}.", remedy=remedy)
