"""Operations of an interface (OpenAPI paths, GraphQL queries) told as the endpoint lines that people write.

`GET /orders?status=&sort=-placed_at&limit=20: newest first` is what readers of access already understand.
"""

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from agents.changing import changed
from agents.naming import plural
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.forms.blocks import Block
from agents.requirement_analysis.forms.nodes import Node
from agents.requirement_analysis.forms.things import Forms, name_of

_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head"})
_SIZES = frozenset({"first", "last", "limit", "take", "size", "count", "pagesize", "perpage"})
_ORDERS = frozenset({"orderby", "sort", "sortby", "order"})


def tell(endpoint: str, lines: Sequence[Sentence], forms: Forms) -> None:
    """Hand an endpoint line to the readers of access; the lines that it was made of are used by what they find."""
    first = lines[0]
    spoken = changed(first, text=endpoint, body=endpoint, label="", form="bullet", quote=first.text)
    forms.spoken.append((spoken, first))
    forms.also += [(line, spoken) for line in lines[1:]]


def is_paths(node: Node) -> bool:
    """Whether an object maps paths to their methods."""
    return bool(node.pairs) and all(key.startswith("/") and value.kind == "object" for key, value in node.pairs)


def read_paths(node: Node, block: Block, forms: Forms) -> None:
    """Every operation below `paths`."""
    for path, methods in node.pairs:
        shared = methods.get("parameters")
        for method, operation in methods.pairs:
            if method.lower() not in _METHODS:
                continue
            query = "&".join([*_parameters(shared), *_parameters(operation.get("parameters"))])
            said = " ".join(t.text for k in ("summary", "description") if (t := operation.get(k)) is not None)
            line = f"{method.upper()} {path}{'?' if query else ''}{query}{': ' if said else ''}{said}"
            own = [block.at(methods.line), block.at(operation.line), *(block.at(n) for n in lines_of(operation))]
            tell(line, tuple(dict.fromkeys(own)), forms)


def _parameters(node: Node | None) -> Iterator[str]:
    """`name=default` of each parameter of the query."""
    for item in node.items if node is not None else ():
        name, place, schema = item.get("name"), item.get("in"), item.get("schema")
        if name is not None and place is not None and place.text == "query":
            default = (schema.get("default") if schema is not None else None) or item.get("default")
            yield f"{quote(name.text)}={quote(default.text, safe=':,') if default is not None else ''}"


def lines_of(node: Node) -> Iterator[int]:
    """The lines of everything inside a node."""
    for _, value in node.pairs:
        yield value.line
        yield from lines_of(value)
    for item in node.items:
        yield item.line
        yield from lines_of(item)


def query_line(label: str, several: bool, arguments: Iterable[tuple[str, str]]) -> str:
    """The endpoint of a query that returns one or several of a thing, by its arguments and their defaults."""
    path = f"/{plural(name_of(label))}"
    parts: list[str] = []
    for name, default in arguments:
        low = name.lower().replace("_", "")
        if not several and not parts:
            return f"GET {path}/{{{name}}}"
        parts.append(f"{'limit' if low in _SIZES else 'sort' if low in _ORDERS else quote(name)}={quote(default)}")
    return f"GET {path}{'?' if parts else ''}{'&'.join(parts)}"
