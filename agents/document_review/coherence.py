"""Parts of a document that speak of one another and disagree."""

from collections.abc import Iterator

from agents.document_review.place import section_of
from contracts.published import Defect, PublishedDesign

WAITS_FOR_STANDBY = frozenset({"remote_write", "remote_apply"})


def incoherent(design: PublishedDesign) -> Iterator[Defect]:
    """Names that do not resolve, and numbers that contradict each other."""
    yield from _synchronous(design)
    yield from _unknown_queries(design)
    yield from _unknown_tables(design)
    yield from _connections(design)


def _synchronous(design: PublishedDesign) -> Iterator[Defect]:
    values = {setting.name: setting for setting in design.settings}
    commit = values.get("synchronous_commit")
    if commit and commit.value in WAITS_FOR_STANDBY and "synchronous_standby_names" not in values:
        yield _at(
            design,
            commit.line,
            f"synchronous_commit = {commit.value} waits for a standby, and synchronous_standby_names names none, "
            "so it waits for nobody.",
            "Name the standby, or set synchronous_commit to on.",
        )


def _unknown_queries(design: PublishedDesign) -> Iterator[Defect]:
    """Queries that caches and routes name; a document without prepared queries names none."""
    known = {query.name for query in design.queries}
    if not known:
        return
    for entry in design.cache_entries:
        if entry.query and entry.query not in known:
            yield _at(design, entry.line, f'The cached value "{entry.name}" comes from the query "{entry.query}", '
                      "which the document does not prepare.", "Prepare the query, or correct its name.")  # fmt: skip
    for route in design.routes:
        if route.query not in known:
            yield _at(design, route.line, f'A route names the query "{route.query}", which the document does not '
                      "prepare.", "Prepare the query, or remove it from the route.")  # fmt: skip


def _unknown_tables(design: PublishedDesign) -> Iterator[Defect]:
    """Tables that an invalidation waits for."""
    known = {table.name for table in design.catalogue.tables}
    for entry in design.cache_entries:
        for event in entry.events:
            if event.table and event.table not in known:
                yield _at(design, entry.line, f'"{entry.name}" becomes stale by writes to "{event.table}", and no such '
                          "table exists.", "Correct the table's name in the trigger.")  # fmt: skip


def _connections(design: PublishedDesign) -> Iterator[Defect]:
    limit = next((s for s in design.settings if s.name == "max_connections"), None)
    wanted = sum((pool.size or 0) * pool.instances for pool in design.pools)
    if limit and limit.value.isdigit() and wanted > int(limit.value):
        yield _at(design, limit.line, f"The pools open {wanted} connections, and max_connections is {limit.value}.",
                  "Make the pools smaller, or raise max_connections.")  # fmt: skip


def _at(design: PublishedDesign, line: int | None, fact: str, remedy: str) -> Defect:
    return Defect(section=section_of(design, line), line=line, fact=fact, remedy=remedy)
