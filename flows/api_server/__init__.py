"""A reference server of a generated API: the proof that its description can be kept, on the document's own queries.

It is made in memory from the contract and is no product: an application is written in its own language and framework.
Nothing of it is written into the project's folder, where it would be a second implementation that nobody maintains.
What it shows is that each operation's statement, role, limits and problems are enough to answer every request.
"""

from flows.api_server.application import api_server
from flows.api_server.callers import Accounts, Caller
from flows.api_server.database import Database

__all__ = ["Accounts", "Caller", "Database", "api_server"]
