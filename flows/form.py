"""How the run form constrains what is typed, without deciding what a run accepts.

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


@dataclass(frozen=True)
class Shown:
    """Keywords of JSON Schema that a field gets in the form."""

    keywords: tuple[tuple[str, Any], ...]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The field's schema with the keywords added."""
        return {**handler(core), **dict(self.keywords)}


def _shown(**keywords: Any) -> Shown:
    return Shown(tuple(keywords.items()))


Folder = Annotated[str, _shown(minLength=1)]
Project = Annotated[str, _shown(pattern="^([a-z0-9]+(-[a-z0-9]+)*)?$", maxLength=63)]
Date = Annotated[str, _shown(pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
Gigabytes = Annotated[float, _shown(minimum=0, maximum=24_576)]
Cores = Annotated[int, _shown(minimum=0, maximum=1024)]
Database = Annotated[str, _shown(enum=["", *dialects.names()])]
_LOGIN = r"://[^/@?]*:[^/@?]+@|[Pp][Aa][Ss][Ss][Ww][Oo][Rr][Dd]\s*="
Engine = Annotated[
    str,
    _shown(**{"not": {"$comment": "a DSN with a password: put it into a variable of the worker", "pattern": _LOGIN}}),
]
"""Anything but a DSN with a password: parameters of a run are stored in clear, so it must not get that far."""

Strictness = Literal["report", "ready", "complete"]
