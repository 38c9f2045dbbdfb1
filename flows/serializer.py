"""Contracts as Prefect stores them: readable JSON with the class beside it, checked when written and when read.

Pickle would run whatever lies in the storage folder, and Prefect's own JSON loses tuples, dates and classes. A result
that does not validate raises here, which makes Prefect run the step again.
"""

import builtins
import importlib
import json
from typing import Any

from prefect.serializers import Serializer
from pydantic import Field

from contracts.base import Contract


class ContractSerializer(Serializer):  # not Serializer[Any]: a parametrised base has no dispatch key
    """Writes `{"cls": qualified name, "model": content}`; classes outside `contracts` are refused both ways.

    A failed step stores its exception as `{"error": name, "message": text}`; it reads back as the same built-in
    error, or as RuntimeError with the name in its message.
    """

    type: str = Field(default="contract", frozen=True)

    def dumps(self, obj: Any) -> bytes:
        """The stored form, after reading it back once: what cannot be read must not be stored."""
        if isinstance(obj, BaseException):
            return _json({"error": type(obj).__qualname__, "message": str(obj)})
        if obj is None:
            return _json({"cls": None})
        if not isinstance(obj, Contract):
            raise TypeError(f"{_name(type(obj))} is no contract, so it cannot be stored as a step's result.")
        cls = _contract_class(_name(type(obj)))
        stored = _json({"cls": _name(cls), "model": obj.model_dump(mode="json", round_trip=True, by_alias=True)})
        if self.loads(stored) != obj:
            raise TypeError(f"{_name(cls)} does not read back as it was written, so it cannot be stored.")
        return stored

    def loads(self, blob: bytes) -> Any:
        """The contract; ValueError or pydantic's ValidationError (a ValueError) when the bytes are not one."""
        record = json.loads(blob)
        if "error" in record:
            return _exception(str(record["error"]), str(record["message"]))
        if record["cls"] is None:
            return None
        return _contract_class(record["cls"]).model_validate_json(json.dumps(record["model"]))


def _json(record: dict[str, Any]) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _contract_class(name: str) -> type[Contract]:
    """The class of this name from the package `contracts`, and from nowhere else."""
    module, _, qualname = name.rpartition(".")
    if not module.startswith("contracts."):
        raise ValueError(f"{name} is not a class of the package contracts.")
    found = getattr(importlib.import_module(module), qualname, None)
    if not (isinstance(found, type) and issubclass(found, Contract)):
        raise ValueError(f"{name} is not a contract.")
    return found


def _exception(name: str, message: str) -> BaseException:
    known = getattr(builtins, name, None)
    if isinstance(known, type) and issubclass(known, Exception) and not issubclass(known, UnicodeError):
        return known(message)
    return RuntimeError(f"{name}: {message}")
