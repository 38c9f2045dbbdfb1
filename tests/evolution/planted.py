"""A small schema with rows, and one change of each kind planted into it."""

from pathlib import Path
from typing import Any

import yaml

from agents.evolution import evolution_plan, rename_statements
from artifacts.statements import split_statements
from contracts.evolution import Answers, EvolutionPlan, Schemas, SchemaState
from flows.engines.schema_state import schema_state
from flows.engines.server import Server, scratch
from flows.engines.session import Connection, checked
from tests.evolution.small import SCRIPT

OLD = """
CREATE TABLE schema_migrations (version text PRIMARY KEY, description text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(), applied_by text NOT NULL DEFAULT session_user,
    execution_ms integer, rollback_sql text NOT NULL);
INSERT INTO schema_migrations (version, description, rollback_sql) VALUES ('V001', 'all', '');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN NEW.updated_at := clock_timestamp(); RETURN NEW; END $$;
CREATE TABLE tags (name text CONSTRAINT pk_tags PRIMARY KEY, label text);
CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_customers PRIMARY KEY,
    email varchar(50) NOT NULL CONSTRAINT uq_customers_email UNIQUE,
    nick text,
    code integer NOT NULL
);
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_orders PRIMARY KEY,
    customer_id bigint NOT NULL CONSTRAINT fk_orders_customer REFERENCES customers ON DELETE RESTRICT,
    status varchar(20) NOT NULL DEFAULT 'new' CONSTRAINT ck_orders_status CHECK (status IN ('new', 'paid')),
    total integer NOT NULL CONSTRAINT ck_orders_total CHECK (total >= 0),
    note text,
    "user" text DEFAULT 'it''s',
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN orders.note IS 'what the customer said';
CREATE INDEX ix_orders_customer ON orders (customer_id);
CREATE INDEX ix_orders_total ON orders (total, status);
CREATE TRIGGER tg_orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL, kind text,
    CONSTRAINT pk_events PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-07-01') TO ('2027-01-01');
"""

ROWS = """
INSERT INTO tags SELECT 'tag ' || n, 'label ' || n FROM generate_series(1, 10) n;
INSERT INTO customers (email, nick, code) SELECT 'c' || n || '@mail.test', CASE WHEN n % 3 > 0 THEN 'nick ' || n END, n
    FROM generate_series(1, 600) n;
INSERT INTO orders (customer_id, status, total, note)
    SELECT n % 600 + 1, CASE n % 2 WHEN 0 THEN 'new' ELSE 'paid' END, n,
    CASE WHEN n % 5 > 0 THEN 'tag ' || n % 10 + 1 END FROM generate_series(1, 6000) n;
INSERT INTO events (at, kind) SELECT date '2026-01-01' + n % 360, 'kind ' || n FROM generate_series(1, 360) n;
"""

CHANGES: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("planted.yaml").read_text())


def new(*names: str) -> str:
    """The new schema with these changes."""
    text = OLD
    for edit in (e for name in names for e in CHANGES[name].get("edits", ())):
        assert edit["from"] in text, (names, edit)
        text = text.replace(edit["from"], edit["to"])
    return text


def answers(*names: str) -> Answers:
    """What people said about these changes."""
    found: dict[str, Any] = {}
    for name in names:
        for field, value in CHANGES[name].items():
            if field != "edits":
                known = found.get(field)
                found[field] = {**(known or {}), **value} if isinstance(value, dict) else [*(known or []), *value]
    return Answers.model_validate(found)


def shown(server: Server, text: str, more: tuple[str, ...] = ()) -> SchemaState:
    """The schema that a script makes."""
    with scratch(server, "experiment", text) as connection:
        for sql in (*(s.text for s in split_statements(text)), *more):
            checked(connection, sql)
        return schema_state(connection, text)


_OLD: list[SchemaState] = []


def old_schema(server_: Server) -> SchemaState:
    """The schema before any change, asked for once."""
    if not _OLD:
        _OLD.append(shown(server_, OLD))
    return _OLD[0]


def planned(server: Server, *names: str) -> EvolutionPlan:
    """The plan of these planted changes."""
    old, said = old_schema(server), answers(*names)
    forward, _ = rename_statements(old, said)
    renamed = shown(server, OLD, forward) if forward else old
    schemas = Schemas(old=old, renamed=renamed, new=shown(server, new(*names)), last="V001")
    return evolution_plan("stall", SCRIPT, SCRIPT, schemas, said)


def filled(connection: Connection) -> dict[str, str]:
    """The planted rows."""
    for statement in split_statements(ROWS):
        checked(connection, statement.text)
    return {}
