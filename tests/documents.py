"""The documents that the downstream agents are tried with: the examples', and the habit tracker's for PostgreSQL.

By itself the habit tracker is a file of SQLite's, which these agents do not read. The kept one was made by
`design examples/habits/INITIAL.md --database postgresql --date 2026-11-01`.
"""

from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = {
    "shop": ROOT / "examples" / "shop" / "planning" / "persistence.md",
    "clinic": ROOT / "examples" / "clinic" / "planning" / "persistence.md",
    "habits": ROOT / "tests" / "handover" / "habits" / "planning" / "persistence.md",
}
