-- Takes V001 back: Schema of 2 tables with 0 indexes
-- It was made by V001__schema_of_2_tables_with_0_indexes.sql. Run it with sqlite3 -bail FILE.db '.read …'; it
-- is one transaction.
PRAGMA foreign_keys = ON;
BEGIN IMMEDIATE;

DROP TABLE IF EXISTS ticks;
DROP TABLE IF EXISTS habits;

DROP TABLE schema_migrations;

PRAGMA user_version = 0;
COMMIT;
