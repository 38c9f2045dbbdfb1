"""MariaDB in SQLAlchemy and Prisma: moments are UTC without a zone, truth is a small number."""

from artifacts.exports.dialects import Spelling
from contracts.schema import Column, Index, Table


def _comment(column: Column) -> str:
    """As the schema's own statement has it."""
    kept = {"duration": "in seconds", "timestamp": "UTC"}
    said = [column.comment, kept.get(column.type, "")]
    said += [f"sensitivity: {column.sensitivity}"] if column.sensitivity not in ("public", "internal") else []
    return "; ".join(filter(None, said))


def _options(table: Table) -> dict[str, str]:
    made = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_nopad_bin"}
    return {**({"comment": table.comment} if table.comment else {}), **made}


def _index(index: Index) -> list[str] | None:
    """A condition is kept by a generated column, and words by a full-text index: both are the migrations'."""
    return None if index.where or index.method != "btree" else []


SPELLING = Spelling(
    types={
        "bigint": ("BigInteger", "int"), "int": ("Integer", "int"), "smallint": ("SmallInteger", "int"),
        "text": ("Text", "str"), "longtext": ("LONGTEXT", "str"), "boolean": ("Boolean", "bool"),
        "date": ("Date", "dt.date"), "double": ("Double", "float"), "json": ("JSON", "Any"), "inet6": ("INET6", "str"),
        "uuid": ("Uuid", "uuid.UUID"),
    },
    sized={
        "varchar": ("String", "str"), "char": ("CHAR", "str"), "decimal": ("Numeric", "Decimal"),
        "datetime": ("DATETIME(fsp=", "dt.datetime"), "time": ("TIME(fsp=", "dt.time"),
    },
    imports={"sqlalchemy.dialects.mysql": ("DATETIME", "TIME", "LONGTEXT", "INET6", "JSON")},
    identity="autoincrement=True",
    comment=_comment,
    options=_options,
    index=_index,
    included_as_keys=True,
    prisma_provider="mysql",
    prisma={
        "bigint": "BigInt", "int": "Int", "smallint": "Int @db.SmallInt", "text": "String @db.Text",
        "longtext": "String @db.LongText", "boolean": "Boolean", "date": "DateTime @db.Date", "double": "Float",
        "json": "Json",
    },
    prisma_sized={
        "varchar": "String @db.VarChar", "char": "String @db.Char", "decimal": "Decimal @db.Decimal",
        "datetime": "DateTime @db.DateTime", "time": "DateTime @db.Time",
    },
)  # fmt: skip
