"""Which column of a synthetic row follows which, where two of its references lead to one row.

The owner follows the row in the middle; where a key or a rule against overlaps orders the rows by their owner, or
another reference says the owner already, the row in the middle is the first one of that owner instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from agents.schema_design.row_keys import is_told_apart
from contracts.schema import ForeignKey, Table


@dataclass(frozen=True)
class Follows:
    """The column follows `by` of its own table, over the row in the middle that `key` refers to and its `theirs`.

    `as_owner`: it is the owner of that row; else it is the owner's first row.
    """

    by: str
    key: ForeignKey
    theirs: str
    as_owner: bool


def follows(table: Table) -> Mapping[str, Follows]:
    """The columns of a table that follow others, each once."""
    found: dict[str, Follows] = {}
    keys = (table.primary_key, *(u.columns for u in table.uniques if not is_told_apart(table, u.columns)))
    fixed = {c for key in (*keys, *(rule.equal for rule in table.exclusions)) for c in key}
    for key in table.foreign_keys:
        middle = key.columns[0]
        for own, theirs in key.agreeing:
            if own not in found and own not in fixed:
                found[own] = Follows(middle, key, theirs, True)
            elif middle not in found:
                found[middle] = Follows(own, key, theirs, False)
            fixed |= {own, middle}
    return found
