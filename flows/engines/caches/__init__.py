"""Cache servers of the Redis protocol: what finds or starts one, and what drives a plan's keys and events on it."""

from flows.engines.caches.coherence import coherent, invalidates
from flows.engines.caches.on_postgresql import PostgreSQLSession
from flows.engines.caches.server import CacheServer, NoCacheServerError, cache_server
from flows.engines.caches.trials import cached

__all__ = [
    "CacheServer",
    "NoCacheServerError",
    "PostgreSQLSession",
    "cache_server",
    "cached",
    "coherent",
    "invalidates",
]
