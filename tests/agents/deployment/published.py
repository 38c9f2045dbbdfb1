"""The examples as the agents downstream read them, each applied once for the whole test session."""

import functools
import tempfile
from collections.abc import Callable
from pathlib import Path

from agents.platform_deployment import platform_deployment
from contracts.deployment import PlatformDeployment
from contracts.published import PublishedDesign
from flows.publishing import published_design
from tests.documents import DOCUMENTS

EXAMPLES = tuple(DOCUMENTS)


def document_of(example: str) -> str:
    """The example's persistence.md."""
    return DOCUMENTS[example].read_text()


@functools.cache
def design_of(example: str) -> PublishedDesign:
    """The example, read back through the embedded server."""
    return published_design(str(DOCUMENTS[example]), "embedded")


@functools.cache
def deployment_of(example: str) -> PlatformDeployment:
    """The example's platform."""
    return platform_deployment(design_of(example))


def edited(example: str, edit: Callable[[str], str]) -> PublishedDesign:
    """The example after somebody edited its document by hand."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / example / "planning" / "persistence.md"
        path.parent.mkdir(parents=True)
        path.write_text(edit(document_of(example)))
        return published_design(str(path), "embedded")
