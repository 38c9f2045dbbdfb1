"""Types of parameters that an engine does not describe: those of the columns that they meet in the statement."""

from agents.api_integration.queries import query_facts
from contracts.catalogue import Catalogue
from contracts.published import PublishedQuery

UNTOLD = "text"
WHOLE = "bigint"


def typed(query: PublishedQuery, catalogue: Catalogue) -> PublishedQuery:
    """The query with a type for each parameter; one that meets no column is a text, one of LIMIT a number."""
    if all(parameter.type for parameter in query.parameters):
        return query
    facts = query_facts(query, catalogue)
    met = {} if facts is None else {
        **{key.position: (facts.table, key.column) for key in facts.keyset},
        **{c.position: (c.table, c.column) for c in facts.comparisons if c.operator not in ("search", "unknown")},
    }  # fmt: skip
    kinds = {(table.name, column.name): column.base for table in catalogue.tables for column in table.columns}
    parameters = tuple(
        parameter.model_copy(
            update={"type": parameter.type or kinds.get(met.get(place, ("", "")), _by_name(parameter.name))}
        )
        for place, parameter in enumerate(query.parameters, start=1)
    )
    return query.model_copy(update={"parameters": parameters})


def _by_name(name: str) -> str:
    return WHOLE if name in ("limit", "page_size", "offset") else UNTOLD
