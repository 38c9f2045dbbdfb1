"""Does any file hold a secret?"""

import re
from collections.abc import Iterator

from agents.platform_deployment.checks._walk import Leaf, file_leaves, finding, texts
from agents.platform_deployment.facts import Facts
from contracts.checklist import Finding
from contracts.deployment import ConfigurationFile, PlatformDeployment

_NAMED = re.compile(r"pass(word|wd|phrase)?$|secret$|token$|(api|access|private|secret)_?key$|credentials?$", re.I)
_REFERENCES = re.compile(r"^\$\{[A-Z][A-Z0-9_]*(:\?[^}]*)?\}$|^\$\([A-Z_]+\)$|^$")
_SHAPES = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), "a private key"),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), "an AWS access key"),
    (re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b"), "a GitHub token"),
    (re.compile(r"\b\w+://[^/\s:@$]+:(?!\$)[^@\s/$]+@"), "a password in an address"),
    (re.compile(r"PASSWORD\s+'(?!\s*')[^']+'", re.I), "a password in SQL"),
    (
        re.compile(r"^\s*(?:export\s+)?\w*(?:PASSWORD|SECRET|TOKEN)\w*=(?!\s*$|\"?\$|'?\$)\S+", re.M),
        "a password in a script",
    ),
)
_SECRET_FIELDS = ("secretKeyRef.name", "secretKeyRef.key", "passwordSecret.name", "secretName")


def findings(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    """A secret in a file is in the repository's history for good."""
    for file in deployment.configurations:
        variables = _variables(file)
        for leaf in file_leaves(file):
            what = _held(leaf, variables)
            if what:
                yield _finding(leaf.file, leaf.path, what)
    for path, text in texts(deployment):
        what = _shape(text)
        if what:
            yield _finding(path, "", what)
    for variable in deployment.variables:
        if variable.example and (variable.secret or _NAMED.search(variable.name)):
            yield _finding(".env.example", variable.name, "an example of a secret, which people leave as it is")


def _held(leaf: Leaf, variables: dict[str, str]) -> str:
    """What secret a value is, if any: by its key, its variable's name, or its shape."""
    value = str(leaf.value)
    name = variables.get(leaf.path, leaf.key)
    if isinstance(leaf.value, str) and _NAMED.search(name) and not _is_reference(leaf.path, value):
        return "a value that is not a reference"
    return _shape(value)


def _variables(file: ConfigurationFile) -> dict[str, str]:
    """The paths of environment variables' values in a manifest, each with the variable's name."""
    return {
        f"{leaf.path.removesuffix('.name')}.value": str(leaf.value)
        for leaf in file_leaves(file)
        if re.search(r"\.env\[\d+\]\.name$", leaf.path)
    }


def _is_reference(path: str, value: str) -> bool:
    return bool(_REFERENCES.fullmatch(value)) or path.endswith(_SECRET_FIELDS)


def _shape(text: str) -> str:
    return next((what for pattern, what in _SHAPES if pattern.search(text)), "")


def _finding(file: str, place: str, what: str) -> Finding:
    at = f"{file}, {place}" if place else file
    return finding(
        __name__,
        f"file.{file}",
        fact=f"{at} holds {what}.",
        remedy="Take it out, change it where it is valid, and refer to a variable or a Kubernetes secret.",
    )
