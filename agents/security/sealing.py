"""Values that the application encrypts: which, by which code, under which keys, and the trial that they stay sealed."""

from collections.abc import Sequence

from agents.dialects.postgresql import quoted
from agents.envelopes import ROTATED_AT_ONCE
from agents.security.basis import Draft, Part, as_user, filled, found, listed, personal_device
from agents.security.envelopes import code_sample
from contracts.base import Alternative, Decision, Omission, Origin
from contracts.claims import Returns, SealedColumn, Seals
from contracts.requirements import Requirements
from contracts.schema import Column, SchemaDesign, Table
from contracts.security import ColumnEncryption, EncryptedColumn, Grant


def column_encryption(requirements: Requirements, schema: SchemaDesign) -> ColumnEncryption | None:
    """The columns that hold envelopes, and the code that makes them; None where there is none."""
    made = tuple(
        EncryptedColumn(table=table.name, key=table.primary_key[0], column=column.name, index=index_of(table, column),
                        because=column.origin.rule.partition(": ")[2])
        for table in schema.tables
        for column in envelopes_of(table)
    )  # fmt: skip
    if not made:
        return None
    columns = {
        table.name: (table.primary_key[0], {c.column: c.index or "" for c in made if c.table == table.name})
        for table in schema.tables
        if envelopes_of(table)
    }
    return ColumnEncryption(
        columns=made,
        code=code_sample(requirements.stack.language or "python", columns),
        origin=Origin(
            kind="inferred", rule="what a dump, a replica or a log must not tell is encrypted before it is sent"
        ),
        serves=_serves(requirements, schema),
    )


def envelopes_of(table: Table) -> tuple[Column, ...]:
    """The columns of a table that hold envelopes."""
    return tuple(column for column in table.columns if column.type == "sealed")


def index_of(table: Table, column: Column) -> str | None:
    """The column of a sealed one's blind index."""
    after = [c.name for c in table.columns][[c.name for c in table.columns].index(column.name) + 1 :]
    return next((name for name in after[:1] if table.column(name).type == "blind"), None)


def sealing_part(requirements: Requirements, schema: SchemaDesign, grants: Sequence[Grant]) -> Part:
    """Whoever adds a row takes its key first, since an envelope is bound to it; and the trials with the real code."""
    draft = Draft()
    sealed = [table for table in schema.tables if envelopes_of(table)]
    for table in sealed:
        serves = tuple(dict.fromkeys(i for c in envelopes_of(table) for i in (*c.serves, *table.serves)))
        element = f"sealing.{table.name}"
        if table.column(table.primary_key[0]).identity:
            _keys_first(
                draft, table, [g.role for g in grants if g.table == table.name and "insert" in g.privileges], serves
            )
        if f"table.{table.name}" in filled(schema):
            columns = tuple(SealedColumn(column=c.name, index=index_of(table, c)) for c in envelopes_of(table))
            names = [c.name for c in envelopes_of(table)]
            draft.claim(
                f"{element}.stays",
                f"security.{element}",
                f"{listed(names)} of {table.name} {_verbs(len(names) == 1)}",
                serves,
                Seals(table=table.name, key=table.primary_key[0], columns=columns),
            )
    draft.decisions += sealing_decisions(requirements, schema)
    draft.omissions += sealing_omissions(requirements, schema)
    return draft.part()


def _verbs(one: bool) -> str:
    if one:
        return "is sealed before the database sees it, stays in its row, and changes keys without a gap"
    return "are sealed before the database sees them, stay in their rows, and change keys without a gap"


def sealing_decisions(requirements: Requirements, schema: SchemaDesign) -> tuple[Decision, ...]:
    """Why and how values are encrypted by the application, on any engine; nothing where none is."""
    sealed = [table for table in schema.tables if envelopes_of(table)]
    return (_decision(requirements, schema, sealed),) if sealed else ()


def sealing_omissions(requirements: Requirements, schema: SchemaDesign) -> tuple[Omission, ...]:
    """Why none is."""
    return () if any(map(envelopes_of, schema.tables)) else (_no_sealing(requirements, schema),)


def _keys_first(draft: Draft, table: Table, roles: Sequence[str], serves: tuple[str, ...]) -> None:
    key = table.primary_key[0]
    sequence = f"pg_get_serial_sequence('{table.name}', '{key}')"
    for role in dict.fromkeys(roles):
        draft.run(
            f"sealing.{table.name}.{role}",
            f"GRANT USAGE ON SEQUENCE {quoted(f'{table.name}_{key}_seq')} TO {quoted(role)}",
            f"{role} takes the key of a new row of {table.name} before it seals the row: SELECT nextval({sequence}),"
            " then INSERT with OVERRIDING SYSTEM VALUE",
            f"{role} may take keys of {table.name}",
            serves,
        )
        draft.claim(
            f"sealing.{table.name}.{role}.first",
            f"security.sealing.{table.name}",
            f"{role} knows the key of a row of {table.name} before it adds the row",
            serves,
            Returns(sql=(f"SELECT (nextval({sequence}) > 0)::text",), rows=(("true",),), session=as_user(role)),
        )
        draft.rollback.append(f"REVOKE USAGE ON SEQUENCE {quoted(f'{table.name}_{key}_seq')} FROM {quoted(role)}")


def _serves(requirements: Requirements, schema: SchemaDesign) -> tuple[str, ...]:
    own = tuple(i for table in schema.tables for c in envelopes_of(table) for i in c.serves)
    return tuple(dict.fromkeys((*found(requirements, "compliance.", "security.encryption"), *own)))


def _decision(requirements: Requirements, schema: SchemaDesign, sealed: Sequence[Table]) -> Decision:
    names = [f"{table.name}.{c.name}" for table in sealed for c in envelopes_of(table)]
    indexed = [f"{table.name}.{i}" for table in sealed for c in envelopes_of(table) if (i := index_of(table, c))]
    most = max(table.expected_rows for table in sealed)
    batches = -(-most // ROTATED_AT_ONCE)
    return Decision(
        id="security.decision.column_encryption",
        topic="Values that the database itself must not know",
        choice=f"{listed(names, 8)} hold envelopes v1.<key id>.<nonce>.<ciphertext and tag>: AES-256-GCM in the"
        " application, bound to table, column and row key; keys come from a key management service and are never in"
        " the database, its configuration or its backups"
        + (
            f"; {listed(indexed, 8)} hold HMAC-SHA-256 under a key of their own for equality and uniqueness"
            if indexed
            else ""
        )
        + f". Rotation: give every instance the new key beside the old one; make it the current one; rewrite batches of"
        f" {ROTATED_AT_ONCE} rows ({batches:,} for {most:,} rows); when no envelope begins with the old key's id, wait"
        " until the last backup with it has expired, and destroy the old key"
        + (". A new index key means a second index column that is filled before queries move to it" if indexed else ""),
        because="whoever reads a dump, a replica, the log or the table with an operator's rights sees no value; an"
        " encrypted volume protects from a stolen disk alone",
        alternatives=(
            Alternative(
                name="pgcrypto",
                refused_because="the key would travel in statements, and stand in logs and pg_stat_statements",
            ),
            Alternative(
                name="deterministic encryption, to search it",
                refused_because="it tells which values are equal wherever the column is, also where nobody searches",
            ),
            Alternative(
                name="encryption without associated data",
                refused_because="an operator could copy one person's envelope into another person's row",
            ),
        ),
        origin=Origin(kind="inferred", rule="what a dump must not tell is encrypted before it is sent"),
        serves=_serves(requirements, schema),
    )


def _no_sealing(requirements: Requirements, schema: SchemaDesign) -> Omission:
    """Why nothing is encrypted by the application."""
    closed = [
        f"{t.name}.{c.name}"
        for t in schema.tables
        for c in t.columns
        if c.sensitivity in ("secret", "payment", "health")
    ]
    volume = "encrypted volumes protect the rest" if requirements.protection.encryption else "the brief asks for none"
    if personal_device(requirements):
        name = requirements.title or requirements.project
        reason = (
            f"1 person uses {name} on a device that would keep the key beside the data; its own encryption does as much"
        )
    elif closed:
        reason = (
            f"{listed(closed)} are digests, tokens or texts that roles keep apart; no secret has to be presented again"
            f" and no number of a person is among them that a law names; {volume}"
        )
    else:
        reason = f"no column holds a secret, a number of an account or one of health care; {volume}"
    return Omission(
        subject="Column encryption",
        reason=reason,
        origin=Origin(
            kind="inferred", rule="a value is encrypted by the application where its kind and a law ask for it"
        ),
        serves=_serves(requirements, schema) or tuple(i for table in schema.tables[:1] for i in table.serves),
    )
