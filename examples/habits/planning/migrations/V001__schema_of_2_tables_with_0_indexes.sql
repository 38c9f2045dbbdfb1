-- V001: Schema of 2 tables with 0 indexes
-- Its way back is R001__rollback_schema_of_2_tables_with_0_indexes.sql. Run it with psql -v ON_ERROR_STOP=1
-- -f; it is one transaction.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

-- Records the 1 steps of this document and every later one, with its way back. Run the document in one
-- transaction, so that a record stands only when its step succeeded
CREATE TABLE schema_migrations (
    version text CONSTRAINT pk_schema_migrations PRIMARY KEY,
    description text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_by text NOT NULL DEFAULT session_user,
    execution_ms integer,
    rollback_sql text NOT NULL
);

-- Master data: Habit
CREATE TABLE habits (
    id bigint GENERATED ALWAYS AS IDENTITY,
    name varchar(200) NOT NULL,
    colour varchar(30),
    times_per_week integer DEFAULT 7 NOT NULL,
    started_on date NOT NULL,
    archived boolean DEFAULT false NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_habits PRIMARY KEY (id),
    CONSTRAINT uq_habits_name UNIQUE (name),
    CONSTRAINT ck_habits_name_not_blank CHECK (btrim(name) <> ''),
    CONSTRAINT ck_habits_times_per_week_range CHECK (times_per_week >= 1 AND times_per_week <= 7)
);

COMMENT ON TABLE habits IS 'Master data: Habit';

-- Append-only events: Tick
CREATE TABLE ticks (
    id bigint GENERATED ALWAYS AS IDENTITY,
    habit_id bigint NOT NULL,
    day date NOT NULL,
    note text,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_ticks PRIMARY KEY (id),
    CONSTRAINT uq_ticks_habit_id_day UNIQUE (habit_id, day),
    CONSTRAINT fk_ticks_habit_id FOREIGN KEY(habit_id) REFERENCES habits (id) ON DELETE RESTRICT
);

COMMENT ON TABLE ticks IS 'Append-only events: Tick';

INSERT INTO schema_migrations (version, description, rollback_sql) VALUES (
    'V001',
    'Schema of 2 tables with 0 indexes',
    $rollback$DROP TABLE IF EXISTS ticks;
DROP TABLE IF EXISTS habits;
$rollback$
);

COMMIT;
