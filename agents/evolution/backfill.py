"""Rows that exist are changed in batches, each a transaction of its own: short locks, little bloat, and it can go on.

Each batch is a range of the primary key, so that no batch reads what an earlier one has done, and rows that are right
already are left alone: the block may be stopped and run again. Triggers of the application stay out of it
(`session_replication_role`), because a backfill is nobody's change: it must not move `updated_at` nor fill an audit.
"""

from collections.abc import Sequence

BATCH = 5000
"""Rows a transaction: some tens of milliseconds of locks, and few enough that a standby keeps up."""


def backfill(table: str, key: Sequence[str], assignments: str, needed: str) -> str:
    """The DO block that carries out `assignments` on rows where `needed` holds; without a key one UPDATE for all."""
    if not key:
        return f"UPDATE {table} SET {assignments} WHERE {needed}"
    return _batches(table, key, f"UPDATE {table} SET {assignments} WHERE {{rows}} AND ({needed})")


def kept_rows(table: str, key: Sequence[str], column: str, place: str) -> str:
    """The DO block that copies key and column of every row into `place`; rows that lie there already are left."""
    columns = ", ".join(key)
    return _batches(
        table, key, f"INSERT INTO {place} SELECT {columns}, {column} FROM {table} WHERE {{rows}} ON CONFLICT DO NOTHING"
    )


def _batches(table: str, key: Sequence[str], statement: str) -> str:
    """A loop over ranges of the key; `{rows}` in the statement becomes the batch's condition.

    FOUND says whether there is a further batch: it is asked for before the work, which would change it.
    """
    declared, low, following, columns = _variables(table, key)
    inside = statement.replace("{rows}", f"({columns}) >= ({low}) AND ({columns}) < ({following})")
    last = statement.replace("{rows}", f"({columns}) >= ({low})")
    steps = "".join(f"        low_{n} := next_{n};\n" for n in range(len(key)))
    return f"""DO $backfill$
DECLARE
{declared}BEGIN
    SELECT {columns} INTO {low} FROM {table} ORDER BY {columns} LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    LOOP
        SELECT {columns} INTO {following} FROM {table} WHERE ({columns}) >= ({low})
            ORDER BY {columns} OFFSET {BATCH} LIMIT 1;
        IF NOT FOUND THEN
            {last};
            EXIT;
        END IF;
        {inside};
        COMMIT;
{steps}    END LOOP;
END
$backfill$"""


def _variables(table: str, key: Sequence[str]) -> tuple[str, str, str, str]:
    """Declarations, the two lists of variables, and the list of the key's columns."""
    numbered = list(enumerate(key))
    declared = "".join(f"    low_{n} {table}.{c}%TYPE;\n    next_{n} {table}.{c}%TYPE;\n" for n, c in numbered)
    low, following = (", ".join(f"{word}_{n}" for n, _ in numbered) for word in ("low", "next"))
    return declared, low, following, ", ".join(f"{table}.{c}" for c in key)
