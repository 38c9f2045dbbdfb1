"""What the generated suite must know: the facts of the document as plain data, and which requirements they serve."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from agents import dialects
from contracts.published import PublishedDesign, PublishedQuery, SourceTable
from contracts.validation import ApplicationValidation

Data = dict[str, Any]

OWN_TABLES = frozenset({"schema_migrations"})
"""Tables that the document keeps for itself, as the trail and its seals: no row of the application stands in them."""

_WITHOUT = re.compile(r"^(\w+) refuses a row without: (.+)$")
_TOUCHES = re.compile(r"^an update of (\w+) sets (\w+), whatever")
_TRAIL = re.compile(r"^Changes of (.+?) leave a trail in `?(\w+)`?", re.MULTILINE)
_READS = re.compile(r"^Reads are recorded in `(\w+)`", re.MULTILINE)
_GRANTED = re.compile(r"([\w$]+)(?:\s*\([^)]*\))?")


def application_validation(design: PublishedDesign) -> ApplicationValidation:
    """The suite's facts; nothing is taken from the SQL that the server did not make of it."""
    return ApplicationValidation(
        project=design.project,
        title=design.title,
        document_digest=design.document_digest,
        edited=design.edited,
        facts=json.loads(json.dumps(_facts(design))),
        requirements=design.requirements,
    )


def _facts(design: PublishedDesign) -> Data:
    catalogue, asked = design.catalogue.model_dump(mode="json"), design.application
    audited, log = _audit(design)
    logs = [name for name in (log, *_READS.findall(design.document())[:1]) if name]
    trail = {name for each in logs for name in (each, f"{each}_seals")}
    kept = OWN_TABLES | dialects.handover(design.catalogue.dialect).own_tables
    own = sorted((kept | trail) & {t.name for t in design.catalogue.tables})
    return {
        "project": design.project,
        "dialect": design.catalogue.dialect,
        "title": design.title,
        "document_digest": design.document_digest,
        "identity": asked.identity,
        "owner_table": asked.owner_table,
        "moved": sorted(
            {moved for t in design.catalogue.tables for way in t.triggers for moved in design.moved_by(way)}
        ),
        "sign_in": asked.sign_in,
        "own_tables": own,
        "tables": catalogue["tables"],
        "grants": catalogue["grants"],
        "role_rows": catalogue["roles"],
        "roles": [role.name for role in design.catalogue.roles],
        "migrations": catalogue["migrations"],
        "queries": [_query(query) for query in design.queries],
        "cache": [entry.model_dump(mode="json") for entry in design.cache_entries],
        "caches": [cache.model_dump(mode="json") for cache in design.caches],
        "settings": _settings(design),
        "machine": design.machine.model_dump(mode="json") if design.machine else None,
        "backup": design.backup.model_dump(mode="json") if design.backup else None,
        "states": [state.model_dump(mode="json") for state in asked.states],
        "volumes": {volume.table: volume.rows for volume in asked.volumes},
        "targets": _targets(design),
        "claims": {"refuses_null": list(_refuses_null(design)), "touches": list(_touches(design))},
        "audited": audited,
        "audit_log": log,
        "stated_grants": _stated_grants(design),
        "elements": list(_elements(design)),
        "serves": _serves(design),
        "script": [{"line": line, "sql": sql} for line, sql in _script(design)],
    }


def _query(query: PublishedQuery) -> Data:
    """A query with the PREPARE statement that makes it in another session of PostgreSQL."""
    kinds = ", ".join(parameter.type for parameter in query.parameters)
    prepare = f'PREPARE "{query.name}"{f" ({kinds})" if kinds else ""} AS {query.sql}'
    return query.model_dump(mode="json", exclude={"evidence"}) | {"prepare": prepare}


def _script(design: PublishedDesign) -> Iterator[tuple[int | None, str]]:
    """The document's statements with their lines."""
    for statement in design.statements:
        yield statement.line, statement.sql


def _settings(design: PublishedDesign) -> dict[str, list[str]]:
    """Every value that the document gives a server setting: the server's own first, then the environments'."""
    found: dict[str, list[str]] = {setting.name: [setting.value] for setting in design.settings}
    for environment in design.environments:
        group = environment.groups.get(design.catalogue.dialect)
        for name, value in (group if isinstance(group, dict) else {}).items():
            found.setdefault(name, []).append(str(value))
    return found


def _targets(design: PublishedDesign) -> Data:
    names = ("response_ms", "requests_per_second", "concurrent_users", "read_share")
    return {name: getattr(design.application, name) for name in names}


def _refuses_null(design: PublishedDesign) -> Iterator[tuple[str, str]]:
    """NOT NULL as the document's own proof claims it, so that a column that lost it is noticed."""
    for row in design.evidence:
        found = _WITHOUT.match(row.claim)
        for column in found[2].split(";") if found else ():
            if re.fullmatch(r"\w+", column.strip()):
                yield found[1] if found else "", column.strip()


def _touches(design: PublishedDesign) -> Iterator[tuple[str, str]]:
    for row in design.evidence:
        found = _TOUCHES.match(row.claim)
        if found:
            yield found[1], found[2]


def _audit(design: PublishedDesign) -> tuple[list[str], str]:
    """The tables whose changes are recorded, and where, as the security section says."""
    found = _TRAIL.search(design.document())
    if not found:
        return [], ""
    known = {table.name for table in design.catalogue.tables}
    return [name for name in re.findall(r"`(\w+)`", found[1]) if name in known], found[2]


def _stated_grants(design: PublishedDesign) -> dict[str, dict[str, list[str]]]:
    """What the table `Role | May | On` gives to each role, by table."""
    stated: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for table in design.tables:
        if table.header == ("Role", "May", "On"):
            _add_grants(table, stated)
    return {role: {name: sorted(set(may)) for name, may in tables.items()} for role, tables in stated.items()}


def _add_grants(table: SourceTable, stated: dict[str, dict[str, list[str]]]) -> None:
    for role, may, on in table.rows:
        for name in _GRANTED.findall(on):
            stated[role][name] += [command.strip() for command in may.split(",")]


def _elements(design: PublishedDesign) -> Iterator[tuple[str, str]]:
    """Every element that the trace names, once."""
    found = ((kind, name) for row in design.requirements for kind, names in row.elements.items() for name in names)
    return iter(dict.fromkeys(found))


def _serves(design: PublishedDesign) -> dict[str, list[str]]:
    """`table users` → the requirements that it serves; a requirement speaks for itself as `rule <id>`."""
    serving: dict[str, list[str]] = defaultdict(list)
    for row in design.requirements:
        serving[f"rule {row.id}"].append(row.id)
        for kind, names in row.elements.items():
            for name in names:
                serving[f"{kind} {name}"].append(row.id)
    if design.backup:
        serving["backup backup"] = serving.get(f"backup {design.backup.method}", [])
    return dict(serving)
