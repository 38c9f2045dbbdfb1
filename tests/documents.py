"""The documents for PostgreSQL that the downstream agents are tried with.

By itself the habit tracker is a file of SQLite's; the kept one for one person on PostgreSQL was made by
`design examples/habits/INITIAL.md --database postgresql --date 2026-11-01`.
"""

from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = {
    "shop": ROOT / "examples" / "shop" / "planning" / "persistence.md",
    "clinic": ROOT / "examples" / "clinic" / "planning" / "persistence.md",
    "habits": ROOT / "tests" / "handover" / "habits" / "planning" / "persistence.md",
}
