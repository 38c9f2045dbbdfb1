"""The protocol by which readers fill a plan's cache and writers forget its keys, as the generated code does it.

A reader that misses takes a lease (SET NX) before it asks the database and stores the answer only while it holds it;
a writer deletes key and lease after its commit. So an answer that was read before the commit is never stored after it,
and of many readers that miss at once one asks the database (Nishtala et al., Scaling Memcache at Facebook, 2013).
A list's key holds a version, which a writer increments: an old answer may be stored, but under a key nobody reads.
"""

import hashlib
import itertools
import re
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from contracts.claims import CachedQuery
from flows.engines.caches.server import CacheServer

LEASE_SECONDS = 60
"""Longer than any read of the proof, so that no lease ends by time there and the same history gives the same counts."""

_FILL = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
    redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
    redis.call('DEL', KEYS[1])
    return 1
end
return 0
"""
_PLACEHOLDER = re.compile(r"\{([\w.]+)\}")
Values = Mapping[str, str]
Ask = Callable[[], str]


@dataclass(frozen=True)
class Read:
    """An answer: as text, whether a cache gave it, and since when by the proof's own clock that copy lies there."""

    answer: str
    hit: bool
    since: float | None = None


@dataclass
class Store:
    """The shared cache, and the copies of each instance of the application beside it; `now` is the proof's clock."""

    server: CacheServer
    now: float = 0.0
    local: dict[tuple[str, str], tuple[float, str]] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    _tokens: "itertools.count[int]" = field(default_factory=itertools.count)

    def reading(
        self, query: CachedQuery, values: Values, ask: Ask, instance: str | None
    ) -> Generator[None, None, Read]:
        """One read in three steps (look, ask the database, store), so that others can act in between."""
        client = self.server.client
        near = (instance or "", filled(query.key, {"version": "", **values}))
        if instance and query.local_seconds and near in self.local:
            since, answer = self.local[near]
            if self.now - since < query.local_seconds:
                return Read(answer, True, since)
        key = self._key(query, values)
        held = _text(client.get(key))
        if held is not None:
            self._keep_near(query, near, held, instance)
            return Read(held, True)
        token = str(next(self._tokens))
        leased = client.set(f"{key}:lease", token, nx=True, ex=LEASE_SECONDS)
        yield
        answer = ask()
        yield
        if leased:
            client.eval(_FILL, 2, f"{key}:lease", key, token, answer, str(query.ttl_seconds))
            self.kept[key] = query.ttl_seconds
        self._keep_near(query, near, answer, instance)
        return Read(answer, False)

    def _keep_near(self, query: CachedQuery, near: tuple[str, str], answer: str, instance: str | None) -> None:
        if instance and query.local_seconds:
            self.local[near] = (self.now, answer)

    def read(self, query: CachedQuery, values: Values, ask: Ask, instance: str | None = None) -> Read:
        """One read without anybody in between."""
        steps = self.reading(query, values, ask, instance)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                read: Read = end.value
                return read

    def forget(self, queries: Mapping[str, CachedQuery], keys: Iterable[tuple[str, str]], instance: str = "") -> None:
        """After a commit: delete a row's key with its lease, increment a list's version; (entry, key) each."""
        client, prefix = self.server.client, self.server.prefix
        for entry, key in dict.fromkeys(keys):
            if queries[entry].version:
                client.incr(prefix + key)
                self.kept[prefix + key] = -1
            else:
                client.delete(prefix + key, f"{prefix}{key}:lease")
                self.local.pop((instance, key), None)

    def evict(self, query: CachedQuery, values: Values) -> None:
        """What a full cache does to a key at any time; versions have no TTL and stay, as volatile-lru lets them."""
        self.server.client.delete(self._key(query, values))

    def _key(self, query: CachedQuery, values: Values) -> str:
        """The key of an answer now; of a list, under its present version."""
        prefix, version = self.server.prefix, ""
        if query.version:
            version = _text(self.server.client.get(prefix + filled(query.version, values))) or "0"
        return prefix + filled(query.key, {**values, "version": version})

    def overdue(self) -> list[str]:
        """Keys that live longer than their TTL, or versions that end."""
        found = []
        for key, seconds in self.kept.items():
            left: Any = self.server.client.pttl(key)
            ok = left in (-1, -2) if seconds == -1 else left == -2 or 0 <= left <= seconds * 1000
            found += [] if ok else [key.removeprefix(self.server.prefix)]
        return found

    def clear(self) -> None:
        """Delete what this proof stored, by name; nothing is scanned for, since the server may be somebody's."""
        keys = [*self.kept, *(f"{key}:lease" for key in self.kept)]
        if keys:
            self.server.client.delete(*keys)
        self.kept.clear()
        self.local.clear()


def filled(pattern: str, values: Values) -> str:
    """A key pattern with its values, each percent-encoded; free text by its digest.

    >>> filled("shop:category:by_slug:{slug}", {"slug": "a:b"})
    'shop:category:by_slug:a%3Ab'
    """

    def value(match: "re.Match[str]") -> str:
        name = match[1]
        if name.endswith("_sha256"):
            return hashlib.sha256(values[name.removesuffix("_sha256")].encode()).hexdigest()
        return quote(values[name], safe="")

    return _PLACEHOLDER.sub(value, pattern)


def _text(value: object) -> str | None:
    return value.decode() if isinstance(value, bytes) else None
