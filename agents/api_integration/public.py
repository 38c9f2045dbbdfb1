"""Which operations need no token: those of a public API that show no person and nobody's own rows."""

from collections.abc import Iterable

from contracts.api import Authentication, Operation
from contracts.published import PublishedDesign

_CLOSED = frozenset({"personal", "health", "payment", "secret"})


def opened(operations: Iterable[Operation], design: PublishedDesign, scheme: Authentication) -> tuple[Operation, ...]:
    """The operations with `anonymous` set: sign-in always, reads of open tables of a public API."""
    return tuple(o.model_copy(update={"anonymous": _is_open(o, design, scheme)}) for o in operations)


def _is_open(operation: Operation, design: PublishedDesign, scheme: Authentication) -> bool:
    if scheme.kind == "none" or operation.answer == "token":
        return True
    if not design.application.public_api or operation.method != "get" or operation.tag == "reports":
        return False
    tables = {name for service in operation.statements for name in _tables(service.query, design)}
    fields = operation.result.fields if operation.result else ()
    return not any(design.data_table(name).row_security for name in tables) and not any(
        field.sensitivity in _CLOSED for field in fields
    )


def _tables(query: str, design: PublishedDesign) -> tuple[str, ...]:
    found = design.query(query)
    return tuple(dict.fromkeys((*found.tables, *((found.table,) if found.table else ()))))
