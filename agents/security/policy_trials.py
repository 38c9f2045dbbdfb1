"""Attacks on the policies: nobody said who asks, somebody reaches for another's rows, or adds some in his name."""

from collections.abc import Iterable

from agents.dialects.postgresql import literal, quoted
from agents.schema_design.dataset import Dataset
from agents.security.basis import Draft, as_user
from agents.security.guards import Guard
from contracts.claims import Accepted, Refused, Returns, Session
from contracts.schema import Table


def attacks(draft: Draft, loaded: bool, dataset: Dataset, guard: Guard, held: set[str]) -> None:
    """Somebody who did not say who he is, who said it and took it back, and who reaches for another's rows."""
    name, element = quoted(guard.table.name), f"security.policy.{guard.table.name}"
    key = quoted(guard.table.primary_key[0])
    if not guard.published:
        for case, session in (
            ("without_setting", Session(role=guard.role, fresh=True)),
            ("with_empty_setting", as_user(guard.role, guard.subject.setting, "")),
        ):
            draft.claim(
                f"policy.{guard.table.name}.{case}",
                element,
                f"{guard.role} sees no row of {guard.table.name} while {guard.subject.setting} is "
                f"{'empty' if 'empty' in case else 'not set'}",
                guard.serves,
                Returns(sql=(f"SELECT count({key}) FROM {name}",), rows=(("0",),), session=session),
            )
    if loaded:
        _reads(draft, guard, element)
        _writes(draft, dataset, guard, element, held)
    for column in guard.indexed_columns():
        draft.claim(
            f"policy.{guard.table.name}.{column}.indexed",
            element,
            f"An index leads with {guard.table.name}.{column}, so the policy does not read the whole table",
            guard.serves,
            _indexed(guard.table.name, column),
        )


def _reads(draft: Draft, guard: Guard, element: str) -> None:
    foreign, mine = _foreign_rows(guard)
    seen = "sees" if not guard.published else "reads everybody's but owns"
    if guard.published:
        return
    draft.claim(
        f"policy.{guard.table.name}.own_rows",
        element,
        f"On behalf of {guard.subject.table.name} row 1, {guard.role} {seen} that row's {guard.table.name} and "
        f"nobody else's",
        guard.serves,
        Returns(
            sql=(f"SELECT {foreign}, ({mine})::text FROM {_joined(guard)}",),
            rows=(("0", "true"),),
            session=guard.session(),
        ),
    )


def _joined(guard: Guard) -> str:
    """The table with the tables of its path; rows that the policies hide become NULL and count as foreign."""
    parts = [f"{quoted(guard.table.name)} AS t0"]
    for number, key in enumerate(guard.paths[0][:-1]):
        parts.append(
            f"LEFT JOIN {quoted(key.references)} AS t{number + 1} "
            f"ON t{number + 1}.{quoted(key.referenced_columns[0])} = t{number}.{quoted(key.columns[0])}"
        )
    return " ".join(parts)


def _foreign_rows(guard: Guard) -> tuple[str, str]:
    """Counts of rows that are not subject 1's (must be 0) and of all visible rows (must not be)."""
    if len(guard.paths) > 1:
        other = " AND ".join(f"t0.{quoted(path[0].columns[0])} IS DISTINCT FROM 1" for path in guard.paths)
    elif guard.paths[0]:
        other = f"t{len(guard.paths[0]) - 1}.{quoted(guard.paths[0][-1].columns[0])} IS DISTINCT FROM 1"
    else:
        other = f"t0.{quoted(guard.subject.key())} IS DISTINCT FROM 1"
    return f"count(*) FILTER (WHERE {other})", "count(*) > 0"


def _writes(draft: Draft, dataset: Dataset, guard: Guard, element: str, held: set[str]) -> None:
    """Adding a row in another's name, and changing or removing another's rows."""
    table, path = guard.table, guard.paths[0]
    name = quoted(table.name)
    if path and "insert" in held:
        others = {p[0].columns[0]: "2" if len(path) == 1 else str(dataset.of_another(p)) for p in guard.paths}
        draft.claim(
            f"policy.{table.name}.no_foreign_insert",
            element,
            f"On behalf of {guard.subject.table.name} row 1, a row of {table.name} in another's name is refused",
            guard.serves,
            Refused(sql=(dataset.insert(table, others),), sqlstate="42501", session=guard.session()),
        )
    if path and "insert" in held and not keyed(table, guard.mine()):
        draft.claim(
            f"policy.{table.name}.own_insert",
            element,
            f"On behalf of {guard.subject.table.name} row 1, a row of {table.name} in its own name is accepted",
            guard.serves,
            Accepted(sql=(dataset.insert(table, guard.mine()),), session=guard.session(), affects=1),
        )
    if len(guard.paths) == 1:
        other = "2" if len(path) <= 1 else str(dataset.of_another(path))
        own = f"{quoted(path[0].columns[0] if path else guard.subject.key())} = {other}"
        column = quoted(plain_column(table))
        for privilege, sql in (
            ("update", f"UPDATE {name} SET {column} = {column} WHERE {own}"),
            ("delete", f"DELETE FROM {name} WHERE {own}"),
        ):
            if privilege in held:
                draft.claim(
                    f"policy.{table.name}.no_foreign_{privilege}",
                    element,
                    f"On behalf of {guard.subject.table.name} row 1, {privilege} of another's {table.name} "
                    f"touches no row",
                    guard.serves,
                    Accepted(sql=(sql,), session=guard.session(), affects=0),
                )


def keyed(table: Table, columns: Iterable[str]) -> bool:
    """Whether a row may stand already under a key with one of these columns, so that a second one breaks the key."""
    keys = (table.primary_key, *(unique.columns for unique in table.uniques))
    return any(column in key for column in columns for key in keys)


def plain_column(table: Table) -> str:
    """The last column that an UPDATE may set: not generated, and no identity (refused with 428C9 before privileges)."""
    return next(c.name for c in reversed(table.columns) if not c.identity and c.generated is None)


def _indexed(table: str, column: str) -> Returns:
    sql = (
        "SELECT (count(*) > 0)::text FROM pg_index AS i "
        "JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
        f"WHERE i.indrelid = {literal(quoted(table))}::regclass AND i.indpred IS NULL AND a.attname = {literal(column)}"
    )
    return Returns(sql=(sql,), rows=(("true",),))
