"""A persistence.md read back: its text, and its script applied on an engine, as one contract for the agents downstream.

Everything comes from the document that lies there. A persistence.json beside it is not looked at, so a document that
travels alone, was edited, or was written by hand is handed over like any other.
"""

from dataclasses import dataclass
from pathlib import Path

from agents.document_review import document_review
from agents.naming import slug
from artifacts.publication import published, readable, title
from artifacts.published_data import Facts, settings, text
from artifacts.reading import DocumentError, sql_script
from artifacts.source import faults, source_blocks
from artifacts.statements import SqlStatement, UnclosedError, split_statements
from contracts.published import Defect, PublishedDesign, SourceBlock
from flows.engines import applied
from flows.engines.handed import Script
from flows.engines.parameters import typed
from flows.families import family_of
from flows.inputs import decoded, document_bytes, engine_address


class DefectiveDocumentError(DocumentError):
    """A document that cannot be handed over; `defects` has every reason, the message all of them in short."""

    def __init__(self, place: str, defects: tuple[Defect, ...]) -> None:
        self.place, self.defects = place, defects
        errors = [defect for defect in defects if defect.severity == "error"]
        told = " ".join(defect_text(defect) for defect in errors)
        ValueError.__init__(self, f"{place} cannot be handed over, it has {len(errors)} defects. {told}")


def defect_text(defect: Defect) -> str:
    """`line 12 (Section): fact Remedy.`"""
    where = ", ".join(filter(None, (f"line {defect.line}" if defect.line else "", defect.section)))
    return f"{where}: {defect.fact} {defect.remedy}"


@dataclass(frozen=True)
class Review:
    """A document as the engine and the reviewer saw it."""

    design: PublishedDesign
    defects: tuple[Defect, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing stops the hand-over."""
        return not any(defect.severity == "error" for defect in self.defects)


def published_design(path: str, engine: str, wanted: frozenset[str] = frozenset()) -> PublishedDesign:
    """The contract of the document at `path`; `wanted` names the agents whose sections it must have.

    Raises `DefectiveDocumentError` with every defect, `InputError` for a path that is no text, `EngineError` when
    the engine cannot be had.
    """
    found = reviewed(path, engine, wanted)
    if not found.sound:
        raise DefectiveDocumentError(path, found.defects)
    return found.design.model_copy(update={"advice": found.defects})


def reviewed(path: str, engine: str, wanted: frozenset[str] = frozenset()) -> Review:
    """The contract and all defects of a document, whatever they are; only a text without any SQL is an error here."""
    raw = raw_text(path)
    readable_text = readable(raw)
    blocks, _ = source_blocks(raw)
    statements, broken = _statements(readable_text)
    seen = applied(_script(blocks, statements), engine_address(engine), family_of(readable_text))
    project = _project(Path(path), readable_text)
    design = published(raw, project, statements, seen.engine, seen.catalogue, seen.prepared)
    queries = tuple(typed(query, seen.catalogue) for query in design.queries)
    design = design.model_copy(update={"queries": queries})
    unreadable = tuple(
        Defect(section=_section(blocks, fault.line), fact=fault.fact, remedy=fault.remedy, line=fault.line)
        for fault in (*broken, *faults(blocks))
    )
    found = (*unreadable, *document_review(design, seen.refusals, wanted))
    return Review(design, tuple(sorted(found, key=lambda d: (d.line or 0, d.fact))))


def raw_text(path: str) -> str:
    """The document's characters as they are; a file that is no UTF-8 is read as any other text file."""
    content = document_bytes(path)
    decoded(content, path)  # refuses what is no text
    try:
        return content.decode()
    except UnicodeDecodeError:
        return decoded(content, path)


def _statements(text: str) -> tuple[tuple[SqlStatement, ...], tuple[DocumentError, ...]]:
    """Every statement, and why a block cannot be cut into statements; the other blocks still run."""
    found: list[SqlStatement] = []
    broken: list[DocumentError] = []
    for block in sql_script(text):
        try:
            parts = split_statements(block.text)
        except UnclosedError as error:
            line = block.line + error.line - 1
            broken.append(DocumentError(error.fact, "Close it in this sql block.", line))
            continue
        found.extend(SqlStatement(part.text, block.line + part.line - 1) for part in parts)
    return tuple(found), tuple(broken)


def _script(blocks: tuple[SourceBlock, ...], statements: tuple[SqlStatement, ...]) -> Script:
    """What the engine is asked: the SQL, and what YAML says of metrics, settings and extensions."""
    facts = Facts(blocks)
    path = ("performance_monitoring", "database_metrics")
    metrics = (
        (text(item.get("name")), text(item.get("query")), facts.line(*path, position, "query"))
        for position, item in facts.items(*path)
    )
    names = facts.get("database", "extensions")
    listed = enumerate(names if isinstance(names, list) else [])
    return Script(
        statements=statements,
        metrics=tuple(metric for metric in metrics if metric[1].lower().startswith(("select ", "with "))),
        settings=tuple(settings(facts)),
        extensions=tuple((text(name), facts.line("database", "extensions", place)) for place, name in listed),
    )


def _project(path: Path, readable_text: str) -> str:
    """The folder that holds planning/, else the title, else the file's name."""
    file = path.absolute()
    if file.parent.name == "planning" and file.parent.parent.name:
        return slug(file.parent.parent.name)
    return slug(title(readable_text), fallback="") or slug(file.stem)


def _section(blocks: tuple[SourceBlock, ...], line: int | None) -> str:
    inside = (b for b in blocks if line and b.line and b.line <= line <= b.line + b.text.count("\n") + 1)
    return next((block.section for block in inside), "")
