"""MySQL 8.0 and later: what it has otherwise than MariaDB, whose design it shares."""
