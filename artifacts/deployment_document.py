"""platform-operations.md: what runs, why, what is left out, what adds up, and how it is operated."""

import functools

from jinja2 import Environment

from artifacts.document import tidied
from artifacts.environment import document_environment
from artifacts.figures import amount, byte_size, number
from contracts.deployment import PlatformDeployment, Sum


def operations_document(deployment: PlatformDeployment) -> str:
    """The document for the people who run the platform."""
    template = _environment().get_template("deployment/platform-operations.md.j2")
    return tidied(
        template.render(
            deployment=deployment,
            total=_total,
            addends=_addends,
            commands=_secret_commands(deployment),
            errors=[f for f in deployment.findings if f.severity == "error"],
            advice=[f for f in deployment.findings if f.severity == "advice"],
            paths=[file.path for file in deployment.configurations] + [script.path for script in deployment.scripts],
        )
    )


@functools.cache
def _environment() -> Environment:
    return document_environment()


def _secret_commands(deployment: PlatformDeployment) -> str:
    """One command for each secret that people make; passwords come from the machine, keys from the store's provider."""
    lines = [f"kubectl create namespace {deployment.namespace}"]
    for need in deployment.secrets:
        if need.made_by == "you":
            kind = " --type=kubernetes.io/basic-auth" if need.login else ""
            values = " ".join(_literal(key, need.login) for key in need.keys)
            lines.append(f"kubectl --namespace {deployment.namespace} create secret generic {need.name}{kind} {values}")
    return "\n".join(lines)


def _literal(key: str, login: str) -> str:
    if key == "username":
        return f"--from-literal=username={login}"
    if key == "password":
        return '--from-literal=password="$(openssl rand -hex 24)"'
    return f'--from-literal={key}="${key}"'


def _total(found: Sum) -> str:
    return f"{_amount(found, found.total)} of {_amount(found, found.bound)} ({found.bound_name})"


def _addends(found: Sum) -> str:
    return " + ".join(f"{part.name} = {_amount(found, part.value)}" for part in found.parts)


def _amount(found: Sum, value: float) -> str:
    if found.unit == "bytes":
        return byte_size(value)
    return amount(value, "seconds") if found.unit == "seconds" else number(value)
