"""SQLite as an engine: the library of this Python, in-process, on real files in a temporary folder.

>>> found("embedded").name
'SQLite'
"""

from flows.engines.sqlite.library import found
from flows.engines.sqlite.observing import observe

__all__ = ["found", "observe"]
