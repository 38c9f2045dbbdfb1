"""What the database itself says after a published script was applied: the schema that agents downstream build on.

Nothing here is read from the document's prose or from the architect's objects, so a hand-written document and an
edited one are described exactly as they behave. `line` is the document's 1-based line that makes the thing, None
where the script does not name it (a constraint that PostgreSQL named itself stands on its table's line).
"""

from typing import Literal

from contracts.base import Contract

Command = Literal["select", "insert", "update", "delete"]


class Sourced(Contract):
    """Something with a place in the document, so that an error about it can name the line."""

    line: int | None = None


class PublishedColumn(Sourced):
    """A column; `type` is the engine's full spelling (`character varying(254)`), `base` the bare one (`varchar`).

    `base` is spelled as PostgreSQL does, whatever the engine; where an engine has no such type, it is the one whose
    values a CHECK holds the column to (`date` for SQLite's text of that form).
    `length` counts characters, `precision` and `scale` are those of numeric; `allowed` holds the values of a CHECK
    `IN` list or an enum, empty when any value may stand. `sensitivity` is the word that the column's comment gives.
    `domain` names the domain type, `element` the base type of an array's elements.
    """

    name: str
    type: str
    base: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    nullable: bool
    default: str | None = None
    identity: Literal["always", "by default"] | None = None
    generated: str | None = None
    allowed: tuple[str, ...] = ()
    comment: str = ""
    sensitivity: str = ""
    domain: str = ""
    element: str = ""


class PublishedKey(Sourced):
    """A primary key or a unique constraint, columns in its order."""

    name: str
    columns: tuple[str, ...]


class PublishedForeignKey(Sourced):
    """A reference to another table's key."""

    name: str
    columns: tuple[str, ...]
    references: str
    referenced_columns: tuple[str, ...]
    on_delete: Literal["no action", "restrict", "cascade", "set null", "set default"]
    on_update: Literal["no action", "restrict", "cascade", "set null", "set default"]
    deferrable: bool = False

    @property
    def naming(self) -> tuple[str, ...]:
        """The columns that say which row is meant; the others of a key over `id` are compared with that row's."""
        pairs = zip(self.columns, self.referenced_columns, strict=False)
        return tuple(own for own, theirs in pairs if theirs == "id") or self.columns


class PublishedCheck(Sourced):
    """A CHECK constraint; `expression` is the server's own spelling, without CHECK and its brackets."""

    name: str
    columns: tuple[str, ...]
    expression: str


class PublishedExclusion(Sourced):
    """An exclusion constraint; `definition` is the server's own spelling."""

    name: str
    columns: tuple[str, ...]
    definition: str


class PublishedIndex(Sourced):
    """An index. `keys` are spelled as the server does (`placed_at DESC`), `columns` are the plain ones among them.

    `constraint` says that a primary key, unique or exclusion constraint owns it. `valid` is False for one that a
    failed concurrent build left behind.
    """

    name: str
    table: str
    method: str
    unique: bool
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    predicate: str | None = None
    constraint: bool = False
    valid: bool = True
    definition: str


class PublishedPolicy(Sourced):
    """A row-level policy; `roles` holds `public` when it is for everybody; `check` None means as `using`."""

    name: str
    table: str
    command: Literal["all", "select", "insert", "update", "delete"]
    roles: tuple[str, ...]
    using: str | None = None
    check: str | None = None
    permissive: bool = True


class PublishedTrigger(Sourced):
    """A trigger of a table; `definition` is the server's own spelling."""

    name: str
    table: str
    function: str
    definition: str


class PublishedPartition(Sourced):
    """A child partition and the bounds that the server prints for it."""

    name: str
    bounds: str


class PublishedGrant(Sourced):
    """What a role may do on a table; with `columns` on these alone, else on all. Rights of the owner are left out."""

    role: str
    table: str
    command: Command
    columns: tuple[str, ...] = ()


class PublishedRole(Sourced):
    """A role that the script made or that holds a right; `bypasses_policies` is true for superusers as well."""

    name: str
    login: bool = False
    bypasses_policies: bool = False
    member_of: tuple[str, ...] = ()


class PublishedTable(Sourced):
    """A table (partitions stand inside of their parent), with everything that constrains its rows.

    `row_security` says whether policies are enabled, `forced` whether they bind the owner too. `partition_key` is
    the server's spelling (`RANGE (changed_at)`), empty for a plain table. `schema` is `public` unless stated.
    """

    name: str
    schema_name: str = "public"
    comment: str = ""
    owner: str = ""
    columns: tuple[PublishedColumn, ...]
    primary_key: PublishedKey | None = None
    uniques: tuple[PublishedKey, ...] = ()
    foreign_keys: tuple[PublishedForeignKey, ...] = ()
    checks: tuple[PublishedCheck, ...] = ()
    exclusions: tuple[PublishedExclusion, ...] = ()
    indexes: tuple[PublishedIndex, ...] = ()
    policies: tuple[PublishedPolicy, ...] = ()
    triggers: tuple[PublishedTrigger, ...] = ()
    partition_key: str = ""
    partitions: tuple[PublishedPartition, ...] = ()
    row_security: bool = False
    forced: bool = False

    def column(self, name: str) -> PublishedColumn:
        """The column of this name; KeyError if the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f'table "{self.name}" has no column "{name}"')


class PublishedFunction(Sourced):
    """A function or procedure of the script."""

    name: str
    arguments: str
    returns: str
    security_definer: bool


class PublishedMigration(Sourced):
    """A row of schema_migrations after the script ran; `rollback` undoes it."""

    version: str
    description: str
    rollback: str


class Catalogue(Contract):
    """The whole database, things in the script's order where it has one; `dialect` is the family of its engine.

    `extensions` are those that the script made available; `views` are names of views and materialised views.
    """

    dialect: str = "postgresql"
    tables: tuple[PublishedTable, ...] = ()
    roles: tuple[PublishedRole, ...] = ()
    grants: tuple[PublishedGrant, ...] = ()
    functions: tuple[PublishedFunction, ...] = ()
    extensions: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    migrations: tuple[PublishedMigration, ...] = ()

    def table(self, name: str) -> PublishedTable:
        """The table of this name; KeyError if there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(f'no table "{name}"')
