"""SQLAlchemy 2 models: typed declarative classes with the constraints and indexes of the schema."""

import keyword
import re

from artifacts.escape import one_line
from artifacts.exports.dialects import Spelling
from artifacts.exports.names import Names, Reference
from contracts.schema import Column, ForeignKey, Index, IndexKey, SchemaDesign, Table

_RESERVED = (*keyword.kwlist, "metadata", "registry", "Base", "Point")
_POSTGRESQL = "sqlalchemy.dialects.postgresql"
_CORE = ("CheckConstraint", "Computed", "ForeignKeyConstraint", "Identity", "Index", "UniqueConstraint", "text")


def models(title: str, schema: SchemaDesign, spelled: Spelling) -> str:
    """One module with a class a table; it imports what it uses and nothing else."""
    names = Names(schema, (*_RESERVED, *spelled.own))
    indexes = {table.name: [i for i in schema.indexes if i.table == table.name] for table in schema.tables}
    classes = [_class(table, indexes[table.name], names, spelled) for table in schema.tables]
    body = "\n\n\n".join(classes)
    return f"{_head(title, body, spelled)}\n\n\n{body}\n"


def _head(title: str, body: str, spelled: Spelling) -> str:
    told = one_line(title).replace("\\", "").replace('"', "'")
    own = {name: text for name, text in spelled.own.items() if _uses(body, name)}
    whole = "\n".join((body, *own.values()))
    lines = [f'"""SQLAlchemy models of {told}, made from its persistence.md."""', ""]
    modules = (("datetime as dt", "dt."), ("json", "json."), ("uuid", "uuid."))
    lines += [f"import {module}" for module, used in modules if used in whole]
    lines += ["from decimal import Decimal"] if "Decimal" in body else []
    lines += ["from typing import Any"] if _uses(whole, "Any") else []
    elsewhere = {name for names in spelled.imports.values() for name in names}
    known = {name.split("(")[0] for name, _ in (*spelled.types.values(), *spelled.sized.values())} | {"Integer", "Text"}
    used = sorted(n for n in (known | set(_CORE)) - {*spelled.own, *elsewhere} if _uses(whole, n))
    lines += ["", f"from sqlalchemy import {', '.join(used)}"]
    for module, names in spelled.imports.items():
        found = [name for name in names if _uses(body, name)]
        lines += [f"from {module} import {', '.join(sorted(found))}"] if found else []
    orm = ["DeclarativeBase", "Mapped", "mapped_column", *(["relationship"] if "relationship(" in body else [])]
    lines.append(f"from sqlalchemy.orm import {', '.join(orm)}")
    bases = [name for name in ("TypeDecorator", "UserDefinedType") if any(f"({name}[" in text for text in own.values())]
    lines += [f"from sqlalchemy.types import {', '.join(bases)}"] if bases else []
    for text in own.values():
        lines += ["", "", text]
    return "\n".join([*lines, "", "", "class Base(DeclarativeBase):", '    """What all tables share."""'])


def _uses(text: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", text) is not None


def _class(table: Table, indexes: list[Index], names: Names, spelled: Spelling) -> str:
    lines = [
        f"class {names.classes[table.name]}(Base):",
        f"    __tablename__ = {table.name!r}",
        "    __table_args__ = (",
    ]
    lines += [f"        {part}," for part in _arguments(table, indexes, names, spelled)]
    lines += ["    )", ""]
    lines += [f"    {_column(column, table, names, spelled)}" for column in table.columns]
    relations = [_one(r, names) for r in names.out_of(table)] + [_many(r, names) for r in names.into(table)]
    return "\n".join([*lines, *([""] if relations else []), *(f"    {line}" for line in relations)])


def _arguments(table: Table, indexes: list[Index], names: Names, spelled: Spelling) -> list[str]:
    found = [f"UniqueConstraint({_listed(u.columns)}, name={u.name!r})" for u in (*table.uniques, *table.targets)]
    found += [f"CheckConstraint({_sql(c.expression)}, name={c.name!r})" for c in table.checks]
    for key in table.foreign_keys:
        if key.references in names.classes:
            far = ", ".join(repr(f"{key.references}.{c}") for c in key.constrained_to)
            found.append(
                f"ForeignKeyConstraint([{_listed(key.constrained)}], [{far}], name={key.name!r}, "
                f"ondelete={_on_delete(key)!r})"
            )
    for rule in table.exclusions if "ExcludeConstraint" in spelled.imports.get(_POSTGRESQL, ()) else ():
        parts = [f"({c!r}, '=')" for c in rule.equal]
        parts.append(f"(text({_sql(_period(table, rule.start, rule.end))}), '&&')")
        where = f", where=text({_sql(rule.where)})" if rule.where else ""
        found.append(f"ExcludeConstraint({', '.join(parts)}, name={rule.name!r}, using='gist'{where})")
    found += [made for index in indexes if (made := _index(index, spelled))]
    return [*found, repr(spelled.options(table))]


def _on_delete(key: ForeignKey) -> str:
    only = f" ({', '.join(key.columns)})" if key.agreeing and key.on_delete == "set null" else ""
    return f"{key.on_delete.upper()}{only}"


def _period(table: Table, start: str, end: str) -> str:
    kind = {"date": "daterange", "timestamptz": "tstzrange"}.get(table.column(start).sql_type, "tsrange")
    return f"{kind}({start}, {end})"


def _index(index: Index, spelled: Spelling) -> str:
    """The index, or nothing where it is left to the migrations."""
    more = spelled.index(index)
    if more is None:
        return ""
    parts = [repr(index.name), *(_key(key) for key in index.keys)]
    parts += map(repr, index.include if spelled.included_as_keys else ())
    parts += ["unique=True"] if index.unique else []
    parts += more
    prefix = "sqlite" if spelled.prisma_provider == "sqlite" else "postgresql"
    parts += [f"{prefix}_where=text({_sql(index.where)})"] if index.where else []
    return f"Index({', '.join(parts)})"


def _key(key: IndexKey) -> str:
    if key.column and not (key.descending or key.operator_class):
        return repr(key.column)
    spelled = key.column or f"({key.expression})"
    return f"text({_sql(' '.join(filter(None, (spelled, key.operator_class, 'DESC' if key.descending else ''))))})"


def _column(column: Column, table: Table, names: Names, words: Spelling) -> str:
    spelled, kind = _type(column, words)
    attribute = names.attribute(column.name)
    parts = ([repr(column.name)] if attribute != column.name else []) + [spelled]
    parts += [words.identity] if column.identity else []
    parts += [f"Computed({_sql(column.generated)}, persisted=True)"] if column.generated else []
    parts += ["primary_key=True"] if column.name in table.primary_key else []
    parts += [f"server_default=text({_sql(column.default)})"] if column.default and not column.generated else []
    comment = words.comment(column)
    parts += [f"comment={comment!r}"] if comment else []
    return f"{attribute}: Mapped[{f'{kind} | None' if column.nullable else kind}] = mapped_column({', '.join(parts)})"


def _type(column: Column, words: Spelling) -> tuple[str, str]:
    if column.type in words.by_kind:
        return words.by_kind[column.type]
    base, _, size = column.sql_type.lower().partition("(")
    if base in words.sized:
        name, kind = words.sized[base]
        opening = name if name.endswith("=") else f"{name}("
        return (f"{opening}{size}" if size else name.partition("(")[0]), kind
    return words.types.get(base, ("Text", "str"))


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
