"""What is cached where, for how long, and which writes make it stale."""

from typing import Literal

from contracts.base import Contract, Decision, Element, Figure, Identifier, Omission
from contracts.claims import Claim


class Invalidation(Contract):
    """A write that makes an entry stale: the operation on the table, its event and the keys to delete.

    The written row fills the keys' placeholders. With `finds`, the rows that this SQL returns fill them instead; it
    runs in the writer's transaction with the written row's key as $1 (and $2, …): before a delete, after an insert,
    before and after an update.
    """

    table: Identifier
    operations: tuple[Literal["insert", "update", "delete"], ...]
    event: str
    keys: tuple[str, ...]
    finds: str = ""
    because: str


class CacheEntry(Element):
    """One kind of cached value. `key_pattern` uses `{column}` placeholders; sizes are estimates in bytes.

    `bypass` says what to do for a value that must not be stale.
    """

    name: Identifier
    layers: tuple[Literal["in_process", "distributed"], ...]
    key_pattern: str
    query: Identifier
    tables: tuple[Identifier, ...]
    ttl: Figure
    staleness_seconds: int
    items: int
    item_bytes: int
    invalidations: tuple[Invalidation, ...]
    because: str


class CacheLayer(Element):
    """A cache: its product, its capacity and its settings (name, value) as the product spells them."""

    layer: Literal["in_process", "distributed"]
    product: str
    version: str = ""
    capacity: Figure
    settings: tuple[tuple[str, str], ...] = ()
    because: str


class CodeSample(Contract):
    """Integration code in the application's language, generated for this project's entities."""

    language: Literal["java", "typescript", "python", "csharp"]
    text: str


class CachingPlan(Contract):
    """The caching of one project; empty with omissions when no requirement asks for it.

    `code` reads through the caches, for the entry that spares the database most; `dispatch` tells which keys every
    write of the plan makes stale.
    """

    layers: tuple[CacheLayer, ...] = ()
    entries: tuple[CacheEntry, ...] = ()
    never_cached: tuple[Omission, ...] = ()
    code: CodeSample | None = None
    dispatch: CodeSample | None = None
    decisions: tuple[Decision, ...] = ()
    omissions: tuple[Omission, ...] = ()
    claims: tuple[Claim, ...] = ()
