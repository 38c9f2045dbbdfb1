"""Stored results: every contract reads back as it was; everything else is refused."""

import datetime as dt
import json
import types
import typing
from decimal import Decimal
from typing import Any

import pytest
from pydantic import JsonValue

from contracts.base import Contract, Origin
from contracts.brief import Brief, Machine
from contracts.claims import Claim, Engine, Refused
from contracts.requirements import Attribute
from flows.contract_schemas import contract_classes
from flows.serializer import ContractSerializer

SERIALIZER = ContractSerializer()
BRIEF = Brief(project="p", text="Größe\n", date=dt.date(2025, 7, 31), machine=Machine(memory_gb=0.5, cores=1))
ORIGIN = Origin(kind="stated", line=3, quote="a 'b'")


@pytest.mark.parametrize("full", [True, False], ids=["full", "sparse"])
@pytest.mark.parametrize("cls", contract_classes(), ids=lambda cls: cls.__name__)
def test_every_contract_reads_back_as_it_was(cls: type[Contract], full: bool) -> None:
    """Instances come from the class itself, so a new contract is tested without a word here."""
    for turn in range(8 if full else 1):
        contract = _instance(cls, full, turn)
        stored = SERIALIZER.dumps(contract)
        again = SERIALIZER.loads(stored)
        assert type(again) is cls
        assert again == contract
        assert again.digest() == contract.digest()
        assert SERIALIZER.dumps(again) == stored


def _instance(cls: type[Contract], full: bool, turn: int, within: type[Contract] | None = None) -> Contract:
    """A contract with every field set (or none that may be left out); `turn` goes through unions and literals.

    One that holds its like is sparse in itself, or it would have no end.
    """
    full = full and cls is not within
    fields = {name: field for name, field in cls.model_fields.items() if full or field.is_required()}
    given = {name: _value(field.annotation, name, full, turn, cls) for name, field in fields.items()}
    return cls.model_validate(given)


def _value(annotation: Any, name: str, full: bool, turn: int, within: type[Contract]) -> Any:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _value(arguments[0], name, full, turn, within)
    if origin is typing.Literal:
        return arguments[turn % len(arguments)]
    if origin in (typing.Union, types.UnionType):
        return _value(arguments[turn % len(arguments)], name, full, turn, within)
    if origin is tuple:
        many = [a for a in arguments if a is not Ellipsis]
        return tuple(_value(a, name, full, turn, within) for a in many) if full or Ellipsis not in arguments else ()
    if origin is dict:
        return {"a": _value(arguments[1], name, full, turn, within)}
    if annotation is JsonValue:
        return _JSON[turn % len(_JSON)]
    if isinstance(annotation, type) and issubclass(annotation, Contract):
        return _instance(annotation, full, turn, within)
    return "23505" if name in ("sqlstate", "again") and annotation is str else _SCALARS[annotation]


_JSON: tuple[JsonValue, ...] = ("ä", 7, 0.5, True, None, ["a", 1], {"a": {"b": []}})
_SCALARS: dict[Any, Any] = {
    str: "a",
    int: 7,
    float: 0.1,
    bool: True,
    type(None): None,
    Decimal: Decimal("0.10"),
    dt.date: dt.date(2025, 7, 31),
}


@pytest.mark.parametrize(
    "contract",
    [
        BRIEF,
        ORIGIN,
        Attribute(origin=ORIGIN, name="price", label="Preis", type="money", minimum=Decimal("0.10"), allowed=("ä",)),
        Claim(id="c.1", sentence="s", element="e", trial=Refused(sql=("x",), sqlstate="23505")),
        Engine(name="PostgreSQL", version="18.6", origin="embedded", limits=("a",)),
    ],
    ids=lambda contract: type(contract).__name__,
)
def test_dates_decimals_tuples_and_unions_survive(contract: Contract) -> None:
    again = SERIALIZER.loads(SERIALIZER.dumps(contract))
    assert again == contract
    assert type(again) is type(contract)


class Foreign(Contract):
    """A contract of nobody's."""

    a: int = 1


@pytest.mark.parametrize("value", [1, "text", {"a": 1}, (ORIGIN,), Foreign(), dt.date(2025, 1, 1)])
def test_what_is_no_contract_is_not_stored(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        SERIALIZER.dumps(value)


def test_a_stored_contract_that_does_not_validate_is_not_read() -> None:
    stored = SERIALIZER.dumps(BRIEF.model_copy(update={"project": "../etc"}))
    with pytest.raises(ValueError, match="project"):
        SERIALIZER.loads(stored)


def test_a_stored_contract_that_reads_back_otherwise_is_not_read() -> None:
    stored = SERIALIZER.dumps(BRIEF).replace(b'"date":"2025-07-31"', b'"date":"2025-07-31T00:00:00"')
    with pytest.raises(ValueError, match=r"contracts\.brief\.Brief does not read back as it was written"):
        SERIALIZER.loads(stored)


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"cls":"os.path","model":{}}',
        b'{"cls":"contracts.base.json","model":{}}',
        b'{"cls":"contracts.base.hashlib.sha256","model":{}}',
        b'{"cls":"contracts.nothing.Thing","model":{}}',
        b'{"cls":"tests.flows.test_serializer.Foreign","model":{"a": 1}}',
        b'{"cls":"contracts.base.Origin","model":{"kind": "guessed"}}',
        b'{"cls":"contracts.base.Origin","model":{"kind": "stated", "more": 1}}',
        b'{"cls":"contracts.base.Origin"}',
    ],
)
def test_unreadable_bytes_raise(blob: bytes) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, ImportError)):
        SERIALIZER.loads(blob)


def test_stored_results_are_readable_json() -> None:
    record = json.loads(SERIALIZER.dumps(BRIEF))
    assert record["cls"] == "contracts.brief.Brief"
    assert record["model"]["text"] == "Größe\n"


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (ValueError("bad"), ValueError, "bad"),
        (OSError(28, "No space left"), OSError, "No space left"),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "odd"), RuntimeError, "UnicodeDecodeError"),
        (KeyboardInterrupt("stop"), RuntimeError, "KeyboardInterrupt: stop"),
    ],
)
def test_an_error_reads_back_as_an_error(error: BaseException, kind: type[BaseException], says: str) -> None:
    again = SERIALIZER.loads(SERIALIZER.dumps(error))
    assert isinstance(again, kind)
    assert says in str(again)


def test_nothing_reads_back_as_nothing() -> None:
    assert SERIALIZER.loads(SERIALIZER.dumps(None)) is None
