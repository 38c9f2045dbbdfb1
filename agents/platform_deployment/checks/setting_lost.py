"""Does every setting of the document reach the server, or is it said why not?"""

import re
from collections.abc import Iterator
from typing import Any

from agents.platform_deployment.checks._walk import finding
from agents.platform_deployment.facts import Facts
from agents.platform_deployment.knowledge import fixed_settings
from contracts.checklist import Finding
from contracts.deployment import PlatformDeployment


def findings(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    """A setting that is left out falls back to a default that nobody chose; one that the operator refuses stops it."""
    wanted = {**facts.settings, **facts.production}
    yield from _lost_in_files(wanted, deployment)
    for document in deployment.documents("Cluster"):
        content: Any = document
        server = content["spec"]["postgresql"]
        name = content["metadata"]["name"]
        for setting, value in wanted.items():
            if setting not in fixed_settings() and server["parameters"].get(setting) != value:
                found = server["parameters"].get(setting, "not set")
                yield finding(
                    __name__,
                    f"setting.{setting}",
                    fact=f"{name}: {setting} is {found}, and the document says {value}.",
                    remedy=f"Set {setting} in spec.postgresql.parameters to {value}.",
                )
        for setting in server["parameters"]:
            if setting in fixed_settings():
                yield finding(
                    __name__,
                    f"setting.{setting}",
                    fact=f"{name}: CloudNativePG refuses the parameter {setting}.",
                    evidence=fixed_settings()[setting],
                    remedy=f"Take {setting} out.",
                )


_FILES = {"server.cnf": r"^{name} = (.+)$", "connection.sql": r"^PRAGMA {name} = (.+);$"}
"""Files that carry a server's or a connection's settings, and how a line of them looks."""


def _lost_in_files(wanted: dict[str, str], deployment: PlatformDeployment) -> Iterator[Finding]:
    for script in deployment.scripts:
        line = _FILES.get(script.path.rpartition("/")[2])
        for setting, value in wanted.items() if line else ():
            found = re.search((line or "").format(name=re.escape(setting)), script.text, re.MULTILINE)
            told = found[1] if found else "not set"
            if told != value:
                yield finding(
                    __name__,
                    f"setting.{setting}",
                    fact=f"{script.path}: {setting} is {told}, and the document says {value}.",
                    remedy=f"Set {setting} to {value} there.",
                )
