"""DBML (dbml.dbdiagram.io): the schema for diagram tools that draw, share and comment on it."""

from artifacts.escape import one_line
from contracts.schema import Column, Index, SchemaDesign, Table

_DELETE = {"restrict": "restrict", "cascade": "cascade", "set null": "set null", "no action": "no action"}


def dbml(title: str, schema: SchemaDesign) -> str:
    """The schema's tables, indexes and references; checks stand in notes, which is all that DBML has for them."""
    parts = [f"Project {_quoted(title)} {{\n  database_type: {_text(schema.engine_name)}\n}}"]
    parts += [_table(table, [i for i in schema.indexes if i.table == table.name]) for table in schema.tables]
    known = {table.name for table in schema.tables}
    for table in schema.tables:
        for key in (k for k in table.foreign_keys if k.references in known):
            mark = "-" if key.columns in {u.columns for u in table.uniques} | {table.primary_key} else ">"
            left, right = _ends(table.name, key.constrained), _ends(key.references, key.constrained_to)
            parts.append(f"Ref {_quoted(key.name)}: {left} {mark} {right} [delete: {_DELETE[key.on_delete]}]")
    return "\n\n".join(parts) + "\n"


def _table(table: Table, indexes: list[Index]) -> str:
    lines = [f"Table {_quoted(table.name)} {{"]
    lines += [f"  {_column(column, table)}" for column in table.columns]
    composite = [f"({', '.join(map(_quoted, table.primary_key))}) [pk]"] if len(table.primary_key) > 1 else []
    composite += [
        f"({', '.join(map(_quoted, u.columns))}) [unique, name: {_text(u.name)}]"
        for u in (*table.uniques, *table.targets)
    ]
    composite += [_index(index) for index in indexes]
    if composite:
        lines += ["", "  indexes {", *(f"    {line}" for line in composite), "  }"]
    rules = [f"{check.name}: {check.expression}" for check in table.checks]
    note = one_line("; ".join(filter(None, (table.comment, *rules))))
    if note:
        lines += ["", f"  Note: {_text(note)}"]
    return "\n".join([*lines, "}"])


def _column(column: Column, table: Table) -> str:
    facts = ["pk"] if table.primary_key == (column.name,) else []
    facts += ["increment"] if column.identity else []
    facts += [] if column.nullable or "pk" in facts else ["not null"]
    if column.default or column.generated:
        facts.append(f"default: `{one_line(column.default or column.generated or '').replace('`', '')}`")
    facts += [f"note: {_text(column.comment)}"] if column.comment else []
    kind = column.sql_type if "(" in column.sql_type or " " not in column.sql_type else _quoted(column.sql_type)
    told = f" [{', '.join(facts)}]" if facts else ""
    return f"{_quoted(column.name)} {kind}{told}"


def _index(index: Index) -> str:
    keys = ", ".join(_quoted(k.column) if k.column else f"`{one_line(k.expression or '')}`" for k in index.keys)
    facts = [f"name: {_text(index.name)}", *(["unique"] if index.unique else [])]
    facts += [f"type: {index.method}"] if index.method in ("btree", "hash") else []
    beyond = [f"using {index.method}"] if index.method not in ("btree", "hash") else []
    beyond += [f"where {index.where}"] if index.where else []
    beyond += [f"include {', '.join(index.include)}"] if index.include else []
    facts += [f"note: {_text(one_line(' '.join(beyond)))}"] if beyond else []
    return f"({keys}) [{', '.join(facts)}]"


def _ends(table: str, columns: tuple[str, ...]) -> str:
    listed = ", ".join(map(_quoted, columns))
    return f"{_quoted(table)}.{listed}" if len(columns) == 1 else f"{_quoted(table)}.({listed})"


def _quoted(name: str) -> str:
    return '"' + one_line(name).replace("\\", "").replace('"', "'") + '"'


def _text(text: str) -> str:
    return "'" + one_line(text).replace("\\", "\\\\").replace("'", "\\'") + "'"
