"""Attempts to see through a masked view."""

from agents.dialects.postgresql import literal, quoted
from agents.security.basis import Draft, as_user, listed
from contracts.claims import Refused, Returns
from contracts.schema import Table
from contracts.security import MaskedView

_PEEK = """
CREATE FUNCTION pg_temp.peek(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS
    $peek$ BEGIN PERFORM set_config('app.peeked', $1, true); RETURN true; END $peek$"""


def masking_trials(draft: Draft, table: Table, view: MaskedView, loaded: bool) -> None:
    """Each reader tries the raw columns; the values, the barrier and the columns of the view are compared."""
    element, masks = f"security.masking.{view.name}", view.masks
    first = quoted(masks[0].column)
    for role in view.roles:
        draft.claim(
            f"masking.{view.name}.{role}",
            element,
            f"{role} reads {view.name} and is refused {listed([mask.column for mask in masks], 12)} of {table.name}",
            view.serves,
            Refused(
                sql=(f"SELECT {first} FROM {quoted(view.name)} LIMIT 1", f"SELECT {first} FROM {quoted(table.name)}"),
                sqlstate="42501",
                session=as_user(role),
            ),
        )
    shown = [c.name for c in table.columns if c.name not in view.left_out and c.sensitivity not in ("secret", "health")]
    draft.claim(
        f"masking.{view.name}.shows",
        element,
        f"{view.name} is a security barrier and has {len(shown)} columns"
        + (f", none of them {' or '.join(view.left_out)}" if view.left_out else ""),
        view.serves,
        Returns(
            sql=(
                "SELECT coalesce(c.reloptions @> '{security_barrier=true}', false)::text,"
                " string_agg(a.attname, ',' ORDER BY a.attnum)"
                " FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0"
                f" WHERE c.oid = {literal(quoted(view.name))}::regclass GROUP BY c.oid, c.reloptions",
            ),
            rows=(("true", ",".join(shown)),),
        ),
    )
    if loaded:
        _values(draft, table, view, element)
        _peeking(draft, view, element)


def _values(draft: Draft, table: Table, view: MaskedView, element: str) -> None:
    """Row by row, every value is its mask and no text is the raw one."""
    keys = [quoted(key) for key in table.primary_key]
    values = ", ".join(
        f"{quoted(mask.column)} AS raw_{n}, {mask.expression} AS mask_{n}" for n, mask in enumerate(view.masks)
    )
    wrong = [f"s.{quoted(mask.column)} IS DISTINCT FROM r.mask_{n}" for n, mask in enumerate(view.masks)]
    wrong += [
        f"s.{quoted(mask.column)}::text = r.raw_{n}::text"
        for n, mask in enumerate(view.masks)
        if table.column(mask.column).type not in ("date", "timestamp")  # the first of January is its own year
    ]
    joined = f"{quoted(view.name)} AS s JOIN (SELECT {', '.join(keys)}, {values} FROM {quoted(table.name)}) AS r"
    draft.claim(
        f"masking.{view.name}.values",
        element,
        f"Each value of {view.name} is the mask of the value in {table.name}, and none is the value itself",
        view.serves,
        Returns(
            sql=(
                f"SELECT count(*) FILTER (WHERE {' OR '.join(wrong)}), (count(*) > 0)::text"
                f" FROM {joined} USING ({', '.join(keys)})",
            ),
            rows=(("0", "true"),),
        ),
    )


def _peeking(draft: Draft, view: MaskedView, element: str) -> None:
    """The cheapest condition that the reader can make, on a masked text, is given the mask."""
    mask = next((mask for mask in view.masks if "***" in mask.expression), None)
    if mask is None:
        return
    draft.claim(
        f"masking.{view.name}.peeking",
        element,
        f"A condition of {view.roles[0]}'s own on {view.name}.{mask.column} is given masked values",
        view.serves,
        Returns(
            sql=(
                _PEEK,
                f"SELECT FROM {quoted(view.name)} WHERE {quoted(mask.column)} IS NOT NULL"
                f" AND pg_temp.peek({quoted(mask.column)}) LIMIT 1",
                "SELECT (current_setting('app.peeked') LIKE '%***%')::text",
            ),
            rows=(("true",),),
            session=as_user(view.roles[0]),
        ),
    )
