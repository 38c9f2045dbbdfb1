"""Does every image name its version?"""

import re
from collections.abc import Iterator

from agents.platform_deployment.checks._walk import finding, leaves
from agents.platform_deployment.facts import Facts
from contracts.checklist import Finding
from contracts.deployment import PlatformDeployment

_FLOATING = {"latest", "stable", "main", "master", "edge", "nightly"}
_VERSION = re.compile(r"v?\d+\.\d+")


def findings(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    """An image without a version is another one tomorrow, and a rollback does not bring the old one back."""
    own = f"{deployment.project}-application:"
    for leaf in leaves(deployment):
        if leaf.key in ("image", "imageName") and not str(leaf.value).startswith(own) and not _pinned(str(leaf.value)):
            yield finding(
                __name__,
                f"file.{leaf.file}",
                fact=f'{leaf.file}, {leaf.path}: image "{leaf.value}" names no version.',
                remedy="Write a version of at least two numbers, such as postgres:18.6.",
            )
        if leaf.key == "uses" and not re.search(r"@(v\d+\.\d+\.\d+|[0-9a-f]{40})$", str(leaf.value)):
            yield finding(
                __name__,
                f"file.{leaf.file}",
                fact=f'{leaf.file}, {leaf.path}: action "{leaf.value}" names no full version.',
                remedy="Write three numbers, such as @v4.2.2, or a commit.",
            )


def _pinned(image: str) -> bool:
    if "@sha256:" in image:
        return True
    tag = image.rpartition("/")[2].partition(":")[2]
    return bool(_VERSION.match(tag)) and tag not in _FLOATING
