"""Does each column keep what the brief says of its attribute: type and length, required, unique, allowed, bounded?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.dialects.postgresql import sql_type
from agents.schema_design.names import column_name
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.requirements import Attribute
from contracts.schema import Column, Index, SchemaDesign, Table

MEANS = "The database takes values that the application must never see, or refuses values that the brief allows."
REMEDY = "Give the column the type, the constraint or the length that its attribute asks for."


def findings(design: Design) -> Iterator[Finding]:
    """Attributes whose column is missing, or weaker or narrower than the attribute."""
    tables = {table.entity: table for table in design.schema_design.tables if table.entity}
    known = {entity.name for entity in design.requirements.entities}
    for entity in design.requirements.entities:
        table = tables.get(entity.name)
        for attribute in entity.attributes if table else ():
            if attribute.references in known:
                continue  # a foreign key; relationship-without-foreign-key asks for it
            assert table is not None
            for problem in _problems(table, attribute, design.schema_design):
                yield finding(
                    __name__,
                    f"column.{table.name}.{attribute.name}",
                    fact=f'"{table.name}" does not keep "{attribute.label}": {problem}.',
                    evidence=attribute.origin.quote or attribute.origin.rule,
                    remedy=f'Make the column as the attribute "{attribute.label}" asks.',
                )


def _problems(table: Table, attribute: Attribute, schema: SchemaDesign) -> Iterator[str]:
    name = column_name(attribute.name, attribute.type)
    column = next((c for c in table.columns if c.name == name), None)
    if column is None:
        yield f'it has no column "{name}"'
        return
    yield from _other_type(column, attribute, schema.dialect)
    if column.nullable and not attribute.optional:
        yield f'"{name}" may be NULL, and the attribute is required'
    if attribute.unique and not _is_unique(table, column, schema.indexes):
        yield f'nothing makes "{name}" unique'
    checks = [check for check in table.checks if check.column == name]
    if attribute.allowed and not any(c.kind == "one_of" and set(c.values) <= set(attribute.allowed) for c in checks):
        yield f'"{name}" takes values besides {", ".join(attribute.allowed)}'
    if attribute.minimum is not None and not any(c.minimum is not None and c.minimum >= attribute.minimum
                                                 for c in checks):  # fmt: skip
        yield f'"{name}" may be less than {attribute.minimum:f}'
    if attribute.maximum is not None and not any(c.maximum is not None and c.maximum <= attribute.maximum
                                                 for c in checks):  # fmt: skip
        yield f'"{name}" may be more than {attribute.maximum:f}'


def _other_type(column: Column, attribute: Attribute, dialect: str) -> Iterator[str]:
    """PostgreSQL's types are compared with their lengths; other families have fewer, and checks of their own."""
    wanted = sql_type(attribute) if dialect == "postgresql" else attribute.type
    found = column.sql_type if dialect == "postgresql" else column.type
    if found != wanted:
        yield f'"{column.name}" is {found}, and the attribute asks for {wanted}'


def _is_unique(table: Table, column: Column, indexes: tuple[Index, ...]) -> bool:
    """By a key of its own, or among the rows that are not deleted."""
    keys = [table.primary_key, *(unique.columns for unique in table.uniques)]
    keys += [tuple(k.column or "" for k in i.keys) for i in indexes if i.table == table.name and i.unique]
    return (column.name,) in keys
