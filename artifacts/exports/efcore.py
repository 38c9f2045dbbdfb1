"""Entity Framework Core: entity classes and a context whose model has the schema's own names."""

from artifacts.escape import one_line
from artifacts.exports.names import Names, Reference, pascal
from contracts.schema import Column, Index, SchemaDesign, Table

_TYPES = {
    "bigint": "long", "integer": "int", "smallint": "short", "boolean": "bool", "date": "DateOnly", "time": "TimeOnly",
    "timestamptz": "DateTimeOffset", "timestamp": "DateTime", "interval": "TimeSpan", "uuid": "Guid",
    "numeric": "decimal",
    "real": "float", "double precision": "double", "inet": "System.Net.IPAddress",
}  # fmt: skip
_REFERENCES = ("string", "System.Net.IPAddress")
_DELETE = {"restrict": "Restrict", "cascade": "Cascade", "set null": "SetNull", "no action": "NoAction"}
_RESERVED = (
    "DbContext",
    "DateTime",
    "DateTimeOffset",
    "Guid",
    "String",
    "Object",
    "Type",
    "ModelBuilder",
    "SchemaContext",
)


def entity_classes(title: str, schema: SchemaDesign) -> str:
    """One C# file for Npgsql's provider; checks and exclusion constraints stay in the migrations."""
    names = Names(schema, _RESERVED)
    sets = [f"    public DbSet<{c}> {pascal(t)} => Set<{c}>();" for t, c in names.classes.items()]
    configured = [
        line
        for t in schema.tables
        for line in _configuration(t, [i for i in schema.indexes if i.table == t.name], names)
    ]
    lines = [
        f"// {one_line(title)}: made from its persistence.md.",
        "#nullable enable", "using System;", "using System.Collections.Generic;",
        "using Microsoft.EntityFrameworkCore;",
        "", "namespace Model;", "", *(line for t in schema.tables for line in [*_class(t, names), ""]),
        "public class SchemaContext(DbContextOptions<SchemaContext> options) : DbContext(options)", "{", *sets, "",
        "    protected override void OnModelCreating(ModelBuilder builder)", "    {", *configured, "    }", "}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _class(table: Table, names: Names) -> list[str]:
    name = names.classes[table.name]
    lines = [f"/// <summary>{_xml(table.comment)}</summary>", f"public class {name}", "{"]
    for column in table.columns:
        kind = _kind(column)
        ending = " = default!;" if kind in _REFERENCES else ""
        lines.append(
            f"    public {kind}{'?' if column.nullable else ''} {_property(column.name, name)} {{ get; set; }}{ending}"
        )
    for r in names.out_of(table):
        optional = any(table.column(c).nullable for c in r.key.columns)
        mark, ending = ("?", "") if optional else ("", " = default!;")
        lines.append(f"    public {names.classes[r.parent]}{mark} {_property(r.one, name)} {{ get; set; }}{ending}")
    for r in names.into(table):
        child = names.classes[r.child]
        kind, ending = (f"{child}?", "") if r.single else (f"List<{child}>", " = [];")
        lines.append(f"    public {kind} {_property(r.many, name)} {{ get; set; }}{ending}")
    return [*lines, "}"]


def _property(name: str, owner: str) -> str:
    """A property may not be called like its class."""
    spelled = pascal(name)
    return f"{spelled}Value" if spelled == owner else spelled


def _configuration(table: Table, indexes: list[Index], names: Names) -> list[str]:
    name = names.classes[table.name]
    lines = [f"        builder.Entity<{name}>(e =>", "        {", f'            e.ToTable("{table.name}");']
    lines.append(f"            e.HasKey({_columns(table.primary_key, name)});")
    for column in table.columns:
        parts = [f'HasColumnName("{column.name}")', f'HasColumnType("{column.sql_type}")']
        parts += ["UseIdentityAlwaysColumn()"] if column.identity else []
        if column.generated:
            parts.append(f"HasComputedColumnSql({_text(column.generated)}, stored: true)")
        elif column.default:
            parts.append(f"HasDefaultValueSql({_text(column.default)})")
        lines.append(f"            e.Property(x => x.{_property(column.name, name)}).{'.'.join(parts)};")
    for unique in (*table.uniques, *table.targets):
        if not any(table.column(c).nullable for c in unique.columns):
            lines.append(f'            e.HasAlternateKey({_columns(unique.columns, name)}).HasName("{unique.name}");')
    lines += [f"            {_index(i, name)}" for i in indexes if all(k.column for k in i.keys)]
    lines += [f"            {_relation(r, names)}" for r in names.out_of(table)]
    return [*lines, "        });"]


def _index(index: Index, owner: str) -> str:
    columns = tuple(k.column or "" for k in index.keys)
    parts = [f"HasIndex({_columns(columns, owner)})", f'HasDatabaseName("{index.name}")']
    parts += ["IsUnique()"] if index.unique else []
    parts += [f"HasFilter({_text(index.where)})"] if index.where else []
    parts += [f"HasMethod({_text(index.method)})"] if index.method != "btree" else []
    if any(k.descending for k in index.keys):
        parts.append(f"IsDescending({', '.join(str(k.descending).lower() for k in index.keys)})")
    return f"e.{'.'.join(parts)};"


def _relation(reference: Reference, names: Names) -> str:
    child, parent = names.classes[reference.child], names.classes[reference.parent]
    many = "WithOne" if reference.single else "WithMany"
    typed = f"<{child}>" if reference.single else ""
    return (
        f"e.HasOne(x => x.{_property(reference.one, child)}).{many}(x => x.{_property(reference.many, parent)})"
        f".HasForeignKey{typed}({_columns(reference.key.columns, child)})"
        f'.OnDelete(DeleteBehavior.{_DELETE[reference.key.on_delete]}).HasConstraintName("{reference.key.name}");'
    )


def _columns(columns: tuple[str, ...], owner: str) -> str:
    if len(columns) == 1:
        return f"x => x.{_property(columns[0], owner)}"
    return f"x => new {{ {', '.join(f'x.{_property(c, owner)}' for c in columns)} }}"


def _kind(column: Column) -> str:
    return _TYPES.get(column.sql_type.partition("(")[0], "string")


def _text(text: str) -> str:
    return '"' + one_line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _xml(text: str) -> str:
    return one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
