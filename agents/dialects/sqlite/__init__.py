"""SQLite 3.37 and later: an embedded database in one file, with one writer at a time."""
