"""Platform deployment: a published design becomes the files that run its database and what belongs to it.

Everything is made from the document as it stands, edits included. What the document does not ask for is not made, and
the result says so. How a platform is made is the family's own; the files are checked before they are handed over, and
what is wrong is a finding, never a silent repair.
"""

from agents import dialects
from agents.platform_deployment.checks import all_findings
from agents.platform_deployment.facts import facts_of
from contracts.deployment import PlatformDeployment
from contracts.published import PublishedDesign


def platform_deployment(design: PublishedDesign) -> PlatformDeployment:
    """The platform of one document, with what its checks found."""
    made = dialects.handover(design.catalogue.dialect).platform_deployment(design)
    return made.model_copy(update={"findings": all_findings(facts_of(design), made)})
