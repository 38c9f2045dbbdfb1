"""What a published document is handed over from: its script applied on an engine, and an engine for its suite."""

from dataclasses import dataclass

from artifacts.published_queries import Prepared
from artifacts.statements import SqlStatement
from contracts.catalogue import Catalogue
from contracts.claims import Engine
from contracts.published import PublishedSetting, Refusal


@dataclass(frozen=True)
class Script:
    """What is asked of the engine: statements in order, metric queries and settings by name, extensions by name."""

    statements: tuple[SqlStatement, ...]
    metrics: tuple[tuple[str, str, int | None], ...] = ()
    settings: tuple[PublishedSetting, ...] = ()
    extensions: tuple[tuple[str, int | None], ...] = ()


@dataclass(frozen=True)
class Applied:
    """What the engine said: the database that the script made, the queries that it prepared, and what was refused."""

    engine: Engine
    catalogue: Catalogue
    prepared: tuple[Prepared, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class Offered:
    """An engine on which a suite may make databases; `address` is its DATABASE_URL, empty where none is needed."""

    engine: Engine
    address: str


def refused(statement: SqlStatement, sqlstate: str | None, message: str) -> Refusal:
    """What the engine said to a statement of the script."""
    return Refusal(
        kind="statement", subject=statement.text, sqlstate=sqlstate or "", message=message, line=statement.line
    )


def refused_setting(setting: PublishedSetting, sqlstate: str, message: str) -> Refusal:
    """What the engine said to a setting."""
    subject = f"{setting.name} = {setting.value}"
    return Refusal(kind="setting", subject=subject, sqlstate=sqlstate, message=message, line=setting.line)
