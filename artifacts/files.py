"""Documents on disk: written whole or not at all, and never outside of the output folder.

A run that is stopped half-way must leave the old document, and a project's folder that is a link to somewhere
else must not let a brief's name decide where we write.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from artifacts.reading import DocumentError
from contracts.plan import PersistencePlan


@dataclass(frozen=True)
class ProjectFiles:
    """Where a project's documents lie."""

    folder: Path
    document: Path
    plan: Path

    @property
    def migrations(self) -> Path:
        """The folder of the versioned migration files."""
        return self.folder / "migrations"


def project_files(output: Path, slug: str) -> ProjectFiles:
    """The paths of a project under the output folder; DocumentError when they would lead out of it."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        raise DocumentError(
            f'"{slug[:80]}" is no project name.', "Use lower-case letters and digits, with single dashes between words."
        )
    folder = output / slug / "planning"
    root = output.resolve()
    if not folder.resolve().is_relative_to(root):
        raise DocumentError(
            f"{folder} leads through a link to {folder.resolve()}, which is outside of {root}.",
            "Remove the link, or choose another output folder.",
        )
    return ProjectFiles(folder, folder / "persistence.md", folder / "persistence.json")


def plan_json(plan: PersistencePlan) -> str:
    """The plan as JSON for `reading.plan_of` and tools: the contract's order, two spaces, LF, a last newline."""
    return plan.model_dump_json(indent=2) + "\n"


def written(path: Path, text: str) -> Path:
    """The path, holding exactly this text as UTF-8; readers see the old file or the new one, never a part.

    Makes missing folders. A link in the file's place is replaced, not followed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        _write_through(temporary, text.encode())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return path


def write_files(texts: Mapping[Path, str]) -> tuple[Path, ...]:
    """The paths, each written whole in the order given: put the file that others wait for last."""
    return tuple(written(path, text) for path, text in texts.items())


def _write_through(path: Path, content: bytes) -> None:
    """A new file with the content on disk; the mode follows the umask, as for any file of the user's."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new name durable, where the system lets folders be opened (Windows does not)."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
