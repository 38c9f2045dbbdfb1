"""MariaDB: each kind of trial where it holds and where it fails, on a server of this machine and on one by DSN."""

import os
import re
from collections.abc import Iterator

import pytest

from agents.dialects.mariadb import sql
from agents.verification import proof
from contracts.claims import (
    Accepted,
    Executes,
    Experiment,
    Measures,
    Observation,
    Refused,
    Restores,
    Returns,
    Reverts,
    Session,
    SettingAccepted,
    Shares,
    Starts,
    Trial,
    UsesIndex,
)
from flows.engines.errors import EngineError
from flows.engines.mariadb import found, observe
from flows.engines.mariadb.locate import require_product
from flows.engines.mariadb.observing import observations_on
from flows.engines.mariadb.product import MARIADB
from flows.engines.mariadb.server import Server, accounts, serving
from flows.engines.mariadb.session import rows_of
from tests.engines.conftest import experiment, silent, statement

DSN_VARIABLE = "PERSISTENCE_TEST_MARIADB"
USUAL_DSN = "mariadb://root@127.0.0.1:3306/test"

SCRIPT = {
    "customers": """CREATE TABLE customers (id BIGINT AUTO_INCREMENT, name VARCHAR(20) NOT NULL, email VARCHAR(50),
        CONSTRAINT pk_customers PRIMARY KEY (id), UNIQUE KEY uq_customers_email (email)) ENGINE=InnoDB""",
    "orders": """CREATE TABLE orders (id BIGINT AUTO_INCREMENT PRIMARY KEY, customer_id BIGINT NOT NULL,
        total DECIMAL(10,2) NOT NULL, note VARCHAR(20),
        KEY ix_orders_customer_id (customer_id), KEY ix_orders_note (note), FULLTEXT KEY ft_orders_note (note),
        CONSTRAINT fk_orders_customer_id FOREIGN KEY (customer_id) REFERENCES customers (id),
        CONSTRAINT ck_orders_total CHECK (total >= 0)) ENGINE=InnoDB""",
    "trigger": """CREATE TRIGGER orders_most BEFORE INSERT ON orders FOR EACH ROW BEGIN
        IF NEW.total > 1000000 THEN SIGNAL SQLSTATE '23P01' SET MESSAGE_TEXT = '"ex_orders_total" of this order';
        END IF; END""",
    "role": "CREATE ROLE IF NOT EXISTS trial_shop_app",
    "grant": "GRANT SELECT ON customers TO trial_shop_app",
    "query.of_customer": (
        "PREPARE of_customer FROM 'SELECT id FROM orders AS o WHERE o.customer_id = ? AND note <> ''?'''"
    ),
    "query.by_id": "PREPARE by_id FROM 'SELECT total FROM orders WHERE id = ?'",
    "query.of_note": "PREPARE of_note FROM 'SELECT id FROM orders WHERE note IS NOT NULL AND total = ?'",
    "query.words": "PREPARE words FROM 'SELECT id FROM orders WHERE MATCH (note) AGAINST (?) LIMIT 20'",
    "query.change": "PREPARE `change` FROM 'UPDATE orders SET total = total + 1 WHERE customer_id = ?'",
    "broken": "CREATE TABLE broken (id BIGINT REFERENCES nothing)",
}
ROWS = {
    "rows.customers": "INSERT INTO customers (name) SELECT 'n' || seq FROM seq_1_to_100",
    "rows.orders": """INSERT INTO "orders" (customer_id, total, note)
        SELECT 1 + seq % 100, seq + 2000000, IF(seq = 7, 'needle', 'x') FROM seq_1_to_4000""",
}
ROLLBACKS = ("DROP TABLE orders", "DROP TABLE customers", "DROP ROLE trial_shop_app")
SOMEBODY = Session(role="trial_shop_app", settings=(("app_user_id", "7"),))
INSERT = "INSERT INTO orders (customer_id, total) VALUES "


@pytest.fixture(scope="module")
def installed() -> Iterator[Server]:
    """The MariaDB of this machine, in a folder of our own."""
    try:
        info = found("installed")
    except EngineError as error:
        pytest.skip(str(error))
    with serving(info) as server:
        yield server


@pytest.fixture(scope="module")
def remote() -> Iterator[Server]:
    """A server that is not ours: the one that the environment names, else one on the usual port."""
    info = found(os.environ.get(DSN_VARIABLE, USUAL_DSN))
    try:
        with serving(info) as server:
            yield server
    except EngineError as error:
        if error.place != info.place:
            raise
        pytest.skip(f"{DSN_VARIABLE} is not set, and {error}")


@pytest.fixture(scope="module", params=["installed", "remote"])
def server(request: pytest.FixtureRequest) -> Server:
    """Each kind of server in turn."""
    one: Server = request.getfixturevalue(request.param)
    return one


TRIALS: dict[str, tuple[Trial, str, str]] = {
    "run": (Executes(statement="trigger"), "holds", "executed"),
    "not_run": (Executes(statement="broken"), "fails", "refused with"),
    "no_statement": (Executes(statement="nowhere"), "fails", "neither in the script nor in the rows"),
    "accepted": (Accepted(sql=('UPDATE "orders" SET "note" = note WHERE id < 3',), affects=2),
        "holds", "2 rows affected"),
    "numbered_below_zero": (Accepted(sql=(f"SELECT -90 + g * 7 FROM {sql.numbered(1, 3)}",)), "holds", "accepted"),
    "not_accepted": (Accepted(sql=("SELECT nothing FROM orders",)), "fails", "42703"),
    "committing": (Accepted(sql=("CREATE TABLE other (id INT)", "DROP TABLE other")), "fails", "their own transaction"),
    "orders.ck_orders_total": (Refused(sql=(INSERT + "(1, -1)",), sqlstate="23514"),
        "holds", '"ck_orders_total" failed'),
    "orders.ck_orders_other": (Refused(sql=(INSERT + "(1, -1)",), sqlstate="23514"), "fails", "the claim is about"),
    "orders.ex_orders_total": (Refused(sql=(INSERT + "(1, 1000001)",), sqlstate="23P01"), "holds", "ERROR 1644"),
    "orders.fk_orders_customer_id": (Refused(sql=(INSERT + "(101, 1)",), sqlstate="23503"), "holds", "ERROR 1452"),
    "restricted": (Refused(sql=("DELETE FROM customers WHERE id = 1",), sqlstate="23503"), "holds", "ERROR 1451"),
    "orders.pk_orders": (
        Refused(sql=("INSERT INTO orders VALUES (1, 1, 1, '')",), sqlstate="23505"), "holds", '"PRIMARY"'),
    "customers.uq_customers_email": (
        Refused(sql=("UPDATE customers SET email = 'a' WHERE id IN (1, 2)",), sqlstate="23505"),
        "holds", "uq_customers"),
    "null": (Refused(sql=("UPDATE customers SET name = NULL WHERE id = 1",), sqlstate="23502"), "holds", "ERROR 1048"),
    "no_default": (Refused(sql=("INSERT INTO customers (email) VALUES ('b')",), sqlstate="23502"),
        "holds", "ERROR 1364"),
    "too_long": (
        Refused(sql=("UPDATE customers SET name = REPEAT('x', 21)",), sqlstate="22001"), "holds", "ERROR 1406"),
    "no_number": (Refused(sql=(INSERT + "(1, 'x')",), sqlstate="22023"), "holds", "ERROR 1366"),
    "not_refused": (Refused(sql=(INSERT + "(1, 1)",), sqlstate="23514"), "fails", "succeeded"),
    "wrong_place": (Refused(sql=(INSERT + "(1, -1)", INSERT + "(1, 1)"), sqlstate="23514"),
        "fails", "statement 1 of 2"),
    "returns": (
        Returns(sql=("SELECT 1 = 1, NULL, 'a' || 'b', 'c\\n'",), rows=(("1", None, "ab", "c\\n"),)),
        "holds", "as claimed"),
    "shared": (Shares(take="SELECT id FROM orders ORDER BY id LIMIT 10 FOR UPDATE SKIP LOCKED"),
        "holds", "the second 10 others"),
    "not_shared": (Shares(take="SELECT id FROM orders ORDER BY id LIMIT 10"), "fails", "10 of 10 rows went to both"),
    "not_returned": (Returns(sql=("SELECT 1",), rows=(("2",),)), "fails", "row 1 is (1)"),
    "as_role": (
        Returns(sql=("SELECT COUNT(*), @app_user_id FROM customers",), rows=(("100", "7"),), session=SOMEBODY),
        "holds", "(100, 7)"),
    "role_refused": (
        Refused(sql=("DELETE FROM customers",), sqlstate="42501", session=SOMEBODY), "holds", 'role "trial_shop_app"'),
    "role_without_grant": (
        Returns(sql=("SELECT total FROM orders",), rows=(), session=SOMEBODY), "fails", "42501"),
    "no_role": (Returns(sql=("SELECT 1",), rows=(), session=Session(role="nobody_app")), "fails", "does not exist"),
    "fresh": (Returns(sql=("SELECT @app_user_id",), rows=((None,),), session=Session(fresh=True)), "holds", "NULL"),
    "measures": (
        Measures(sql=("SELECT COUNT(*) FROM orders",), planned=4000, unit="rows", least=0.9, most=1.1),
        "holds", "4,000"),
    "not_measured": (
        Measures(sql=("SELECT COUNT(*) FROM orders",), planned=1, unit="rows", least=1, most=1), "fails", "planned"),
    "index": (
        UsesIndex(query="of_customer", arguments=("(SELECT MIN(id) FROM customers)",), table="orders",
                  index="ix_orders_customer_id", growth="flat"),
        "holds", "41 rows read with it, 4001 without"),
    "primary": (
        UsesIndex(query="by_id", arguments=("7",), table="orders", index="pk_orders"), "holds", "1 rows read"),
    "writing": (
        UsesIndex(query="change", arguments=("7",), table="orders", index="ix_orders_customer_id"), "holds", "without"),
    "of_foreign_key": (
        UsesIndex(prepare="PREPARE k FROM 'SELECT 1 FROM orders WHERE customer_id = ? FOR UPDATE'", query="k",
                  arguments=("7",), table="orders", index="ix_orders_customer_id"),
        "holds", "ix_orders_customer_id"),
    "words": (
        UsesIndex(query="words", arguments=("'needle'",), table="orders", index="ft_orders_note"),
        "holds", "4000 without"),
    "useless": (
        UsesIndex(query="of_note", arguments=("7",), table="orders", index="ix_orders_note"),
        "fails", "not in the plan"),
    "no_index": (UsesIndex(query="by_id", arguments=("7",), table="orders", index="ix_none"),
        "fails", "does not exist"),
    "other_table": (
        UsesIndex(query="by_id", arguments=("7",), table="orders", index="pk_customers"), "fails", "belongs to table"),
    "no_query": (UsesIndex(query="none", arguments=(), table="orders", index="pk_orders"),
        "fails", "prepares no statement"),
    "arguments": (UsesIndex(query="by_id", arguments=(), table="orders", index="pk_orders"),
        "fails", "takes 1 arguments"),
    "setting": (SettingAccepted(name="innodb_buffer_pool_size", value="16G"), "holds", "accepted"),
    "choice": (SettingAccepted(name="binlog-format", value="ROW"), "holds", "accepted"),
    "no_choice": (SettingAccepted(name="binlog_format", value="SOME"), "fails", "is none of"),
    "collation": (SettingAccepted(name="collation_server", value="utf8mb4_nopad_bin"), "holds", "accepted"),
    "no_collation": (SettingAccepted(name="collation_server", value="utf8mb4_none"), "fails", "is none of"),
    "isolation": (SettingAccepted(name="transaction_isolation", value="READ-COMMITTED"), "holds", "accepted"),
    "out_of_range": (SettingAccepted(name="max_connections", value="5"), "fails", "outside 10"),
    "unknown_setting": (SettingAccepted(name="shared_buffers", value="1G"), "fails", "unknown variable"),
    "reverts": (Reverts(rollbacks=ROLLBACKS), "fails", "first run, statement broken"),
}  # fmt: skip


@pytest.fixture(scope="module")
def judged(server: Server) -> dict[str, tuple[str, str]]:
    """Verdict and words on each of the trials, of one experiment."""
    tried = experiment(SCRIPT, {name: trial for name, (trial, _, _) in TRIALS.items()}, ROWS)
    evidence = proof(tried, observations_on(server, tried, silent)).evidence
    return {one.claim: (one.verdict, one.observed) for one in evidence}


@pytest.mark.parametrize("name", TRIALS)
def test_a_trial_is_judged(judged: dict[str, tuple[str, str]], name: str) -> None:
    verdict, observed = judged[name]
    assert verdict == TRIALS[name][1], observed
    assert TRIALS[name][2] in observed
    assert "persistence_" not in observed


def seen_on(server: Server, tried: Experiment) -> dict[str, Observation]:
    """The observations by claim."""
    return {seen.claim: seen for seen in observations_on(server, tried, silent).observations}


def whole() -> dict[str, str]:
    """The script without its fault."""
    return {name: sql for name, sql in SCRIPT.items() if name != "broken"}


def test_growth_is_seen_and_triggers_come_back(installed: Server) -> None:
    trials = {"index": TRIALS["index"][0], "again": TRIALS["orders.ex_orders_total"][0]}
    growth = (statement("grown", ROWS["rows.orders"].replace("4000", "8000")),)
    tried = experiment(whole(), trials, ROWS).model_copy(update={"growth": growth, "grown_rows": 12000})
    seen = seen_on(installed, tried)
    assert seen["index"].plan and seen["index"].grown
    assert (seen["index"].plan.blocks, seen["index"].grown.blocks) == (41, 121)
    assert seen["again"].sqlstate == "23P01"


@pytest.mark.parametrize(
    ("rollbacks", "left"), [(ROLLBACKS, ()), (ROLLBACKS[:1], ("role trial_shop_app", "table customers"))]
)
def test_what_rollbacks_leave_is_named(server: Server, rollbacks: tuple[str, ...], left: tuple[str, ...]) -> None:
    script = whole() | {"customers": SCRIPT["customers"].replace("TABLE", "TABLE IF NOT EXISTS")}
    seen = seen_on(server, experiment(script, {"back": Reverts(rollbacks=rollbacks)}))["back"]
    assert (seen.sqlstate, seen.leftovers) == (None, left)


def test_settings_are_tried_together(installed: Server) -> None:
    good = Starts(settings=(("innodb_buffer_pool_size", "16G"), ("max_connections", "200"), ("log_bin", "shop")))
    bad = Starts(settings=(("gtid_strict_mode", "ON"), ("innodb_page_size", "7777")))
    seen = seen_on(installed, experiment({}, {"good": good, "bad": bad}))
    assert [row[3] for row in seen["good"].rows or ()] == ["lowered", "same", "same"]
    assert "it does not start" in seen["bad"].message


def test_what_was_lost_is_restored(installed: Server) -> None:
    mishap = ("DELETE FROM orders",)
    trials = {
        method: Restores(method=method, changes=(INSERT + "(1, 1)",), mishap=mishap) for method in ("log", "dump")
    }  # type: ignore[arg-type]
    tried = experiment(whole(), {"log": trials["log"]}, ROWS)
    (evidence,) = proof(tried, observations_on(installed, tried, silent)).evidence
    assert (evidence.verdict, "4,101 rows of 2 tables restored, 1 of them" in evidence.observed) == ("holds", True)
    nothing = experiment(whole(), {"dump": trials["dump"].model_copy(update={"mishap": ("DO 0",)})}, ROWS)
    (evidence,) = proof(nothing, observations_on(installed, nothing, silent)).evidence
    assert (evidence.verdict, evidence.observed) == ("fails", "nothing was lost")


def test_nothing_is_left_on_a_shared_server_and_no_global_setting_is_changed(remote: Server) -> None:
    question = "SELECT schema_name FROM information_schema.schemata ORDER BY 1"
    before = rows_of(remote.maintenance, question), accounts(remote.maintenance, remote.address.product.role)
    script = {**whole(), "global": "SET GLOBAL max_connections = 77"}
    trials = {"global": Executes(statement="global"), "as_role": TRIALS["as_role"][0]}
    seen = seen_on(remote, experiment(script, trials, ROWS))
    assert (seen["global"].tried, seen["as_role"].rows) == (False, (("100", "7"),))
    assert before == (rows_of(remote.maintenance, question), accounts(remote.maintenance, remote.address.product.role))
    assert rows_of(remote.maintenance, "SELECT @@max_connections") != (("77",),)


def test_the_same_experiment_gives_the_same_observations(installed: Server, remote: Server) -> None:
    trials = {name: TRIALS[name][0] for name in ("run", "index", "role_refused", "orders.fk_orders_customer_id")}
    tried = experiment(SCRIPT, trials, ROWS)
    assert seen_on(installed, tried) == seen_on(installed, tried) == seen_on(remote, tried)


@pytest.mark.parametrize(
    ("spec", "fact"),
    [
        ("postgresql://x", "no MariaDB|not a MariaDB"),
        ("mariadb://root@127.0.0.1:none/x", "cannot be read"),
        ("mariadb://a@b@c/x", "cannot be read"),
        ("", "not a MariaDB"),
    ],
)
def test_a_spec_that_names_no_mariadb_is_an_engine_error(spec: str, fact: str) -> None:
    with pytest.raises(EngineError, match=re.compile(fact)):
        found(spec)


def test_a_server_that_is_not_there_says_so_without_the_password() -> None:
    info = found("mariadb://app:s3cret@127.0.0.1:1/x")
    assert "s3cret" not in repr(info)
    with pytest.raises(EngineError, match="cannot be reached") as error:
        observe(experiment({}, {}), info, silent)
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize(
    ("version", "said"), [("10.5.9-MariaDB", "too old"), ("8.0.36", "no MariaDB"), ("5.7.40-log", "no MariaDB")]
)
def test_an_old_server_and_another_family_are_refused(version: str, said: str) -> None:
    with pytest.raises(EngineError, match=said):
        require_product(version, "db:3306", MARIADB)
