"""Is every variable of .env.example used, and every used variable listed there?"""

import re
from collections.abc import Iterator

from agents.platform_deployment.checks._walk import finding, leaves, texts
from agents.platform_deployment.facts import Facts
from contracts.checklist import Finding
from contracts.deployment import PlatformDeployment

_REFERENCE = re.compile(r"(?<!\$)(?:\$\$)*\$(?:\{([A-Za-z_][A-Za-z0-9_]*)[^}]*\}|([A-Za-z_][A-Za-z0-9_]*))")
_GETENV = re.compile(r"^\\getenv \w+ (\w+)$", re.M)
_CONTAINER = ("POSTGRES_USER", "POSTGRES_DB", "MARIADB_ROOT_PASSWORD")
"""Variables that the image's entrypoint hands to scripts."""


def findings(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    """A variable that nothing reads misleads, and one that is not listed is found missing at the first start."""
    used = used_variables(deployment)
    listed = {variable.name for variable in deployment.variables}
    for name in sorted(listed - set(used)):
        yield finding(
            __name__,
            f"variable.{name}",
            fact=f".env.example lists {name}, which no file uses.",
            remedy=f"Take {name} out, or use it.",
        )
    for name in sorted(set(used) - listed):
        yield finding(
            __name__,
            f"variable.{name}",
            fact=f"{used[name]} uses {name}, which .env.example does not list.",
            remedy=f"List {name} with its meaning.",
        )


def used_variables(deployment: PlatformDeployment) -> dict[str, str]:
    """Every variable that Compose or a script reads, with the file that does; a script's own are left out."""
    found: dict[str, str] = {}
    for leaf in leaves(deployment):
        if leaf.file == "docker-compose.yml":
            for name in _names(str(leaf.value)):
                found.setdefault(name, leaf.file)
    for path, text in texts(deployment):
        own = {*re.findall(r"^\s*([A-Za-z_]\w*)=", text, re.M), *_CONTAINER}
        shell = _names(text) if path.endswith(".sh") else []
        for name in (*shell, *_GETENV.findall(text)):
            if name not in own:
                found.setdefault(name, path)
    return found


def _names(text: str) -> list[str]:
    return [braced or plain for braced, plain in _REFERENCE.findall(text)]
