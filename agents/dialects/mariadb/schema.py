"""MariaDB's part of the design: InnoDB tables, indexes, triggers, and what MariaDB lacks."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from agents.dialects import ordered
from agents.dialects.mariadb import sql
from agents.dialects.mariadb.ddl import (
    index_statement,
    is_address_text,
    late_references,
    table_statement,
    truth_name,
)
from agents.dialects.mariadb.native import native
from agents.dialects.mariadb.spelling import LABEL
from agents.dialects.mariadb.triggers import trigger_statements
from agents.naming import constraint_name
from agents.schema_design import schema_design as designed
from agents.schema_design.claims import CHECK
from agents.schema_design.dataset import Dataset
from agents.schema_design.gaps import compared_keys, gap, refusing_compared
from agents.schema_design.own_indexes import searches, with_own_indexes, words_claim
from agents.schema_design.partitions import ROWS_FROM, rows_after, unsplit
from agents.schema_design.physical import Logical, Made, Physical
from agents.schema_design.room import open_parent, open_parents
from agents.schema_design.spelling import Abilities
from contracts.base import Statement
from contracts.claims import Accepted, Claim, Refused, Returns
from contracts.requirements import Requirements
from contracts.schema import Gap, Query, SchemaDesign, Table


def schema_design(requirements: Requirements, start: dt.date) -> SchemaDesign:
    """The schema of one project for MariaDB."""
    return designed_for(requirements, start, MARIADB)


def designed_for(requirements: Requirements, start: dt.date, physical: Physical) -> SchemaDesign:
    """The schema for this product of the family."""
    made = designed(requirements, start, physical)
    parents = tuple(dict.fromkeys(map(open_parent, open_parents(made.lifecycles, made.totals).values())))
    return made.model_copy(update={"claims": tuple(_asked_before(claim, parents) for claim in made.claims)})


def _asked_before(claim: Claim, parents: Sequence[str]) -> Claim:
    """The claim with a parent's key read by a statement of its own, as an application does: an INSERT that reads the
    table which its trigger updates is refused (1442)."""
    trial = claim.trial
    if not isinstance(trial, Accepted | Refused | Returns):
        return claim
    said, steps = trial.sql, list[str]()
    for number, parent in enumerate(parents, start=1):
        if any(parent in statement for statement in said):
            steps.append(f"SET @open_parent_{number} = {parent}")
            said = tuple(statement.replace(parent, f"@open_parent_{number}") for statement in said)
    return claim.model_copy(update={"trial": trial.model_copy(update={"sql": (*steps, *said)})}) if steps else claim


def _whole(tables: tuple[Table, ...], requirements: Requirements, start: dt.date) -> tuple[Table, ...]:
    """No table is split, since partitions have no foreign keys; and no key sets what a CHECK reads to NULL."""
    return tuple(_checkable(refusing_compared(_in_key_order(table))) for table in unsplit(tables, requirements, start))


def _in_key_order(table: Table) -> Table:
    """Keys that composite references name, in the order of these, and an index over all of a reference's columns:
    InnoDB looks for the columns from the first on, and makes an index by itself where there is none."""
    targets = (t.model_copy(update={"columns": (*t.columns[1:], t.columns[0])}) for t in table.targets)
    keys = (k.model_copy(update={"whole_index": True}) if k.agreeing else k for k in table.foreign_keys)
    return table.model_copy(update={"targets": tuple(targets), "foreign_keys": tuple(keys)})


def _checkable(table: Table) -> Table:
    """Keys that would set a column to NULL refuse instead where a CHECK reads it: MariaDB allows not both (1901)."""
    read = {name for check in table.checks for name in (check.column, check.other)}
    keys = tuple(
        key.model_copy(update={"on_delete": "restrict", "because": f"{_RESTRICTED}; {key.because}"})
        if key.on_delete == "set null" and read & set(key.columns)
        else key
        for key in table.foreign_keys
    )
    return table.model_copy(update={"foreign_keys": keys})


_RESTRICTED = "a CHECK reads the column, and MariaDB sets no such column to NULL by itself"


def words_name(table: str, columns: Sequence[str]) -> str:
    """The name of the FULLTEXT index over these columns of a table."""
    return constraint_name("ftx", table, *columns)


def made_of(logical: Logical, spelled: Callable[[Table], Table] = native) -> Made:
    """Tables as the product spells them, their indexes and triggers, the queries, and what is lacking."""
    indexes, queries = with_own_indexes(logical, words_name)
    tables, folded = tuple(map(spelled, logical.tables)), _folded(logical)
    statements: list[Statement] = []
    late: list[Statement] = []
    done: list[str] = []
    for table in tables:
        statements.append(table_statement(table, done, folded))
        late += late_references(table, done)
        done.append(table.name)
        statements += [index_statement(index, table) for index in indexes if index.table == table.name]
    statements += late
    statements += trigger_statements(logical)
    statements += map(sql.query_statement, queries)
    return Made(
        tables=tables, indexes=indexes, queries=queries, statements=tuple(statements), gaps=tuple(_gaps(logical))
    )


def _folded(logical: Logical) -> frozenset[tuple[str, str]]:
    """Columns, with their tables, that are searched for words and that no key has to tell apart by case.

    All columns of a FULLTEXT index share one collation, and a search tells cases apart as that does.
    """
    keys = {
        (t.name, c) for t in logical.tables for key in (t.primary_key, *(u.columns for u in t.uniques)) for c in key
    }
    keys |= {(i.table, key.column or "") for i in logical.indexes if i.unique for key in i.keys}
    groups = [{(q.table, column) for column in _searched(logical, q)} for q in logical.queries]
    return frozenset(column for group in groups if not group & keys for column in group)


def _searched(logical: Logical, query: Query) -> list[str]:
    """The columns in which a query looks for words."""
    return [name.strip("`") for name in filter(None, logical.searched.get(query.name, "").split(", "))]


def own_claims(logical: Logical, dataset: Dataset, spelled: Callable[[Table], Table] = native) -> tuple[Claim, ...]:
    """What only this family can be asked."""
    made = [claim for table in logical.tables for claim in _truths(spelled(table), dataset)]
    for name, queries in searches(logical, words_name).items():
        made += [words_claim(name, query) for query in queries]
    return (*made, *_lints(logical))


def _truths(table: Table, dataset: Dataset) -> Iterator[Claim]:
    """A BOOLEAN is a small number, so that its check has to refuse another one."""
    for column in table.columns:
        if column.type == "boolean":
            name = truth_name(table, column)
            yield Claim(
                id=f"{table.name}.{name}",
                sentence=f"{table.name} refuses 2 as {column.name}, which is true or false",
                element=f"table.{table.name}",
                serves=column.serves,
                trial=Refused(sql=(dataset.insert(table, {column.name: "2"}),), sqlstate=CHECK),
            )
        if is_address_text(column):
            yield Claim(
                id=f"{table.name}.{truth_name(table, column)}",
                sentence=f"{table.name} refuses 10.0.0.256 as {column.name}, which is no address",
                element=f"table.{table.name}",
                serves=column.serves,
                trial=Refused(sql=(dataset.insert(table, {column.name: "'10.0.0.256'"}),), sqlstate=CHECK),
            )


def _lints(logical: Logical) -> Iterator[Claim]:
    """What the finished catalogue must answer."""
    folded = sorted(_folded(logical))
    names = ", ".join(sql.literal(table.name) for table in logical.tables)
    own = f"table_schema = DATABASE() AND table_name IN ({names})"
    for identity, sentence, question in (
        ("engine", "every table is InnoDB, which alone keeps foreign keys and transactions",
         f"SELECT table_name FROM information_schema.tables WHERE {own} AND engine <> 'InnoDB' ORDER BY 1"),
        ("collation", "every text that is not searched for words compares by its characters alone",
         f"SELECT table_name, column_name FROM information_schema.columns WHERE {own} "
         f"AND collation_name NOT IN ('{sql.COLLATION}', 'utf8mb4_bin', 'ascii_bin') {_but(folded)}ORDER BY 1, 2"),
        ("inexact_number", "no number is a binary float",
         f"SELECT table_name, column_name FROM information_schema.columns WHERE {own} "
         "AND data_type IN ('float', 'double') ORDER BY 1, 2"),
        ("timestamp_type", "no moment is a TIMESTAMP, which ends in 2038 and follows each session's time zone",
         f"SELECT table_name, column_name FROM information_schema.columns WHERE {own} "
         "AND data_type = 'timestamp' ORDER BY 1, 2"),
        ("missing_primary_key", "every table has a primary key",
         f"SELECT t.table_name FROM information_schema.tables AS t WHERE {own.replace('table_', 't.table_')} "
         "AND NOT EXISTS (SELECT 1 FROM information_schema.table_constraints AS c WHERE "
         "c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.constraint_type = 'PRIMARY KEY') "
         "ORDER BY 1"),
    ):  # fmt: skip
        yield Claim(id=f"lint.{identity}", sentence=sentence, element="lint", trial=Returns(sql=(question,), rows=()))


def _but(columns: Sequence[tuple[str, str]]) -> str:
    listed = ", ".join(f"({sql.literal(table)}, {sql.literal(column)})" for table, column in columns)
    return f"AND (table_name, column_name) NOT IN ({listed}) " if columns else ""


def _gaps(logical: Logical) -> Iterator[Gap]:
    """What the design asks for and MariaDB does not have."""
    tables = logical.tables
    excluded = [rule.name for t in tables for rule in t.exclusions]
    if excluded:
        yield gap(
            "exclusion constraints", "triggers lock the row that the spans belong to, and then look for one that "
            "overlaps with a locking read", "a lock a write, held until the transaction ends; writers of one parent "
            "wait for each other", excluded,
        )  # fmt: skip
    partial = [i.name for i in logical.indexes if i.where]
    if partial:
        yield gap(
            "partial unique indexes", "a unique index over a generated column, which is NULL where the row does not "
            "count", "an invisible column, and a second index for lookups by the value itself", partial,
        )  # fmt: skip
    included = [i.name for i in logical.indexes if i.include]
    if included:
        yield gap(
            "columns that ride along in an index", "they stand behind its keys",
            "nothing but order: the entries are sorted by them as well", included,
        )  # fmt: skip
    falling = [i.name for i in logical.indexes if len({k.descending for k in i.keys}) > 1]
    if falling and ordered(logical.version) < (10, 8):
        yield gap(
            "keys of an index in different directions before 10.8", "DESC is read and passed over by 10.6 and 10.7",
            "there the rows of such a page are sorted after they are found", falling,
        )  # fmt: skip
    restricted = [k.name for t in tables for k in t.foreign_keys if k.because.startswith(_RESTRICTED)]
    if restricted:
        yield gap(
            "SET NULL of a column that a CHECK reads",
            "the foreign key refuses to lose its row",
            "whoever deletes the parent first takes it out of the rows that name it",
            restricted,
        )
    if compared := compared_keys(tables):
        yield compared
    summed = [total.name for total in logical.totals if total.operator == "="]
    if summed:
        yield gap(
            "a trigger that updates a table which its statement reads", "the application reads the parent's key first, "
            "and inserts it as a value", "INSERT … SELECT from the parent is refused (1442)", summed,
        )  # fmt: skip
    taken = [one.name for one in logical.withdrawals]
    if taken:
        yield gap(
            "a trigger that takes what is ordered from the stock that its statement reads", "the application takes it "
            "in the transaction of the order, row by row in the order of the keys, before the parts are written (see "
            "what is left out)", "whoever writes parts in another way moves no stock; the CHECK still refuses more "
            "than there is", taken,
        )  # fmt: skip
    cascades = [k.name for t in tables for k in t.foreign_keys if k.on_delete in ("cascade", "set null")]
    watched = logical.requirements.protection.audit
    if cascades and watched:
        yield gap(
            "triggers for rows that go with their parent", "the foreign keys delete them inside InnoDB",
            "the trail does not see them; what has to be on it is deleted by the application, child by child", cascades,
        )  # fmt: skip
    moments = [c for t in tables for c in t.columns if c.type == "timestamp"]
    if moments:
        yield gap(
            "a type for moments with their time zone", "DATETIME(6) in UTC; defaults and triggers say UTC_TIMESTAMP(6)",
            "the zone that travels with the value: the application sends and reads UTC",
            dict.fromkeys(c.name for c in moments),
        )  # fmt: skip
    large = [t for t in tables if t.nature == "event" and rows_after(t, 3) > ROWS_FROM]
    if large:
        yield gap(
            "partitions of a table that has foreign keys", "one table; its clustered key keeps new rows together, and "
            "old ones are deleted in small steps", "dropping a month at once; to split such a table its foreign keys "
            "would have to go", [t.name for t in large],
        )  # fmt: skip
    folded = _folded(logical)
    if folded:
        yield gap(
            "a search that passes over case in a text that does not", f"the column's collation is {sql.FOLDING}",
            "comparing and sorting these columns passes over case and accents as well",
            dict.fromkeys(column for _, column in sorted(folded)),
        )  # fmt: skip
    exact = [q.name for q in logical.queries if {(q.table, c) for c in _searched(logical, q)} - folded]
    if exact:
        yield gap(
            "a search for words that passes over case in a unique text", "the words are compared as they are written, "
            "as the unique key compares them", "whoever types small letters finds small letters", exact,
        )  # fmt: skip
    parts = [q.name for q in logical.queries if " LIKE concat('%'" in q.sql]
    if parts:
        yield gap(
            "an index for parts of words", "LIKE reads every row", "time that grows with the table", parts
        )  # fmt: skip
    if logical.requirements.protection.row_level:
        yield gap(
            "row-level security", "views that show the rows of the session's owner or tenant, and no right on the "
            "tables behind them", "a new table is open until it has its view", (),
        )  # fmt: skip
    yield gap(
        "DDL within a transaction", "each statement commits by itself; a migration that stops half-way is taken back "
        "by its own rollback file", "all or nothing", (),
    )  # fmt: skip


MARIADB = Physical(
    name="mariadb",
    label=LABEL,
    client="mariadb --database=new",
    keys="BIGINT AUTO_INCREMENT",
    ordered_uuid="11.7",
    spelling=sql,
    abilities=Abilities(
        partial=False,
        skips=False,
        proves=False,
        shares=True,
        excludes=False,
        moves=False,
        words=None,
        parts=None,
        spans=False,
    ),
    partitioned=_whole,
    made=made_of,
    own_claims=own_claims,
)
