"""What later versions of PostgreSQL have that designs use: the version from which each is there.

A design for an older version goes without; nothing of this list may stand in its document. Sources: the release notes
of PostgreSQL 16 and 18, section E.1.3 of each.
"""

from agents.dialects import ordered

SINCE = {
    "last_idx_scan": "16",
    "autovacuum_vacuum_max_threshold": "18",
    "idle_replication_slot_timeout": "18",
}
"""Settings, and columns of the catalogue, by the version that brought them."""


def there(name: str, version: str) -> bool:
    """Whether every server from this version on has the setting or column.

    >>> there("last_idx_scan", "16"), there("last_idx_scan", "15"), there("lock_timeout", "15")
    (True, False, True)
    """
    return ordered(SINCE.get(name, "0")) <= ordered(version)
