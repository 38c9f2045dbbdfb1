"""The fields of all run forms: what each asks, and how it constrains what is typed.

The form and the API refuse by JSON Schema, before a run exists and before anything is stored; a run that gets past
them (from Python, or with enforcement off) is refused by `flows.inputs`, in words. So the constraints here only go
into the schema: as pydantic constraints they would turn the run's clear line into pydantic's.

No `from __future__ import annotations` where these are used: Prefect builds the form from real annotations.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

from agents import dialects
from flows.inputs import VERSION


@dataclass(frozen=True)
class Shown:
    """Keywords of JSON Schema that a field gets in the form."""

    keywords: tuple[tuple[str, Any], ...]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The field's schema with the keywords added."""
        return {**handler(core), **dict(self.keywords)}


def _asks(description: str, **keywords: Any) -> Shown:
    return Shown((("description", description), *keywords.items()))


_LOGIN = r"://[^/@?]*:[^/@?]+@|[Pp][Aa][Ss][Ss][Ww][Oo][Rr][Dd]\s*="
_OPEN: dict[str, Any] = {
    "not": {"$comment": "a DSN with a password: put it into a variable of the worker", "pattern": _LOGIN}
}
"""Anything but a DSN with a password: parameters of a run are stored in clear, so it must not get that far."""

Brief = Annotated[
    str, _asks("Path of the brief, usually applications/<project>/planning/INITIAL.md, as the worker sees it.")
]
Text = Annotated[str, _asks("The brief itself; when it is given, the path is not read.")]
Project = Annotated[
    str,
    _asks(
        "Lower-case letters, digits and dashes; empty takes it from the path or the title.",
        pattern="^([a-z0-9]+(-[a-z0-9]+)*)?$",
        maxLength=63,
    ),
]
Engine = Annotated[
    str,
    _asks(
        "Where claims are tried: embedded, installed, none (the design alone), a DSN without a password, or env:NAME "
        "for a DSN in the worker's environment.",
        **_OPEN,
    ),
]
Strictness = Annotated[
    Literal["report", "ready", "complete"],
    _asks("When the run fails: report never; ready if the checklist does; complete if a claim is unproven, too."),
]
Gigabytes = Annotated[
    float, _asks("Memory of the database machine in GB; 0 if it is not known yet.", minimum=0, maximum=24_576)
]
Cores = Annotated[int, _asks("Cores of the database machine; 0 if they are not known yet.", minimum=0, maximum=1024)]
Database = Annotated[
    str,
    _asks(
        f"Engine family to design for, whatever the brief says: {', '.join(dialects.names())}; with the version that "
        "runs, where it is known, as in mariadb:10.6. brief leaves the choice to the brief.",
        pattern=rf"^(brief|({'|'.join(dialects.names())})(:{VERSION})?)$",
    ),
]
Review = Annotated[
    bool, _asks("Pause for a person's approval after the requirement analysis and before the hand-over.")
]
Folder = Annotated[
    str, _asks("Folder for the documents and files; they are written to <output>/<project>.", minLength=1)
]
Date = Annotated[
    str,
    _asks(
        "Date of the design as YYYY-MM-DD; empty is today. The same brief and date give the same documents.",
        pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$",
    ),
]
Step = Annotated[
    str, _asks("A step that runs again although its result is stored, for example schema design; empty is none.")
]
Override = Annotated[str, _asks("Path of a contract as JSON that stands in for the result of the step in replay_from.")]

Document = Annotated[
    str,
    _asks("Path of the persistence.md, as the worker sees it; a persistence.json beside it is not read.", minLength=1),
]
Around = Annotated[
    str, _asks("Folder for the project's files; empty takes the folder around the document's planning/.")
]
Agent = Annotated[str, _asks("One agent alone; empty is all of them.", enum=["", "api", "deployment", "validation"])]
Packages = Annotated[
    Literal["own", "here", "none"],
    _asks("own makes an environment for the validation suite, here uses this one, none does not run the suite."),
]

Standing = Annotated[
    str, _asks("Path of the persistence.md (or .json, or DDL) that stands, as the worker sees it.", minLength=1)
]
Coming = Annotated[str, _asks("Path of the new brief, or of a design with its SQL.", minLength=1)]
Answers = Annotated[
    str,
    _asks("YAML with renames, drops, keeps, fills and usings: what only people know; docs/evolve.md has the form."),
]
Version = Annotated[
    str, _asks("The last version that the database has recorded, such as V012; empty takes the document's.")
]
