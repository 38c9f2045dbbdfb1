"""What every contract shares: immutability, a digest, and where each element comes from.

Steps of the pipeline are keyed by the digest of their inputs, so a contract must be immutable and its
digest must depend on its content alone: no clock, no set order, no hash seed.
"""

import hashlib
import json
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]
"""A name that is safe in SQL, YAML, file names and cache keys; made by `agents.naming.identifier` only."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=63)]
"""A project's name, safe as a folder and as a part of a Prefect artifact key."""

ElementId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.:/-]*$", max_length=240)]
"""An id that people read and tools join on, such as `entity.order` or `orders.total_not_negative`."""


Confidence = Literal["high", "medium", "low"]
"""How sure the analysis is of what it read, so that a reader knows where to look twice.

`high`: stated in a form made for it (an attribute list, an arrow, an endpoint, a rule that names its attributes);
`medium`: understood from prose; `low`: guessed, for example a usual rule or access of an archetype.
"""


class Contract(BaseModel):
    """A frozen message between agents; unknown fields are refused so that a typo cannot pass silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def changed(self, **values: object) -> Self:
        """A copy with other values that was validated, which `model_copy` does not do.

        A whole number given for a float becomes one, so that the contract has one digest and one spelling before and
        after it was stored.
        """
        return self.model_validate({name: getattr(self, name) for name in type(self).model_fields} | values)

    def digest(self) -> str:
        """SHA-256 over the canonical JSON of the content (sorted keys, no spaces), as 64 hex digits."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class Origin(Contract):
    """Why an element exists: the brief states it, a rule infers it, or it is this project's convention.

    `line` is the 1-based line of the brief and `quote` its words; `rule` names the inference or convention
    in a few words that a reader understands without the code.
    """

    kind: Literal["stated", "inferred", "convention"]
    line: int | None = None
    quote: str = ""
    rule: str = ""


class Element(Contract):
    """Anything in a design that must answer "who asked for this?".

    `serves` holds ids of requirements (`Requirement.id`) or assumptions (`Assumption.id`).
    """

    origin: Origin
    serves: tuple[ElementId, ...] = ()


class Input(Contract):
    """One input of a formula, with where its value comes from (a requirement, an assumption, a formula)."""

    name: str
    value: float
    unit: str = ""
    source: str


class Figure(Element):
    """A number of the design, recomputable by a reader: value, unit, formula, inputs and the formula's source."""

    name: str
    value: float
    unit: str = ""
    formula: str
    inputs: tuple[Input, ...] = ()
    source: str = ""


class Alternative(Contract):
    """What was not chosen, and why."""

    name: str
    refused_because: str


class Decision(Element):
    """A choice that a colleague could argue about, with the alternatives that were refused."""

    id: ElementId
    topic: str
    choice: str
    because: str
    alternatives: tuple[Alternative, ...] = ()


class Omission(Element):
    """A component or section that this project does not need, and the reason in one sentence."""

    subject: str
    reason: str


Section = Literal["schema", "queries", "monitoring", "partitioning", "migration", "security"]
"""Sections of persistence.md that hold SQL, in the order in which the document executes them."""


class Statement(Contract):
    """One SQL statement of the document, executed in document order in an empty database.

    `comment` is plain text that stands above the statement; `element` is the id of what it makes. `delimiter` is what
    the engine's client has to be told to end the statement with, where its body holds semicolons that the client would
    take for its end.
    """

    id: ElementId
    section: Section
    sql: str
    comment: str = ""
    element: ElementId
    delimiter: str = ""
