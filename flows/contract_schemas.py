"""The JSON Schemas of all contracts, for pipelines that exchange them with us as JSON."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import contracts
from artifacts.files import write_files
from contracts.base import Contract
from flows.inputs import writing


def contract_classes() -> tuple[type[Contract], ...]:
    """Every contract, sorted by name; the base class is none."""
    return tuple(sorted(_classes(), key=lambda cls: cls.__name__))


def _classes() -> Iterator[type[Contract]]:
    for found in pkgutil.iter_modules(contracts.__path__):
        module = importlib.import_module(f"contracts.{found.name}")
        for value in vars(module).values():
            is_contract = isinstance(value, type) and issubclass(value, Contract) and value is not Contract
            if is_contract and value.__module__ == module.__name__:
                yield value


def schema_files(folder: Path) -> dict[Path, str]:
    """`<Contract>.schema.json` for each; the same versions give the same bytes."""
    return {
        folder / f"{cls.__name__}.schema.json": json.dumps(cls.model_json_schema(), indent=2, sort_keys=True) + "\n"
        for cls in contract_classes()
    }


def written_schemas(folder: Path) -> tuple[Path, ...]:
    """The schema files, written whole."""
    with writing("The schemas", folder):
        return write_files(schema_files(folder))
