"""SQLAlchemy 2 models: typed declarative classes with the constraints and indexes of the schema."""

import keyword
import re

from artifacts.escape import one_line
from artifacts.exports.names import Names, Reference
from contracts.schema import Column, Index, IndexKey, SchemaDesign, Table

_RESERVED = (*keyword.kwlist, "metadata", "registry", "Base", "Point")
_TYPES = {
    "bigint": ("BigInteger", "int"), "integer": ("Integer", "int"), "smallint": ("SmallInteger", "int"),
    "text": ("Text", "str"), "boolean": ("Boolean", "bool"), "date": ("Date", "dt.date"), "time": ("Time", "dt.time"),
    "timestamptz": ("DateTime(timezone=True)", "dt.datetime"), "timestamp": ("DateTime", "dt.datetime"),
    "interval": ("Interval", "dt.timedelta"), "uuid": ("Uuid", "uuid.UUID"), "jsonb": ("JSONB", "Any"),
    "inet": ("INET", "str"), "point": ("Point", "str"), "real": ("REAL", "float"),
    "double precision": ("Double", "float"), "xid8": ("Xid8", "str"),
}  # fmt: skip
_SIZED = {"varchar": ("String", "str"), "char": ("CHAR", "str"), "numeric": ("Numeric", "Decimal")}
_OWN = {"Point": "point", "Xid8": "xid8"}
_DIALECT = ("JSONB", "INET")


def models(title: str, schema: SchemaDesign) -> str:
    """One module with a class a table; it imports what it uses and nothing else."""
    names = Names(schema, _RESERVED)
    classes = [_class(table, [i for i in schema.indexes if i.table == table.name], names) for table in schema.tables]
    body = "\n\n\n".join(classes)
    return f"{_head(title, body)}\n\n\n{body}\n"


def _head(title: str, body: str) -> str:
    told = one_line(title).replace("\\", "").replace('"', "'")
    lines = [f'"""SQLAlchemy models of {told}, made from its persistence.md."""', ""]
    lines += [f"import {m}" for m, used in (("datetime as dt", "dt."), ("uuid", "uuid.")) if used in body]
    lines += ["from decimal import Decimal"] if "Decimal" in body else []
    lines += ["from typing import Any"] if re.search(r"\bAny\b", body) else []
    known = {spelled.split("(")[0] for spelled, _ in (*_TYPES.values(), *_SIZED.values())}
    core = {"CheckConstraint", "Computed", "ForeignKeyConstraint", "Identity", "Index", "UniqueConstraint", "text"}
    used = sorted(n for n in (known | core) - {*_OWN, *_DIALECT} if re.search(rf"\b{n}\b", body))
    dialect = [n for n in (*_DIALECT, "ExcludeConstraint") if re.search(rf"\b{n}\b", body)]
    lines += ["", f"from sqlalchemy import {', '.join(used)}"]
    lines += [f"from sqlalchemy.dialects.postgresql import {', '.join(sorted(dialect))}"] if dialect else []
    orm = ["DeclarativeBase", "Mapped", "mapped_column", *(["relationship"] if "relationship(" in body else [])]
    lines.append(f"from sqlalchemy.orm import {', '.join(orm)}")
    own = [(n, sql) for n, sql in _OWN.items() if re.search(rf"\b{n}\b", body)]
    lines += ["from sqlalchemy.types import UserDefinedType"] if own else []
    for name, sql in own:
        lines += [
            "", "", f"class {name}(UserDefinedType[str]):", f'    """PostgreSQL\'s {sql} as text."""', "",
            "    cache_ok = True", "", "    def get_col_spec(self, **kw: object) -> str:", f'        return "{sql}"',
        ]  # fmt: skip
    return "\n".join([*lines, "", "", "class Base(DeclarativeBase):", '    """What all tables share."""'])


def _class(table: Table, indexes: list[Index], names: Names) -> str:
    lines = [
        f"class {names.classes[table.name]}(Base):",
        f"    __tablename__ = {table.name!r}",
        "    __table_args__ = (",
    ]
    lines += [f"        {part}," for part in _arguments(table, indexes, names)]
    lines += ["    )", ""]
    lines += [f"    {_column(column, table, names)}" for column in table.columns]
    relations = [_one(r, names) for r in names.out_of(table)] + [_many(r, names) for r in names.into(table)]
    return "\n".join([*lines, *([""] if relations else []), *(f"    {line}" for line in relations)])


def _arguments(table: Table, indexes: list[Index], names: Names) -> list[str]:
    found = [f"UniqueConstraint({_listed(u.columns)}, name={u.name!r})" for u in table.uniques]
    found += [f"CheckConstraint({_sql(c.expression)}, name={c.name!r})" for c in table.checks]
    for key in table.foreign_keys:
        if key.references in names.classes:
            far = ", ".join(repr(f"{key.references}.{c}") for c in key.referenced_columns)
            found.append(
                f"ForeignKeyConstraint([{_listed(key.columns)}], [{far}], name={key.name!r}, "
                f"ondelete={key.on_delete.upper()!r})"
            )
    for rule in table.exclusions:
        parts = [f"({c!r}, '=')" for c in rule.equal]
        parts.append(f"(text({_sql(_period(table, rule.start, rule.end))}), '&&')")
        where = f", where=text({_sql(rule.where)})" if rule.where else ""
        found.append(f"ExcludeConstraint({', '.join(parts)}, name={rule.name!r}, using='gist'{where})")
    found += [_index(index) for index in indexes]
    options = {"comment": table.comment} if table.comment else {}
    if table.partitioning:
        options["postgresql_partition_by"] = f"{table.partitioning.strategy.upper()} ({table.partitioning.column})"
    return [*found, repr(options)]


def _period(table: Table, start: str, end: str) -> str:
    kind = {"date": "daterange", "timestamptz": "tstzrange"}.get(table.column(start).sql_type, "tsrange")
    return f"{kind}({start}, {end})"


def _index(index: Index) -> str:
    parts = [repr(index.name), *(_key(key) for key in index.keys)]
    parts += ["unique=True"] if index.unique else []
    parts += [f"postgresql_using={index.method!r}"] if index.method != "btree" else []
    parts += [f"postgresql_include=[{_listed(index.include)}]"] if index.include else []
    parts += [f"postgresql_where=text({_sql(index.where)})"] if index.where else []
    return f"Index({', '.join(parts)})"


def _key(key: IndexKey) -> str:
    if key.column and not (key.descending or key.operator_class):
        return repr(key.column)
    spelled = key.column or f"({key.expression})"
    return f"text({_sql(' '.join(filter(None, (spelled, key.operator_class, 'DESC' if key.descending else ''))))})"


def _column(column: Column, table: Table, names: Names) -> str:
    spelled, kind = _type(column.sql_type)
    attribute = names.attribute(column.name)
    parts = ([repr(column.name)] if attribute != column.name else []) + [spelled]
    parts += ["Identity(always=True)"] if column.identity else []
    parts += [f"Computed({_sql(column.generated)}, persisted=True)"] if column.generated else []
    parts += ["primary_key=True"] if column.name in table.primary_key else []
    parts += [f"server_default=text({_sql(column.default)})"] if column.default and not column.generated else []
    sensitive = f"Sensitivity: {column.sensitivity}" if column.sensitivity not in ("public", "internal") else ""
    comment = ". ".join(filter(None, (column.comment, sensitive)))  # as the schema's own statement has it
    parts += [f"comment={comment!r}"] if comment else []
    return f"{attribute}: Mapped[{f'{kind} | None' if column.nullable else kind}] = mapped_column({', '.join(parts)})"


def _type(sql: str) -> tuple[str, str]:
    base, _, size = sql.partition("(")
    if base in _SIZED:
        name, kind = _SIZED[base]
        return (f"{name}({size}" if size else name), kind
    return _TYPES.get(base, ("Text", "str"))


def _one(reference: Reference, names: Names) -> str:
    kind = repr(names.classes[reference.parent])
    child = next(t for t in names.tables if t.name == reference.child)
    optional = any(child.column(c).nullable for c in reference.key.columns)
    columns = ", ".join(names.attribute(c) for c in reference.key.columns)
    far = names.classes[reference.parent]
    remote = f", remote_side=[{', '.join(names.attribute(c) for c in reference.key.referenced_columns)}]"
    own = remote if reference.parent == reference.child else ""
    hint = f'Mapped["{far} | None"]' if optional else f"Mapped[{kind}]".replace("'", '"')
    return f'{reference.one}: {hint} = relationship(foreign_keys=[{columns}], back_populates="{reference.many}"{own})'


def _many(reference: Reference, names: Names) -> str:
    far = names.classes[reference.child]
    hint = f'Mapped["{far} | None"]' if reference.single else f'Mapped[list["{far}"]]'
    columns = ", ".join(f"{far}.{names.attribute(c)}" for c in reference.key.columns)
    passive = ", passive_deletes=True" if reference.key.on_delete in ("cascade", "set null") else ""
    back = f'foreign_keys="[{columns}]", back_populates="{reference.one}"{passive}'
    return f"{reference.many}: {hint} = relationship({back})"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(repr, names))


def _sql(text: str | None) -> str:
    """SQL as a Python string; a colon would name a parameter, as in `[:upper:]`."""
    return repr((text or "").replace(":", "\\:"))
