"""MariaDB's replica trial: a replica that follows and takes over, and plans that do not hold."""

from collections.abc import Iterator

import pytest

from agents.verification import proof
from contracts.claims import Evidence, Replicates
from flows.engines.errors import EngineError
from flows.engines.mariadb import found
from flows.engines.mariadb.observing import observations_on
from flows.engines.mariadb.server import Server, serving
from tests.engines.conftest import experiment, silent

READ_ONLY = (("read_only", "ON"), ("slave_parallel_threads", "2"), ("slave_parallel_mode", "optimistic"))
PREPARE = "PREPARE by_id FROM 'SELECT name FROM customers WHERE id = ?'"
EXECUTE = "EXECUTE by_id USING (7)"
SCRIPT = {
    "customers": "CREATE TABLE customers (id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20)) ENGINE=InnoDB",
    "rows": "INSERT INTO customers (name) SELECT CONCAT('n', seq) FROM seq_1_to_500",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    try:
        info = found("installed")
    except EngineError as error:
        pytest.skip(str(error))
    with serving(info) as running:
        yield running


def seen(server: Server, **changes: object) -> Evidence:
    trial = Replicates(
        settings=READ_ONLY, queries=((PREPARE, EXECUTE),), lag_seconds=5, promote_seconds=30, synchronous=False
    ).model_copy(update=changes)
    tried = experiment(SCRIPT, {"replica.follows": trial}).model_copy(update={"dialect": "mariadb"})
    (evidence,) = proof(tried, observations_on(server, tried, silent)).evidence
    return evidence


def test_a_replica_follows_and_no_confirmed_row_is_lost(server: Server) -> None:
    settings = (*READ_ONLY, ("rpl_semi_sync_slave_enabled", "ON"))
    evidence = seen(server, settings=settings, synchronous=True)
    assert evidence.verdict == "holds", evidence.observed
    for told in ("its own write", "1 routed query answered", "a write refused (1290)", "all 502 rows", "none lost"):
        assert told in evidence.observed


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"settings": READ_ONLY[1:]}, "a write there"),
        ({"queries": (("PREPARE q FROM 'DELETE FROM customers'", "EXECUTE q"),)}, "EXECUTE q"),
    ],
    ids=["it takes writes", "a routed query writes"],
)
def test_what_does_not_hold_is_found(server: Server, changes: dict[str, object], told: str) -> None:
    evidence = seen(server, **changes)
    assert evidence.verdict == "fails"
    assert told in evidence.observed
