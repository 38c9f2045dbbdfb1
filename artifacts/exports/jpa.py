"""JPA entities: one class a table, with columns as they are and references as lazy associations."""

from artifacts.escape import one_line
from artifacts.exports.names import Names, Reference, camel, pascal
from contracts.schema import Column, SchemaDesign, Table

PACKAGE = "model"
_KEYWORDS = """
abstract assert boolean break byte case catch char class const continue default do double else enum extends
final finally float for goto if implements import instanceof int interface long native new null package
private protected public return short static strictfp super switch synchronized this throw throws transient
try void volatile while true false record var yield Object String Long Integer Boolean List Set Override
Deprecated Entity Table Id Column
""".split()  # fmt: skip
_TYPES = {
    "bigint": "Long", "integer": "Integer", "smallint": "Short", "boolean": "Boolean", "date": "java.time.LocalDate",
    "time": "java.time.LocalTime", "timestamptz": "java.time.OffsetDateTime", "timestamp": "java.time.LocalDateTime",
    "interval": "java.time.Duration", "uuid": "java.util.UUID", "numeric": "java.math.BigDecimal", "real": "Float",
    "double precision": "Double",
}  # fmt: skip


def entities(title: str, schema: SchemaDesign) -> dict[str, str]:
    """The Java files by their names; a key of several columns has an id class beside its entity."""
    names = Names(schema, _KEYWORDS)
    files: dict[str, str] = {}
    for table in schema.tables:
        name = names.classes[table.name]
        files[f"{name}.java"] = _entity(title, table, names)
        if len(table.primary_key) > 1:
            files[f"{name}Id.java"] = _id_class(name, table, names)
    return files


def _entity(title: str, table: Table, names: Names) -> str:
    name = names.classes[table.name]
    told = one_line(f"{title}: {table.comment}").replace("*/", "* /").replace("\\", "")
    lines = [
        f"package {PACKAGE};", "", "import jakarta.persistence.*;", "", f"/** {told} */", "@Entity",
        f'@Table(name = "{table.name}"{_uniques(table)})',
        *([f"@IdClass({name}Id.class)"] if len(table.primary_key) > 1 else []),
        f"public class {name} {{",
    ]  # fmt: skip
    fields = [(_kind(c), _attribute(c.name, names)) for c in table.columns]
    for column in table.columns:
        lines += [f"    {line}" for line in _field(column, table, names)] + [""]
    for reference in names.out_of(table):
        lines += [f"    {line}" for line in _association(reference, names)] + [""]
        fields.append((names.classes[reference.parent], camel(reference.one)))
    for kind, attribute in fields:
        lines += _accessors(kind, attribute)
    return "\n".join([*lines[:-1], "}"]) + "\n"


def _uniques(table: Table) -> str:
    parts = [
        f'@UniqueConstraint(name = "{u.name}", columnNames = {{{", ".join(_text(c) for c in u.columns)}}})'
        for u in (*table.uniques, *table.targets)
    ]
    return f", uniqueConstraints = {{{', '.join(parts)}}}" if parts else ""


def _field(column: Column, table: Table, names: Names) -> list[str]:
    facts = [f'name = "{column.name}"', *([] if column.nullable else ["nullable = false"])]
    base, _, size = column.sql_type.partition("(")
    if base in ("varchar", "char") and size:
        facts.append(f"length = {size.rstrip(')')}")
    elif base == "numeric" and size:
        precision, _, scale = size.rstrip(")").partition(",")
        facts.append(f"precision = {precision}, scale = {scale or 0}")
    elif base not in _TYPES and base != "text":
        facts.append(f"columnDefinition = {_text(column.sql_type)}")
    if column.generated:
        facts.append("insertable = false, updatable = false")
    lines = ["@Id"] if column.name in table.primary_key else []
    lines += ["@GeneratedValue(strategy = GenerationType.IDENTITY)"] if column.identity else []
    return [*lines, f"@Column({', '.join(facts)})", f"private {_kind(column)} {_attribute(column.name, names)};"]


def _association(reference: Reference, names: Names) -> list[str]:
    """The column itself is written; the association beside it is for reading."""
    joins = [
        f'@JoinColumn(name = "{near}", referencedColumnName = "{far}", insertable = false, updatable = false)'
        for near, far in zip(reference.key.columns, reference.key.referenced_columns, strict=True)
    ]
    kind = "OneToOne" if reference.single else "ManyToOne"
    return [
        f"@{kind}(fetch = FetchType.LAZY)", *joins, f"private {names.classes[reference.parent]} {camel(reference.one)};"
    ]  # fmt: skip


def _accessors(kind: str, attribute: str) -> list[str]:
    name = pascal(attribute)
    get = "get_" if name == "Class" else "get"  # getClass is Object's own
    return [
        f"    public {kind} {get}{name}() {{", f"        return {attribute};", "    }", "",
        f"    public void set{name}({kind} {attribute}) {{", f"        this.{attribute} = {attribute};", "    }", "",
    ]  # fmt: skip


def _id_class(name: str, table: Table, names: Names) -> str:
    columns = [table.column(key) for key in table.primary_key]
    fields = [(_kind(c), _attribute(c.name, names)) for c in columns]
    same = " && ".join(f"java.util.Objects.equals({a}, that.{a})" for _, a in fields)
    lines = [
        f"package {PACKAGE};", "", f"/** The key of {name}. */",
        f"public class {name}Id implements java.io.Serializable {{",
        *(f"    private {kind} {attribute};" for kind, attribute in fields), "",
        "    @Override", "    public boolean equals(Object other) {",
        f"        return other instanceof {name}Id that && {same};", "    }", "",
        "    @Override", "    public int hashCode() {",
        f"        return java.util.Objects.hash({', '.join(a for _, a in fields)});", "    }", "}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _attribute(name: str, names: Names) -> str:
    spelled = camel(name)
    return f"{spelled}_" if spelled in names.reserved else spelled


def _kind(column: Column) -> str:
    return _TYPES.get(column.sql_type.partition("(")[0], "String")


def _text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
