"""PostgreSQL in SQLAlchemy and Prisma."""

from artifacts.exports.dialects import Spelling
from contracts.schema import Column, Index, Table


def _comment(column: Column) -> str:
    """As the schema's own statement has it."""
    sensitive = f"Sensitivity: {column.sensitivity}" if column.sensitivity not in ("public", "internal") else ""
    return ". ".join(filter(None, (column.comment, sensitive)))


def _options(table: Table) -> dict[str, str]:
    found = {"comment": table.comment} if table.comment else {}
    if table.partitioning:
        found["postgresql_partition_by"] = f"{table.partitioning.strategy.upper()} ({table.partitioning.column})"
    return found


def _index(index: Index) -> list[str]:
    parts = [f"postgresql_using={index.method!r}"] if index.method != "btree" else []
    parts += [f"postgresql_include=[{', '.join(map(repr, index.include))}]"] if index.include else []
    return parts


def _own(name: str, sql: str) -> str:
    return f'''class {name}(UserDefinedType[str]):
    """PostgreSQL's {sql} as text."""

    cache_ok = True

    def get_col_spec(self, **kw: object) -> str:
        return "{sql}"'''


SPELLING = Spelling(
    types={
        "bigint": ("BigInteger", "int"), "integer": ("Integer", "int"), "smallint": ("SmallInteger", "int"),
        "text": ("Text", "str"), "boolean": ("Boolean", "bool"), "date": ("Date", "dt.date"),
        "time": ("Time", "dt.time"), "timestamptz": ("DateTime(timezone=True)", "dt.datetime"),
        "timestamp": ("DateTime", "dt.datetime"), "interval": ("Interval", "dt.timedelta"),
        "uuid": ("Uuid", "uuid.UUID"), "jsonb": ("JSONB", "Any"), "inet": ("INET", "str"), "point": ("Point", "str"),
        "real": ("REAL", "float"), "double precision": ("Double", "float"), "xid8": ("Xid8", "str"),
    },
    sized={"varchar": ("String", "str"), "char": ("CHAR", "str"), "numeric": ("Numeric", "Decimal")},
    own={"Point": _own("Point", "point"), "Xid8": _own("Xid8", "xid8")},
    imports={"sqlalchemy.dialects.postgresql": ("JSONB", "INET", "ExcludeConstraint")},
    comment=_comment,
    options=_options,
    index=_index,
    prisma_provider="postgresql",
    prisma={
        "bigint": "BigInt", "integer": "Int", "smallint": "Int @db.SmallInt", "text": "String", "boolean": "Boolean",
        "date": "DateTime @db.Date", "time": "DateTime @db.Time(6)", "timestamptz": "DateTime @db.Timestamptz(6)",
        "timestamp": "DateTime @db.Timestamp(6)", "uuid": "String @db.Uuid", "jsonb": "Json",
        "inet": "String @db.Inet", "real": "Float @db.Real", "double precision": "Float",
    },
    prisma_sized={"varchar": "String @db.VarChar", "char": "String @db.Char", "numeric": "Decimal @db.Decimal"},
)  # fmt: skip
