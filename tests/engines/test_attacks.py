"""The shop's protection attacked on a real server: what holds, and that each planted hole is noticed by some claim."""

from collections.abc import Iterator

import pytest

from benchmarks.attacks import attempts, caught, copied, first_failure, proven_database, shop
from benchmarks.holes import HOLES, Hole
from contracts.claims import Claim, Returns
from flows.engines.server import Server

CLAIMS = attempts(shop())


@pytest.fixture(scope="module")
def database(embedded: Server) -> Iterator[str]:
    with proven_database(embedded, shop()) as name:
        yield name


def test_what_was_not_opened_holds(embedded: Server, database: str) -> None:
    with copied(embedded, database) as connection:
        assert first_failure(embedded, connection, CLAIMS) == ""


@pytest.mark.parametrize("hole", HOLES, ids=[hole.name for hole in HOLES])
def test_a_planted_hole_is_caught(embedded: Server, database: str, hole: Hole) -> None:
    assert caught(embedded, database, hole, CLAIMS)


ERASURES = [claim for claim in CLAIMS if claim.id.startswith("security.erasure.") and claim.trial.kind == "returns"]


def test_an_erasure_reaches_what_else_is_known_of_a_person() -> None:
    """Names and streets in addresses, addresses of machines in activities: not only the person's own row."""
    assert {claim.id.split(".")[-1] for claim in ERASURES} == {"addresses", "user_activities"}


@pytest.mark.parametrize("claim", ERASURES, ids=[claim.id for claim in ERASURES])
def test_an_erasure_that_leaves_rows_out_is_caught(embedded: Server, database: str, claim: Claim) -> None:
    assert isinstance(claim.trial, Returns)
    forgotten = claim.trial.model_copy(update={"sql": claim.trial.sql[1:]})
    with copied(embedded, database) as connection:
        assert first_failure(embedded, connection, [claim]) == ""
        left = first_failure(embedded, connection, [claim.model_copy(update={"trial": forgotten})])
        assert claim.id in left


def test_every_role_tries_every_command() -> None:
    tried: list[Claim] = [claim for claim in CLAIMS if claim.id.endswith(".commands")]
    roles = {role.name for role in shop().security.roles} - {"shop_migrator"}
    assert {claim.id.split(".")[2] for claim in tried} == roles
    assert len(HOLES) == len({hole.name for hole in HOLES}) >= 25
