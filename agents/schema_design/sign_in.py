"""What sign-in reads: one rule for the query that finds a person by name and for the grant of the role that runs it."""

from contracts.schema import Table

_STATE = ("status", "is_active", "active", "deleted_at")
"""Columns that say whether an account may be used."""


def sign_in_columns(table: Table) -> tuple[str, ...]:
    """The key, the unique names, the secrets and the account's state: before anybody is known, no more is needed."""
    unique = {name for key in table.uniques for name in key.columns}
    wanted = {*table.primary_key, *unique, "email", *_STATE}
    return tuple(c.name for c in table.columns if c.name in wanted or c.sensitivity == "secret")
