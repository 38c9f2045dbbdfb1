-- V001: Schema of 2 tables with 0 indexes
-- Its way back is R001__rollback_schema_of_2_tables_with_0_indexes.sql. Run it with sqlite3 -bail FILE.db
-- '.read …'; it is one transaction.
PRAGMA journal_mode = wal;

-- Said in every connection, before its first statement: foreign keys are not checked otherwise
PRAGMA foreign_keys = ON;
BEGIN IMMEDIATE;

-- Records the 1 step of this document and every later one, with its way back. Each later step runs between
-- BEGIN IMMEDIATE and COMMIT with its record: DDL is transactional
CREATE TABLE schema_migrations (
    version TEXT NOT NULL,
    description TEXT NOT NULL,
    applied_at TEXT NOT NULL DEFAULT (datetime('now')),
    rollback_sql TEXT NOT NULL,
    CONSTRAINT pk_schema_migrations PRIMARY KEY (version)
) STRICT, WITHOUT ROWID;

-- Master data: Habit
CREATE TABLE habits (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    colour TEXT,
    times_per_week INTEGER NOT NULL DEFAULT 7,
    started_on TEXT NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, -- UTC
    CONSTRAINT uq_habits_name UNIQUE (name),
    CONSTRAINT ck_habits_name_not_blank CHECK (trim(name) <> ''),
    CONSTRAINT ck_habits_times_per_week_range CHECK (times_per_week >= 1 AND times_per_week <= 7),
    CONSTRAINT ck_habits_name_form CHECK (length(name) <= 200),
    CONSTRAINT ck_habits_colour_form CHECK (length(colour) <= 30),
    CONSTRAINT ck_habits_started_on_form CHECK (date(started_on, '+0 days') IS started_on),
    CONSTRAINT ck_habits_archived_form CHECK (archived IN (0, 1)),
    CONSTRAINT ck_habits_created_at_form CHECK (datetime(created_at, '+0 days') IS created_at)
) STRICT;

-- Append-only events: Tick
CREATE TABLE ticks (
    id INTEGER PRIMARY KEY,
    habit_id INTEGER NOT NULL,
    day TEXT NOT NULL,
    note TEXT,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, -- UTC
    CONSTRAINT uq_ticks_habit_id_day UNIQUE (habit_id, day),
    CONSTRAINT ck_ticks_day_form CHECK (date(day, '+0 days') IS day),
    CONSTRAINT ck_ticks_created_at_form CHECK (datetime(created_at, '+0 days') IS created_at),
    CONSTRAINT fk_ticks_habit_id FOREIGN KEY (habit_id) REFERENCES habits (id) ON DELETE RESTRICT
) STRICT;

INSERT INTO schema_migrations (version, description, rollback_sql) VALUES (
    'V001',
    'Schema of 2 tables with 0 indexes',
    'DROP TABLE IF EXISTS ticks;
DROP TABLE IF EXISTS habits;
'
);

PRAGMA user_version = 1;
COMMIT;
