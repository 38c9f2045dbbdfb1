"""The Jinja2 environment in which a template cannot forget to escape.

Autoescaping knows HTML only. Here `finalize` escapes every expression for Markdown unless a filter has
already made it right for its place and returned `Verbatim`. What a template prints by mistake (an undefined
name, None, a whole object) is an error, not a word in the document.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from jinja2 import Environment, PackageLoader, StrictUndefined, Undefined

from artifacts import escape, figures
from artifacts.yaml_block import yaml_text
from contracts.base import Figure

SERVED_SHOWN = 4


class Verbatim(str):
    """Text that already is what should stand in the document."""

    __slots__ = ()


def finalized(value: object) -> str:
    """What an expression prints; TypeError for what has no plain spelling."""
    if isinstance(value, Undefined):
        return str(value)  # StrictUndefined raises here, naming the variable
    if isinstance(value, Verbatim):
        return value
    if isinstance(value, str):
        return escape.markdown(value)
    if isinstance(value, bool) or value is None:
        raise TypeError(f"a template printed {value!r}; write what it means")
    if isinstance(value, (int, float, Decimal)):
        return figures.number(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"a template printed a {type(value).__name__}; print its fields")


def code(value: object) -> Verbatim:
    """Inline code."""
    return Verbatim(escape.code_span(str(value)))


def codes(values: Sequence[object]) -> Verbatim:
    """Inline code for each of a list, with commas."""
    return Verbatim(", ".join(escape.code_span(str(value)) for value in values))


def served(ids: Sequence[str]) -> Verbatim:
    """The ids that something serves; a general element serves dozens, and the first few name them well enough."""
    more = f" and {len(ids) - SERVED_SHOWN} more" if len(ids) > SERVED_SHOWN else ""
    return Verbatim(f"{codes(ids[:SERVED_SHOWN])}{more}")


def derived(figure: Figure) -> Verbatim:
    """How a figure came about: the formula as code, then its inputs and its source."""
    values = f" with {escape.markdown(figures.inputs(figure.inputs))}" if figure.inputs else ""
    source = f", after {escape.markdown(figure.source)}" if figure.source else ""
    return Verbatim(f"{escape.code_span(figure.formula)}{values}{source}")


def cell(value: object) -> Verbatim:
    """A table cell that may have several lines."""
    if isinstance(value, Verbatim):
        return Verbatim(value.replace("\n", "<br>"))
    return Verbatim(escape.markdown_cell(value if isinstance(value, str) else finalized(value)))


def block(text: str, language: str) -> Verbatim:
    """A fenced block in a language."""
    return Verbatim(escape.fenced(text, language))


def yaml(data: Mapping[str, object] | Sequence[object], comment: str = "") -> Verbatim:
    """A fenced YAML block from plain data with notes."""
    return block(yaml_text(data, comment), "yaml")


def sql(text: str) -> Verbatim:
    """A fenced SQL block; the text is SQL already."""
    return block(text, "sql")


def comment(text: str) -> Verbatim:
    """An HTML comment."""
    return Verbatim(f"<!-- {escape.html_comment(text)} -->")


def document_environment() -> Environment:
    """The environment of all templates in `artifacts/templates`."""
    environment = Environment(
        loader=PackageLoader("artifacts"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it knows HTML only; `finalize` escapes every expression for Markdown
        finalize=finalized,
    )
    environment.filters |= {"code": code, "codes": codes, "cell": cell, "block": block, "yaml": yaml, "sql": sql}
    environment.filters |= {"comment": comment, "short": escape.shortened, "number": figures.number}
    environment.filters |= {"bytes": figures.byte_size, "duration": figures.duration, "counted": figures.counted}
    environment.filters |= {"clause": escape.clause, "sentence": escape.sentence, "served": served, "derived": derived}
    return environment
