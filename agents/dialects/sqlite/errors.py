"""SQLite's result codes as SQLSTATEs: what was broken, in the words that other engines use.

Source: sqlite.org, Result and Error Codes.
"""

CODES: dict[int, tuple[str, str]] = {
    1299: ("SQLITE_CONSTRAINT_NOTNULL", "23502"),
    787: ("SQLITE_CONSTRAINT_FOREIGNKEY", "23503"),
    2067: ("SQLITE_CONSTRAINT_UNIQUE", "23505"),
    1555: ("SQLITE_CONSTRAINT_PRIMARYKEY", "23505"),
    2579: ("SQLITE_CONSTRAINT_ROWID", "23505"),
    275: ("SQLITE_CONSTRAINT_CHECK", "23514"),
    1811: ("SQLITE_CONSTRAINT_TRIGGER", "23514"),  # RAISE
    3091: ("SQLITE_CONSTRAINT_DATATYPE", "22023"),  # a STRICT column
    20: ("SQLITE_MISMATCH", "22023"),  # an INTEGER PRIMARY KEY that is no integer
    5: ("SQLITE_BUSY", "55P03"),
    6: ("SQLITE_LOCKED", "55P03"),
    8: ("SQLITE_READONLY", "25006"),
    13: ("SQLITE_FULL", "53100"),
    18: ("SQLITE_TOOBIG", "54000"),
    23: ("SQLITE_AUTH", "42501"),
    9: ("SQLITE_INTERRUPT", "57014"),
    19: ("SQLITE_CONSTRAINT", "23000"),  # of another kind
}
"""Name and SQLSTATE (the standard's, or PostgreSQL's where the standard has none) of each extended result code."""

BY_STATE: dict[str, tuple[str, ...]] = {
    state: tuple(name for name, other in CODES.values() if other == state) for _, state in CODES.values()
}
"""The names of the codes of each SQLSTATE; a trigger's own words carry theirs."""
