"""SQLite in SQLAlchemy and Prisma: what a STRICT column keeps, and how Python sees it.

The columns are TEXT and INTEGER as the schema has them; the types below turn them into dates, moments and truth, in the
forms that the schema's checks ask for. Conditions of indexes are SQLAlchemy's own `sqlite_where`.
"""

from artifacts.exports.dialects import Spelling
from contracts.schema import Index

_DECORATOR = '''class {name}(TypeDecorator[{python}]):
    """{told}"""

    impl, cache_ok = {impl}, True

    def process_bind_param(self, value: {python} | None, dialect: object) -> {kept} | None:
        return None if value is None else {to}

    def process_result_value(self, value: {kept} | None, dialect: object) -> {python} | None:
        return None if value is None else {back}'''


def _decorator(name: str, python: str, impl: str, kept: str, told: str, to: str, back: str) -> str:
    return _DECORATOR.format(name=name, python=python, impl=impl, kept=kept, told=told, to=to, back=back)


def _index(index: Index) -> list[str] | None:
    """Words are a full-text table, which is the migrations'."""
    return None if index.method != "btree" else []


SPELLING = Spelling(
    types={
        "integer": ("Integer", "int"), "text": ("Text", "str"), "real": ("REAL", "float"),
        "blob": ("LargeBinary", "bytes"),
    },
    sized={},
    by_kind={
        "date": ("Day", "dt.date"), "timestamp": ("Moment", "dt.datetime"), "boolean": ("Truth", "bool"),
        "json": ("Document", "Any"),
    },
    own={
        "Day": _decorator("Day", "dt.date", "Text", "str", "A date as YYYY-MM-DD.", "value.isoformat()",
                          "dt.date.fromisoformat(value)"),
        "Moment": _decorator(
            "Moment", "dt.datetime", "Text", "str", "A moment as YYYY-MM-DD HH:MM:SS in UTC; give one with its zone.",
            'value.astimezone(dt.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")',
            "dt.datetime.fromisoformat(value).replace(tzinfo=dt.timezone.utc)",
        ),
        "Truth": _decorator(
            "Truth", "bool", "Integer", "int", "True and false as 1 and 0.", "int(value)", "bool(value)"
        ),
        "Document": _decorator(
            "Document", "Any", "Text", "str", "JSON as text.", "json.dumps(value)", "json.loads(value)"
        ),
    },
    identity="autoincrement=True",
    index=_index,
    included_as_keys=True,
    prisma_provider="sqlite",
    prisma={"integer": "Int", "text": "String", "real": "Float", "blob": "Bytes"},
)  # fmt: skip
