"""Functions and triggers of PostgreSQL that keep a rule over the rows of two tables."""

from collections.abc import Iterable

from agents.dialects.postgresql import quoted
from contracts.base import Statement


def guard_statements(
    name: str, body: str, when: str, comment: str, element: str, each: str = "ROW"
) -> list[Statement]:  # fmt: skip
    """A function and its trigger. It runs as its owner, because it looks at rows that the writer may not see."""
    function = (
        f"CREATE FUNCTION {name}() RETURNS trigger\nLANGUAGE plpgsql SECURITY DEFINER\n"
        f"SET search_path = pg_catalog, pg_temp\nAS $body$\n{body}\n$body$"
    )
    trigger = f"CREATE TRIGGER {name} {when}\n    FOR EACH {each} EXECUTE FUNCTION {name}()"
    return [
        Statement(id=f"function.{name}", section="schema", sql=function, comment=comment, element=element),
        Statement(
            id=f"function.{name}.revoke", section="schema", sql=f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC",
            comment="Only its trigger calls it", element=element,
        ),
        Statement(id=f"trigger.{name}", section="schema", sql=trigger, element=element),
    ]  # fmt: skip


def unless_changed(columns: Iterable[str]) -> str:
    """An update that writes the same values again changes nothing: nothing is locked, written or audited for it."""
    before, after = (", ".join(f"{row}.{quoted(c)}" for c in columns) for row in ("OLD", "NEW"))
    return f"IF TG_OP = 'UPDATE' AND ROW({before}) IS NOT DISTINCT FROM ROW({after}) THEN RETURN NULL; END IF;"
