"""Contracts as Prefect stores them: readable JSON with the class beside it, checked when it is read.

Pickle would run whatever lies in the storage folder, and Prefect's own JSON loses tuples, dates and classes. A result
that does not validate, or is not again what was written, raises here, which makes Prefect run the step again. It is
not read back when it is written: most results never are, and that was a quarter of what a step costs.
"""

import builtins
import functools
import importlib
import json
import re
from typing import Any

from prefect.serializers import Serializer
from pydantic import Field

from contracts.base import Contract
from flows.keys import contract_json


class ContractSerializer(Serializer):  # not Serializer[Any]: a parametrised base has no dispatch key
    """Writes `{"cls": qualified name, "model": content}`; classes outside `contracts` are refused both ways.

    A failed step stores its exception as `{"error": name, "message": text}`; it reads back as the same built-in
    error, or as RuntimeError with the name in its message.
    """

    type: str = Field(default="contract", frozen=True)

    def dumps(self, obj: Any) -> bytes:
        """The stored form."""
        if isinstance(obj, BaseException):
            return _json({"error": type(obj).__qualname__, "message": str(obj)})
        if obj is None:
            return _json({"cls": None})
        if not isinstance(obj, Contract):
            raise TypeError(f"{_name(type(obj))} is no contract, so it cannot be stored as a step's result.")
        _contract_class(_name(type(obj)))
        return b'{"cls":"%s","model":%s}' % (_name(type(obj)).encode(), contract_json(obj))

    def loads(self, blob: bytes) -> Any:
        """The contract; ValueError or pydantic's ValidationError (a ValueError) when the bytes are not that of one."""
        return _loaded(blob)


@functools.lru_cache(maxsize=8)
def _loaded(blob: bytes) -> Any:
    """Remembered shortly, because Prefect reads a result once to see that it is there and once to use it.

    The model's own text goes to pydantic as it stands: parsing it twice is most of what reading costs.
    """
    if written := _CONTRACT.match(blob):
        content = blob[written.end() : -1]
        found = _contract_class(written[1].decode()).model_validate_json(content)
        if contract_json(found) != content:
            raise ValueError(f"A stored {written[1].decode()} does not read back as it was written.")
        return found
    record = json.loads(blob)
    if "error" in record:
        return _exception(str(record["error"]), str(record["message"]))
    if record != {"cls": None}:
        raise ValueError("This is no stored result: it names neither a contract nor an error.")
    return None


_CONTRACT = re.compile(rb'\{"cls":"([A-Za-z0-9_.]+)","model":(?=\{.*\}\}$)', re.DOTALL)


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
