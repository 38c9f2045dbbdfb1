"""What the hand-over of a document gave: each agent's files and findings, and what the validation measured."""

from typing import Literal

from contracts.base import Contract
from contracts.checklist import Finding
from contracts.claims import Engine
from contracts.published import Defect, GeneratedFile

AgentName = Literal["api", "deployment", "validation"]


class AgentFiles(Contract):
    """The files of one agent and what its own checks found, before anything is written."""

    agent: AgentName
    files: tuple[GeneratedFile, ...]
    findings: tuple[Finding, ...] = ()


class AgentOutcome(Contract):
    """What one agent left behind: `files` are paths as they were written."""

    agent: AgentName
    files: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


class DocumentHandover(Contract):
    """The hand-over of one document. `absent` names agents that this installation does not have.

    `report` and `verdict` are empty when the generated suite was not run; `ready` says that no finding is an error and,
    where the suite ran, that its verdict is not against it.
    """

    project: str
    title: str
    document: str
    document_digest: str
    plan_digest: str = ""
    edited: bool | None = None
    engine: Engine
    folder: str
    outcomes: tuple[AgentOutcome, ...]
    absent: tuple[AgentName, ...] = ()
    advice: tuple[Defect, ...] = ()
    report: str = ""
    verdict: str = ""
    tests: int = 0
    failed: int = 0
    ready: bool
