"""What people give to a run, checked before anything is done: the brief, project, folder, date, machine and engine.

A user's mistake must cost one message and nothing else: no traceback, no half-written folder. So everything that
can be known to be wrong is refused here, before an agent runs, and each `InputError` says the fact and the place,
the evidence, and the remedy.
"""

import codecs
import contextlib
import datetime as dt
import math
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from agents import dialects
from agents.naming import slug
from contracts.brief import Brief, Machine

MAX_BYTES = 5_000_000
"""A brief is text that people wrote; the longest known requests for proposal stay under 1 MB."""
MAX_DOCUMENT_BYTES = 500_000_000
"""A plan of a thousand tables is some tens of megabytes; the limit keeps a wrong path from filling the memory."""

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TITLE = re.compile(r"^#[ \t]+(.+?)(?:[ \t]+[-–—][ \t].*)?[ \t]*$", re.MULTILINE)
VERSION = r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}"
"""The version of an engine, in numbers; the run form asks for the same."""

_TELLS_NOTHING = frozenset({"initial", "readme", "brief", "index", "requirements"})
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_URL_PASSWORD = re.compile(r"^[a-z0-9+.-]+://[^/@?]*:[^/@?]+@", re.IGNORECASE)
_KEYWORD_PASSWORD = re.compile(r"(?:^|[\s?&])password\s*=\s*[^\s&]", re.IGNORECASE)


class InputError(ValueError):
    """What was given cannot be used; the message is complete for the person who gave it."""


def brief_from_file(
    path: str, project: str = "", date: str = "", memory_gb: float = 0, cores: int = 0, database: str = ""
) -> Brief:
    """The brief in this file. An empty `project` is derived from the path or title, an empty `date` is today.

    `memory_gb` and `cores` describe the database server; 0 for both means that it is not known. `database` is an engine
    family that is wanted whatever the text says.
    """
    text = decoded(_content(path, MAX_BYTES), path)
    return _brief(text, project or _project_of(Path(path), text), path, date, memory_gb, cores, database)


def project_of(path: str) -> str:
    """The project of the brief in this file, also of one that cannot be read: its own run says why."""
    try:
        text = file_text(path)
    except InputError:
        text = ""
    return _project_of(Path(path), text)


def brief_from_text(
    text: str, project: str = "", date: str = "", memory_gb: float = 0, cores: int = 0, database: str = ""
) -> Brief:
    """The brief that was given as text; as `brief_from_file`, with the project from its title."""
    place = "the given text"
    raw = text.encode(errors="surrogatepass")
    _refuse_size(len(raw), MAX_BYTES, place)
    return _brief(
        decoded(raw, place), project or _title_slug(text) or "project", place, date, memory_gb, cores, database
    )


def _brief(text: str, project: str, place: str, date: str, memory_gb: float, cores: int, database: str) -> Brief:
    if not text.strip():
        raise InputError(f"The brief is empty: {place} holds no text. Describe the application and its data in it.")
    return Brief(
        project=checked_project(project), text=text, date=run_date(date), machine=machine(memory_gb, cores),
        database=checked_database(database),
    )  # fmt: skip


def checked_database(database: str) -> str:
    """An engine family with or without a version (`mariadb:10.6`), or nothing where the brief decides; a form's select
    has no empty choice.
    """
    if database in ("", "brief"):
        return ""
    family, separator, version = database.partition(":")
    if family not in dialects.names():
        known = ", ".join(dialects.names())
        raise InputError(f"Designs are not made for {database[:40]!r}. Give one of {known}, or leave it to the brief.")
    if separator and not re.fullmatch(VERSION, version):
        raise InputError(f"{version[:40]!r} is no version. Write it in numbers, as in {family}:{_oldest(family)}.")
    if version and dialects.is_older(version, _oldest(family)):
        label = dialects.family(family).label
        raise InputError(
            f"Designs are made for {label} {_oldest(family)} and later, not for {version}. Give a newer one."
        )
    return database


def _oldest(family: str) -> str:
    return dialects.family(family).versions[0]


def file_text(path: str) -> str:
    """The text of any file that is read as a document; the same faults are refused as for a brief."""
    return decoded(_content(path, MAX_DOCUMENT_BYTES), path)


def document_bytes(path: str) -> bytes:
    """The bytes of a document, for whoever has to give back the same."""
    return _content(path, MAX_DOCUMENT_BYTES)


def _content(path: str, limit: int) -> bytes:
    """The bytes of a regular file of at most `limit` bytes; anything else is refused without reading it."""
    if "\0" in path:
        raise InputError(f"The path {path!r} holds a NUL character, which no file's name has. Give the path of a file.")
    file = Path(path)
    try:
        if file.is_dir():
            raise InputError(f"{path} is a folder, not a file.{_candidate(file)}")
        if not file.exists():
            raise InputError(f"There is no file {path}. {_nearest(file)} Correct the path.")
        if not file.is_file():
            raise InputError(
                f"{path} is a device or pipe, not a file. Save its text as a file and give the path of that."
            )
        _refuse_size(file.stat().st_size, limit, path)
        return file.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"{path} cannot be read: {reason}. Check its name and permissions.") from None


def _refuse_size(size: int, limit: int, place: str) -> None:
    if size > limit:
        raise InputError(
            f"{place} is too large: {size:,} bytes, the limit is {limit:,}. "
            "Leave out attachments and data, and keep the description."
        )


def _candidate(folder: Path) -> str:
    for name in ("planning/INITIAL.md", "INITIAL.md"):
        if (folder / name).is_file():
            return f" It contains a brief: give {folder / name}."
    return " Give the path of the file, usually planning/INITIAL.md in the project's folder."


def _nearest(file: Path) -> str:
    """What exists of the path, so that a typing error is found at a glance."""
    parent = next((p for p in file.parents if p.exists()), Path("."))
    if parent != file.parent:
        return f"Its folder {file.parent} does not exist either; {parent} does."
    found = sorted(p.name for p in parent.iterdir() if p.suffix.lower() in (".md", ".txt"))
    return f"Its folder has {', '.join(found[:5])}." if found else f"Its folder {parent} has no .md or .txt file."


def decoded(raw: bytes, place: str) -> str:
    """The text with LF line ends, in Unicode's composed form (NFC), without a byte-order mark.

    NFC because the same words typed on two systems must give the same design: macOS writes é as two characters.
    UTF-16 is read when its byte-order mark says so, which is what Windows editors call "Unicode".
    """
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{place} is not text in UTF-8: byte {error.start + 1} is 0x{raw[error.start]:02x}. "
            "Save it as UTF-8, or give the text file that it was made from."
        ) from None
    if "\0" in text:
        raise InputError(
            f"{place} is binary data: it has a NUL at character {text.index(chr(0)) + 1}. Give a text or Markdown file."
        )
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _project_of(path: Path, text: str) -> str:
    """`applications/<slug>/planning/INITIAL.md` names its project by folder; elsewhere the file's own name does.

    A file called INITIAL or README tells nothing: then its folder does, and last the title.
    """
    file = path.absolute()
    if file.parent.name == "planning" and file.parent.parent.name:
        return slug(file.parent.parent.name)
    if file.stem.lower() not in _TELLS_NOTHING:
        return slug(file.stem)
    return slug(file.parent.name, fallback="") or _title_slug(text) or "project"


def _title_slug(text: str) -> str:
    title = _TITLE.search(text)
    return slug(title.group(1), fallback="") if title else ""


def checked_project(project: str) -> str:
    """The slug itself; it becomes a folder, database roles and artifact keys, so it is refused rather than repaired."""
    if len(project) <= 63 and _SLUG.fullmatch(project):
        return project
    fault = "it has path parts" if re.search(r"[/\\]|^\.+$", project) else _slug_fault(project)
    raise InputError(
        f"{project[:80]!r} is no project name: {fault}. Use lower-case letters, digits and single dashes, "
        f'for example "{slug(project)}".'
    )


def _slug_fault(project: str) -> str:
    if len(project) > 63:
        return f"it has {len(project)} characters, the limit is 63"
    strange = [c for c in project if not re.fullmatch(r"[a-z0-9-]", c)]
    return f"it contains {strange[0]!r}" if strange else "a dash stands at an end or next to another dash"


def run_date(date: str) -> dt.date:
    """The run's date as YYYY-MM-DD; an empty one is today, which is the only place where a clock is read.

    Bounded to 2000–2199, because partitions are made for dates years away from it.
    """
    if not date:
        return dt.date.today()
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date):
            raise ValueError
        found = dt.date.fromisoformat(date)
    except ValueError:
        raise InputError(f"{date[:40]!r} is no date. Write year, month and day as in 2025-07-31.") from None
    if not 2000 <= found.year <= 2199:
        raise InputError(f"The date {date} is out of range: the years 2000 to 2199 are. Give the day of the design.")
    return found


def machine(memory_gb: float, cores: int) -> Machine | None:
    """The database server's hardware, or None when neither number is given."""
    if not memory_gb and not cores:
        return None
    if not memory_gb or not cores:
        given, missing = ("memory", "cores") if memory_gb else ("cores", "memory")
        raise InputError(f"The database machine's {given} is given without its {missing}. Give both, or neither.")
    if not (math.isfinite(memory_gb) and 0.25 <= memory_gb <= 24_576):
        raise InputError(f"{memory_gb:g} GB is no memory size of a database machine. Give 0.25 to 24576 GB.")
    if not 1 <= cores <= 1024:
        raise InputError(f"{cores} is no number of cores of a database machine. Give 1 to 1024.")
    return Machine(memory_gb=memory_gb, cores=cores)


def checked_output(output: str) -> str:
    """A folder that exists and can be written, or can be made; refused before any work is done for it."""
    if not output or "\0" in output:
        raise InputError("The output folder has no usable name. Give a folder such as applications.")
    existing = next(p for p in (Path(output), *Path(output).absolute().parents) if p.exists())
    if not existing.is_dir():
        raise InputError(f"{existing} is a file, so documents cannot be written under {output}. Give a folder.")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise InputError(
            f"The folder {existing} cannot be written. Give another output folder, or change its permissions."
        )
    return output


@contextlib.contextmanager
def writing(what: str, folder: Path) -> Iterator[None]:
    """Whatever the disk refuses inside of the block becomes an InputError that names what was being written."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{what} cannot be written to {folder}: {error.strerror or type(error).__name__}. "
            "Make room or change the folder's permissions, or give another output folder."
        ) from error


def has_password(engine: str) -> bool:
    """Whether a DSN (URL or keyword form) carries a password.

    >>> has_password("postgresql://u:secret@h/db"), has_password("host=h user=u"), has_password("embedded")
    (True, False, False)
    """
    return bool(_URL_PASSWORD.match(engine) or _KEYWORD_PASSWORD.search(engine))


def checked_engine(engine: str) -> str:
    """The engine as given; a DSN with a password is refused, because flow parameters and logs are stored in clear."""
    if has_password(engine):
        raise InputError(
            "The engine's DSN holds a password, and parameters of a run are stored in clear. Put the DSN into an "
            "environment variable of the process that runs the flow and give its name, for example env:DESIGN_DSN."
        )
    if engine.startswith("env:") and not _ENVIRONMENT_NAME.fullmatch(engine.removeprefix("env:")):
        raise InputError(
            f'"{engine}" names no environment variable. Write env: and a name, for example env:DESIGN_DSN.'
        )
    return engine or "embedded"


def engine_address(engine: str) -> str:
    """What the engine is reached by: `env:NAME` is looked up here, as late as possible, and nothing else is changed."""
    if not engine.startswith("env:"):
        return engine
    name = engine.removeprefix("env:")
    address = os.environ.get(name, "")
    if not address:
        raise InputError(
            f"The environment variable {name}, which --engine names, is not set. Set it to the engine's DSN."
        )
    return address
