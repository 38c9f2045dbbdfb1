"""SQLite as an engine: the library of this Python, in-process, on real files in a temporary folder.

>>> found("embedded").name
'SQLite'
"""

from flows.engines.sqlite.documents import applied, offered
from flows.engines.sqlite.library import SCHEMES, available, found, version_at
from flows.engines.sqlite.observing import observe

__all__ = ["SCHEMES", "applied", "available", "found", "observe", "offered", "version_at"]
