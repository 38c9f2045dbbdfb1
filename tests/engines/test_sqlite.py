"""SQLite as an engine: every kind of trial, once as it holds and once as it fails."""

import sqlite3
from collections.abc import Mapping

import pytest

from agents.verification import proof
from contracts.claims import (
    Accepted,
    Coherent,
    Evidence,
    Executes,
    Experiment,
    Measures,
    Observation,
    Races,
    Refused,
    Restores,
    Returns,
    Reverts,
    Session,
    SettingAccepted,
    Starts,
    Trial,
    UsesIndex,
)
from flows.engines.errors import EngineError
from flows.engines.sqlite import found, observe
from flows.engines.sqlite.library import require_floor
from flows.engines.sqlite.recovery import litestream
from tests.engines.conftest import claim, silent, statement

SCRIPT = {
    "setting.wal": "PRAGMA journal_mode = WAL;",
    "setting.busy": "PRAGMA busy_timeout = 1234;",
    "setting.references": "PRAGMA foreign_keys = ON;",
    "owners": """CREATE TABLE owners (
        id INTEGER PRIMARY KEY,
        email TEXT NOT NULL,
        balance INTEGER NOT NULL DEFAULT 0,
        CONSTRAINT uq_owners_email UNIQUE (email),
        CONSTRAINT ck_owners_balance CHECK (balance >= 0)
    ) STRICT;""",
    "items": """CREATE TABLE items (
        id INTEGER PRIMARY KEY,
        owner_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        rank REAL NOT NULL DEFAULT 0,
        CONSTRAINT fk_items_owner FOREIGN KEY (owner_id) REFERENCES owners (id) ON DELETE RESTRICT
    ) STRICT;""",
    "later": """CREATE TABLE later (
        id INTEGER PRIMARY KEY,
        owner_id INTEGER NOT NULL,
        CONSTRAINT fk_later_owner FOREIGN KEY (owner_id) REFERENCES owners (id) DEFERRABLE INITIALLY DEFERRED
    ) STRICT;""",
    "audit": "CREATE TABLE audit (id INTEGER PRIMARY KEY, what TEXT NOT NULL) STRICT;",
    "ix_owner": "CREATE INDEX ix_items_owner_id ON items (owner_id);",
    "ix_rank": "CREATE INDEX ix_items_rank ON items (rank);",
    "uq_name": "CREATE UNIQUE INDEX uq_items_owner_name ON items (owner_id, lower(name));",
    "words": "CREATE VIRTUAL TABLE items_words USING fts5(name, content='items', content_rowid='id');",
    "audited": """CREATE TRIGGER tr_items_audit AFTER INSERT ON items BEGIN
        INSERT INTO audit (what) VALUES ('insert ' || new.id);
        INSERT INTO items_words (rowid, name) VALUES (new.id, new.name);
    END;""",
    "kept": """CREATE TRIGGER tr_audit_kept BEFORE DELETE ON audit BEGIN
        SELECT RAISE(ABORT, '42501: the audit trail is kept');
    END;""",
    "capped": """CREATE TRIGGER tr_owners_cap BEFORE UPDATE ON owners WHEN new.balance > 1000 BEGIN
        SELECT RAISE(ABORT, 'no more than 1000');
    END;""",
    "query.items_of": "SELECT i.id, i.name FROM items AS i WHERE i.owner_id = ?1 ORDER BY i.id LIMIT 20;",
    "query.owner": "SELECT * FROM owners AS o WHERE o.id = ?1;",
    "query.owner_by_email": "SELECT id FROM owners WHERE email = ?1;",
    "query.found": "SELECT rowid FROM items_words WHERE items_words MATCH ?1 LIMIT 10;",
    "query.by_name": "SELECT id FROM items WHERE name = ?1;",
    "query.add": "INSERT INTO items (owner_id, name) VALUES (?1, ?2);",
}
NUMBERS = "WITH RECURSIVE n (i) AS (SELECT {} UNION ALL SELECT i + 1 FROM n WHERE i < {})"
DATASET = {
    "rows.owners": f"INSERT INTO owners (id, email) {NUMBERS.format(1, 500)} SELECT i, 'o' || i || '@x.org' FROM n;",
    "rows.items": f"INSERT INTO items (id, owner_id, name) {NUMBERS.format(1, 5000)} "
    "SELECT i, i % 500 + 1, 'item ' || i FROM n;",
}
GROWTH = {
    "more.items": f"INSERT INTO items (id, owner_id, name) {NUMBERS.format(5001, 20000)} "
    "SELECT i, i % 500 + 1, 'item ' || i FROM n;"
}
ONE_ITEM = "INSERT INTO items (owner_id, name) VALUES (1, 'one')"

ONE_OWNER = "INSERT INTO owners (email) VALUES ('new@x.org')"
OWNERS = "SELECT count(*) = 1 FROM owners WHERE email = 'new@x.org'"
NO_OWNER = "DELETE FROM owners WHERE email = 'new@x.org'"


def whole(
    trials: Mapping[str, Trial],
    script: Mapping[str, str] = SCRIPT,
    dataset: Mapping[str, str] = DATASET,
    growth: Mapping[str, str] | None = None,
) -> Experiment:
    """An experiment on the tables above."""
    parts = [tuple(statement(*item) for item in part.items()) for part in (script, dataset, growth or {})]
    script_statements, rows, grown = parts
    claims = tuple(claim(*item) for item in trials.items())
    return Experiment(script=script_statements, dataset=rows, claims=claims, rows=5000, growth=grown, grown_rows=20000)


def seen(trials: Mapping[str, Trial], **parts: Mapping[str, str]) -> dict[str, Observation]:
    """Observations by claim."""
    return {one.claim: one for one in observe(whole(trials, **parts), found("embedded"), silent).observations}


def judged(trials: Mapping[str, Trial], **parts: Mapping[str, str]) -> dict[str, Evidence]:
    """Evidence by claim."""
    experiment = whole(trials, **parts)
    evidence = proof(experiment, observe(experiment, found("embedded"), silent)).evidence
    return {one.claim: one for one in evidence}


HOLDING: dict[str, Trial] = {
    "script": Executes(statement="words"),
    "rows": Executes(statement="rows.items"),
    "pattern": Executes(statement="query.add"),
    "insert": Accepted(sql=(ONE_ITEM,), affects=1),
    "with": Accepted(sql=("WITH x (i) AS (SELECT 1) UPDATE owners SET balance = 5 WHERE id IN (SELECT i FROM x)",),
                     affects=1),
    "items.name.required": Refused(sql=("INSERT INTO items (owner_id, name) VALUES (1, NULL)",), sqlstate="23502"),
    "items.fk_items_owner": Refused(sql=("INSERT INTO items (owner_id, name) VALUES (0, 'a')",), sqlstate="23503"),
    "owners.fk_items_owner": Refused(sql=("DELETE FROM owners WHERE id = 1",), sqlstate="23503"),
    "later.fk_later_owner": Refused(sql=("INSERT INTO later (owner_id) VALUES (0)",), sqlstate="23503"),
    "owners.uq_owners_email": Refused(sql=("INSERT INTO owners (email) VALUES ('o1@x.org')",), sqlstate="23505"),
    "items.uq_items_owner_name": Refused(sql=(ONE_ITEM, "INSERT INTO items (owner_id, name) VALUES (1, 'ONE')"),
                                         sqlstate="23505"),
    "owners.pk_owners": Refused(sql=("INSERT INTO owners (id, email) VALUES (1, 'x')",), sqlstate="23505"),
    "owners.ck_owners_balance": Refused(sql=("UPDATE owners SET balance = -1 WHERE id = 1",), sqlstate="23514"),
    "typed": Refused(sql=("INSERT INTO owners (email, balance) VALUES ('x', 'much')",), sqlstate="22023"),
    "key.typed": Refused(sql=("INSERT INTO owners (id, email) VALUES ('x', 'x')",), sqlstate="22023"),
    "raised": Refused(sql=("UPDATE owners SET balance = 1001 WHERE id = 1",), sqlstate="23514"),
    "raised.as": Refused(sql=(ONE_ITEM, "DELETE FROM audit"), sqlstate="42501"),
    "returns": Returns(sql=("SELECT 1, 1.0, NULL, 'a', x'6162', 0.1 + 0.2",),
                       rows=(("1", "1.0", None, "a", "ab", "0.3"),)),
    "audited": Returns(sql=(ONE_ITEM, "SELECT what FROM audit"), rows=(("insert 5001",),)),
    "settings": Returns(sql=("PRAGMA busy_timeout",), rows=(("77",),),
                        session=Session(settings=(("busy_timeout", "77"),))),
    "fresh": Returns(sql=("PRAGMA busy_timeout",), rows=(("1234",),), session=Session(fresh=True)),
    "measured": Measures(sql=("SELECT count(*) FROM items",), planned=5000, unit="rows", least=0.9, most=1.1),
    "setting": SettingAccepted(name="synchronous", value="NORMAL"),
    "page": SettingAccepted(name="page_size", value="8192"),
    "starts": Starts(settings=(("page_size", "8192"), ("auto_vacuum", "INCREMENTAL"), ("journal_mode", "wal"),
                               ("foreign_keys", "on"), ("cache_size", "-2000"))),
    "raced": Races(one=(ONE_OWNER,), other=(ONE_OWNER,), sqlstate="23505", check=OWNERS, undo=(NO_OWNER,)),
    "taken": Races(setup=("UPDATE owners SET balance = 10 WHERE id = 1",),
                   one=("UPDATE owners SET balance = balance - 7 WHERE id = 1",),
                   other=("UPDATE owners SET balance = balance - 6 WHERE id = 1",), sqlstate="23514",
                   check="SELECT balance IN (3, 4) FROM owners WHERE id = 1",
                   undo=("UPDATE owners SET balance = 0 WHERE id = 1",)),
    "copy": Restores(method="dump", changes=(ONE_ITEM,), mishap=("DELETE FROM items",)),
    "back": Reverts(rollbacks=tuple(
        f"DROP {'INDEX' if name.startswith(('ix', 'uq')) else 'TABLE'} IF EXISTS {name}"
        for name in ("items_words", "ix_items_rank", "audit", "later", "items", "owners"))),
}  # fmt: skip

FAILING: dict[str, Trial] = {
    "script": Executes(statement="nothing"),
    "insert": Accepted(sql=(ONE_ITEM,), affects=2),
    "broken": Accepted(sql=("INSERT INTO nowhere VALUES (1)",)),
    "deferred": Accepted(sql=("INSERT INTO later (owner_id) VALUES (0)",)),
    "commits": Accepted(sql=("SELECT 1", "COMMIT")),
    "succeeds": Refused(sql=(ONE_ITEM,), sqlstate="23505"),
    "earlier": Refused(sql=("INSERT INTO owners (email) VALUES ('o1@x.org')", ONE_ITEM), sqlstate="23505"),
    "other.state": Refused(sql=("UPDATE owners SET balance = -1 WHERE id = 1",), sqlstate="23505"),
    "owners.ck_owners_email": Refused(sql=("UPDATE owners SET balance = -1 WHERE id = 1",), sqlstate="23514"),
    "items.fk_items_other": Refused(sql=("INSERT INTO items (owner_id, name) VALUES (0, 'a')",), sqlstate="23503"),
    "items.uq_items_name": Refused(sql=(ONE_ITEM, ONE_ITEM), sqlstate="23505"),
    "returns": Returns(sql=("SELECT count(*) FROM items",), rows=(("1",),)),
    "measured": Measures(sql=("SELECT count(*) FROM items",), planned=50, unit="rows", least=0.9, most=1.1),
    "setting": SettingAccepted(name="work_mem", value="16MB"),
    "clipped": SettingAccepted(name="page_size", value="1000"),
    "word": SettingAccepted(name="synchronous", value="SOMETIMES"),
    "starts": Starts(settings=(("journal_mode", "wal"), ("page_size", "8192"))),  # too late: the log fixes it
    "raced": Races(
        one=(ONE_ITEM,),
        other=(ONE_ITEM.replace("'one'", "'two'"),),
        sqlstate="23505",
        check="SELECT 1",
        undo=("DELETE FROM items WHERE name IN ('one', 'two')",),
    ),
    "unmade": Races(
        one=("INSERT INTO nowhere VALUES (1)",), other=(ONE_OWNER,), sqlstate="23505", check=OWNERS, undo=(NO_OWNER,)
    ),
    "copy": Restores(method="dump", changes=(ONE_ITEM,), mishap=("DELETE FROM items WHERE id < 0",)),
    "back": Reverts(rollbacks=("DROP TABLE audit",)),
}


def test_what_is_true_holds() -> None:
    assert {name: one.observed for name, one in judged(HOLDING).items() if one.verdict != "holds"} == {}


def test_what_is_false_fails() -> None:
    assert [name for name, one in judged(FAILING).items() if one.verdict != "fails"] == []


def test_a_script_that_forgets_to_have_references_checked_is_found() -> None:
    """SQLite checks none by itself, so the proof must not ask for it in the script's place."""
    forgetful = {name: sql for name, sql in SCRIPT.items() if name != "setting.references"}
    broken = {name for name, one in judged(HOLDING, script=forgetful).items() if one.verdict != "holds"}
    assert {"items.fk_items_owner", "owners.fk_items_owner", "later.fk_later_owner"} <= broken


def test_two_runs_give_the_same_observations() -> None:
    tried = whole(HOLDING | {"uses": uses("items_of", "7", "ix_items_owner_id")})
    assert observe(tried, found("embedded"), silent) == observe(tried, found("embedded"), silent)


def test_names_that_sqlite_does_not_tell_are_looked_up() -> None:
    told = {name: one.message for name, one in seen(HOLDING).items()}
    for name in ("items.fk_items_owner", "owners.fk_items_owner", "owners.uq_owners_email", "owners.pk_owners",
                 "owners.ck_owners_balance", "items.uq_items_owner_name"):  # fmt: skip
        assert f'"{name.split(".")[1]}"' in told[name]


def uses(query: str, argument: str, index: str, table: str = "items", **more: object) -> UsesIndex:
    return UsesIndex.model_validate({"query": query, "arguments": (argument,), "table": table, "index": index, **more})


PLANS_THAT_HOLD: dict[str, Trial] = {
    "index": uses("items_of", "7", "ix_items_owner_id", stand_ins=("uq_items_owner_name",), growth="rows"),
    "key": uses("owner", "3 + 4", "pk_owners", "owners"),
    "unique": uses("owner_by_email", "'o7@x.org'", "uq_owners_email", "owners"),
    "words": uses("found", "'4711'", "items_words"),
    "prepared": uses("own", "7", "ix_items_owner_id", prepare="SELECT 1 FROM items WHERE owner_id = ?1 LIMIT 1",
                     stand_ins=("uq_items_owner_name",)),
}  # fmt: skip
PLANS_THAT_FAIL: dict[str, Trial] = {
    "unused": uses("by_name", "'item 3'", "ix_items_rank"),
    "replaced": uses("items_of", "7", "ix_items_owner_id"),  # the unique index on owner and name does as well
    "missing": uses("items_of", "7", "ix_none"),
    "elsewhere": uses("items_of", "7", "ix_items_owner_id", "owners"),
    "unknown": uses("nothing", "7", "ix_items_owner_id"),
    "grows": uses("count", "7", "ix_items_owner_id", prepare="SELECT count(*) FROM items WHERE owner_id = ?1",
                  stand_ins=("uq_items_owner_name",), growth="flat"),
    "arguments": UsesIndex(query="items_of", arguments=(), table="items", index="ix_items_owner_id"),
}  # fmt: skip


def test_an_index_that_pays_is_told_in_steps() -> None:
    evidence = judged(PLANS_THAT_HOLD, growth=GROWTH)
    assert {name: one.observed for name, one in evidence.items() if one.verdict != "holds"} == {}
    assert "steps with it" in evidence["index"].observed and "has grown" in evidence["index"].observed


def test_an_index_that_does_not_pay_fails() -> None:
    evidence = judged(PLANS_THAT_FAIL, growth=GROWTH)
    assert [name for name, one in evidence.items() if one.verdict != "fails"] == []
    assert "grows with the table" in evidence["grows"].observed


def test_what_was_dropped_for_a_measure_is_there_again() -> None:
    objects = Returns(sql=("SELECT count(*) FROM sqlite_schema WHERE type IN ('index', 'trigger')",), rows=())
    both = seen({"before": objects} | PLANS_THAT_HOLD)
    again = seen(PLANS_THAT_HOLD | {"copy": HOLDING["copy"], "uses": PLANS_THAT_HOLD["unique"]})
    assert both["before"].rows is not None and again["uses"].plan == again["unique"].plan


def test_a_full_text_index_holds_the_synthetic_rows() -> None:
    rows = seen({"found": Returns(sql=("SELECT count(*) FROM items_words WHERE items_words MATCH '4711'",), rows=())})
    assert rows["found"].rows == (("1",),)


def test_rows_are_loaded_without_triggers_which_are_there_afterwards() -> None:
    rows = seen({"audit": Returns(sql=("SELECT count(*) FROM audit",), rows=()), "one": HOLDING["audited"]})
    assert rows["audit"].rows == (("0",),) and rows["one"].rows == (("insert 5001",),)


def test_what_sqlite_cannot_try_says_why() -> None:
    trials: dict[str, Trial] = {
        "role": Refused(sql=(ONE_ITEM,), sqlstate="42501", session=Session(role="app")),
        "cache": Coherent(caches=(), cases=(), stale=()),
        "module": Accepted(sql=("CREATE VIRTUAL TABLE t USING nowhere(a)",)),
    }
    observed = seen(trials)
    assert not observed["module"].tried and "built without nowhere" in observed["module"].reason
    assert not observed["role"].tried and "no roles" in observed["role"].reason
    assert not observed["cache"].tried and "cache" in observed["cache"].reason


def test_a_mishap_is_undone_by_the_log() -> None:
    trials: dict[str, Trial] = {
        "log": Restores(method="log", changes=(ONE_ITEM,), mishap=("DELETE FROM items WHERE id > 100",))
    }
    evidence = judged(trials)["log"]
    if litestream() is None:
        assert evidence.verdict == "not_tried" and "Litestream" in evidence.observed
        pytest.skip(evidence.observed)
    assert evidence.verdict == "holds" and "from the log" in evidence.observed


def test_settings_of_a_new_file_are_the_scripts_own() -> None:
    script = {"page": "PRAGMA page_size = 16384", "wal": "PRAGMA journal_mode = WAL", **SCRIPT}
    trials: dict[str, Trial] = {
        "page": Returns(sql=("PRAGMA page_size",), rows=()),
        "mode": Returns(sql=("PRAGMA journal_mode",), rows=()),
    }
    both = seen(trials, script=script)
    assert (both["page"].rows, both["mode"].rows) == ((("16384",),), (("wal",),))


def test_a_statement_that_is_refused_is_recorded_and_the_rest_goes_on() -> None:
    script = {"wrong": "CREATE TABLE", "table": "CREATE TABLE t (a) STRICT", **SCRIPT}
    both = judged({"wrong": Executes(statement="wrong"), "rest": Executes(statement="audit")}, script=script)
    assert (both["wrong"].verdict, both["rest"].verdict) == ("fails", "holds")
    assert "42601" in both["wrong"].observed


def test_the_rollbacks_reset_the_files_version() -> None:
    script = {"one": "CREATE TABLE t (a INTEGER) STRICT", "version": "PRAGMA user_version = 1"}
    trials: dict[str, Trial] = {
        "left": Reverts(rollbacks=("DROP TABLE t",)),
        "reset": Reverts(rollbacks=("PRAGMA user_version = 0", "DROP TABLE t")),
    }
    both = judged(trials, script=script, dataset={})
    assert both["left"].verdict == "fails" and "user_version 1" in both["left"].observed
    assert both["reset"].verdict == "holds"


def test_progress_ends_at_its_total() -> None:
    told: list[tuple[int, int, str]] = []
    observe(whole(PLANS_THAT_HOLD, growth=GROWTH), found("installed"), lambda *step: told.append(step))
    assert told[-1][0] == told[-1][1] == len(told) - 1


def test_only_a_library_with_strict_tables_is_an_engine() -> None:
    require_floor("3.37.0")
    with pytest.raises(EngineError, match="too old"):
        require_floor("3.36.0")
    with pytest.raises(EngineError, match="in-process"):
        found("postgresql://user:secret@host/db")
    assert found("installed").version == sqlite3.sqlite_version
