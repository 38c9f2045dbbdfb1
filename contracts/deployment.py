"""What the platform deployment agent hands over: files as data, the components behind them, and what was checked.

Files are structures, not text, so that checks read what will run and only one place writes YAML. Paths are relative to
the project's folder.
"""

from typing import Literal

from pydantic import Field, JsonValue

from contracts.base import Contract
from contracts.checklist import Finding

Content = dict[str, JsonValue]
"""One YAML or JSON document."""


class ConfigurationFile(Contract):
    """A YAML or JSON file of one or more documents; `notes` maps a path such as `spec.instances` to its comment.

    A note without a name belongs to every document that has the path; `name#spec.instances` to the one document of
    that name. `comment` is the file's first line.
    """

    path: str
    format: Literal["yaml", "json"] = "yaml"
    comment: str = ""
    documents: tuple[Content, ...]
    notes: dict[str, str] = Field(default_factory=dict)


class ScriptFile(Contract):
    """A file of SQL, shell or the like, as it stands."""

    path: str
    text: str


class Variable(Contract):
    """A variable of `.env.example`; a secret has no example."""

    name: str
    example: str = ""
    secret: bool = False
    meaning: str


class Component(Contract):
    """Something that runs: what it is, why the plan needs it, and where the plan says so (line of the document)."""

    name: str
    product: str
    image: str
    why: str
    line: int | None = None


class Absence(Contract):
    """A component that this project does not get, and why."""

    subject: str
    reason: str


class Choice(Contract):
    """Where the platform decides something that the plan leaves open, or does it in another way."""

    topic: str
    choice: str
    because: str


class Part(Contract):
    """One addend of a sum."""

    name: str
    value: float


class Sum(Contract):
    """An addition that must stay within a figure of the plan."""

    name: str
    unit: Literal["connections", "bytes", "seconds"]
    parts: tuple[Part, ...]
    bound: float
    bound_name: str

    @property
    def total(self) -> float:
        """What the parts add up to."""
        return sum(part.value for part in self.parts)


class Login(Contract):
    """A database login that somebody must give a password, the role that it acts as and its most connections."""

    name: str
    acts_as: str
    may_become: tuple[str, ...] = ()
    connections: int
    secret: str
    purpose: str


class SecretNeed(Contract):
    """A Kubernetes secret that is made outside of the files: its keys, and who makes it."""

    name: str
    keys: tuple[str, ...]
    purpose: str
    login: str = ""
    made_by: Literal["operator", "you"] = "you"


class WatchedAlert(Contract):
    """An alert of the plan and the rule that watches it; `expression` is empty when nothing can."""

    name: str
    threshold: str
    severity: str
    expression: str = ""
    rule: str = ""
    line: int | None = None


class Restore(Contract):
    """How data are brought back: the document's restore test, the file that does it, and a line of cron for copies."""

    test: str
    file: str
    cron: str = ""


class PlatformDeployment(Contract):
    """All that is needed to run the project's database and what belongs to it.

    `script` holds the document's SQL blocks, from which the files' schema is made (prepared queries are left out).
    `delimiter` ends statements whose bodies hold semicolons, where the client must be told one.
    `summary` says in a sentence what runs where, `first` are the commands that come before it starts.
    """

    project: str
    title: str
    document_digest: str
    edited: bool | None = None
    platform: Literal["one machine", "kubernetes"]
    summary: str = ""
    first: tuple[str, ...] = ()
    database: str
    namespace: str = ""
    deploy_login: str = ""
    restore: Restore | None = None
    configurations: tuple[ConfigurationFile, ...]
    scripts: tuple[ScriptFile, ...] = ()
    script: tuple[str, ...] = ()
    delimiter: str = ""
    schema_path: str = "deploy/database/schema.sql"
    variables: tuple[Variable, ...] = ()
    components: tuple[Component, ...]
    absences: tuple[Absence, ...] = ()
    choices: tuple[Choice, ...] = ()
    prerequisites: tuple[Choice, ...] = ()
    sums: tuple[Sum, ...] = ()
    logins: tuple[Login, ...] = ()
    secrets: tuple[SecretNeed, ...] = ()
    alerts: tuple[WatchedAlert, ...] = ()
    findings: tuple[Finding, ...] = ()

    def documents(self, *kinds: str) -> tuple[Content, ...]:
        """The Kubernetes documents of these kinds (all where none is named), in the files' order."""
        found = (document for file in self.configurations for document in file.documents if "kind" in document)
        return tuple(document for document in found if not kinds or document["kind"] in kinds)
