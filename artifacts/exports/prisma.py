"""A Prisma schema: models with native types, relations from both sides, keys and indexes by their names."""

from artifacts.escape import one_line
from artifacts.exports.dialects import Spelling
from artifacts.exports.names import Names, Reference
from contracts.schema import Column, Index, SchemaDesign, Table

_DELETE = {"restrict": "Restrict", "cascade": "Cascade", "set null": "SetNull", "no action": "NoAction"}
_RESERVED = ("String", "Int", "BigInt", "Boolean", "Json", "Decimal", "Float", "DateTime", "Bytes", "PrismaClient")


def prisma(title: str, schema: SchemaDesign, spelled: Spelling) -> str:
    """One schema.prisma; what Prisma cannot say (checks, exclusions, partial indexes) stays in the migrations."""
    names = Names(schema, _RESERVED)
    parts = [
        f"// {one_line(title)}: made from its persistence.md, for Prisma 7.\n"
        "// Checks, exclusion constraints, policies and indexes\n"
        "// with conditions or expressions are in the migrations, which Prisma does not own.",
        'generator client {\n  provider = "prisma-client-js"\n}',
        f'datasource db {{\n  provider = "{spelled.prisma_provider}"\n}}',
        *(_model(t, [i for i in schema.indexes if i.table == t.name], names, spelled) for t in schema.tables),
    ]
    return "\n\n".join(parts) + "\n"


def _model(table: Table, indexes: list[Index], names: Names, spelled: Spelling) -> str:
    lines = [f"/// {one_line(table.comment)}"] if table.comment else []
    lines.append(f"model {names.classes[table.name]} {{")
    lines += [f"  {_field(column, table, spelled)}" for column in table.columns]
    lines += [f"  {_one(r, table, names)}" for r in names.out_of(table)]
    lines += [f"  {_many(r, names)}" for r in names.into(table)]
    if len(table.primary_key) > 1:
        lines.append(f"  @@id([{', '.join(table.primary_key)}])")
    lines += [f'  @@unique([{", ".join(u.columns)}], map: "{u.name}")' for u in (*table.uniques, *table.targets)]
    lines += [f"  {_index(index, spelled)}" for index in indexes if _plain(index)]
    return "\n".join([*lines, f'  @@map("{table.name}")', "}"])


def _field(column: Column, table: Table, spelled: Spelling) -> str:
    base, _, size = column.sql_type.lower().partition("(")
    sized = spelled.prisma_sized
    kind = f"{sized[base]}({size}" if size and base in sized else spelled.prisma.get(base, "")
    plain, _, native = kind.partition(" ")
    if not plain:
        plain = f'Unsupported("{column.sql_type}")'
    parts = [column.name, plain + ("?" if column.nullable else "")]
    parts += ["@id"] if table.primary_key == (column.name,) else []
    parts += ["@default(autoincrement())"] if column.identity else []
    if column.default or column.generated:
        text = (column.default or column.generated or "").replace("\\", "\\\\").replace('"', '\\"')
        parts.append(f'@default(dbgenerated("{one_line(text)}"))')
    return " ".join([*parts, *([native] if native else [])])


def _relation(reference: Reference) -> str:
    return f'"{reference.key.name}"'


def _one(reference: Reference, table: Table, names: Names) -> str:
    optional = "?" if any(table.column(c).nullable for c in reference.key.columns) else ""
    near, far = ", ".join(reference.key.columns), ", ".join(reference.key.referenced_columns)
    return (
        f"{reference.one} {names.classes[reference.parent]}{optional} @relation({_relation(reference)}, "
        f"fields: [{near}], references: [{far}], onDelete: {_DELETE[reference.key.on_delete]}, "
        f'map: "{reference.key.name}")'
    )


def _many(reference: Reference, names: Names) -> str:
    mark = "?" if reference.single else "[]"
    return f"{reference.many} {names.classes[reference.child]}{mark} @relation({_relation(reference)})"


def _plain(index: Index) -> bool:
    """Whether Prisma can say it: columns of a B-tree, no condition."""
    return index.method == "btree" and not index.where and all(key.column for key in index.keys)


def _index(index: Index, spelled: Spelling) -> str:
    keys = ", ".join(
        (
            *(f"{k.column}{'(sort: Desc)' if k.descending else ''}" for k in index.keys),
            *(index.include if spelled.included_as_keys else ()),
        )
    )
    return f'@@{"unique" if index.unique else "index"}([{keys}], map: "{index.name}")'
