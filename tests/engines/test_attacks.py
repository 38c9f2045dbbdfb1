"""The protection of the shop and the clinic attacked on a server: what holds, and that each planted hole is noticed."""

import contextlib
from collections.abc import Iterator

import pytest

from benchmarks.attacks import attempts, caught, copied, designed, first_failure, proven_database
from benchmarks.holes import HOLES, Hole
from contracts.claims import Claim, Returns
from flows.engines.server import Server

CLAIMS = {name: attempts(designed(name)) for name in HOLES}
PLANTED = [pytest.param(name, hole, id=f"{name}: {hole.name}") for name, holes in HOLES.items() for hole in holes]


@pytest.fixture(scope="module")
def databases(embedded: Server) -> Iterator[dict[str, str]]:
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(proven_database(embedded, designed(name))) for name in HOLES}


@pytest.mark.parametrize("name", HOLES)
def test_what_was_not_opened_holds(embedded: Server, databases: dict[str, str], name: str) -> None:
    with copied(embedded, databases[name]) as connection:
        assert first_failure(embedded, connection, CLAIMS[name]) == ""


@pytest.mark.parametrize(("name", "hole"), PLANTED)
def test_a_planted_hole_is_caught(embedded: Server, databases: dict[str, str], name: str, hole: Hole) -> None:
    assert caught(embedded, databases[name], hole, CLAIMS[name])


ERASURES = [
    claim for claim in CLAIMS["shop"] if claim.id.startswith("security.erasure.") and claim.trial.kind == "returns"
]


def test_an_erasure_reaches_what_else_is_known_of_a_person() -> None:
    """Names and streets in addresses and orders, addresses of machines in activities: not only the person's own row."""
    assert {claim.id.split(".")[-1] for claim in ERASURES} == {"addresses", "orders", "user_activities"}


@pytest.mark.parametrize("claim", ERASURES, ids=[claim.id for claim in ERASURES])
def test_an_erasure_that_leaves_rows_out_is_caught(embedded: Server, databases: dict[str, str], claim: Claim) -> None:
    assert isinstance(claim.trial, Returns)
    forgotten = claim.trial.model_copy(update={"sql": claim.trial.sql[1:]})
    with copied(embedded, databases["shop"]) as connection:
        assert first_failure(embedded, connection, [claim]) == ""
        left = first_failure(embedded, connection, [claim.model_copy(update={"trial": forgotten})])
        assert claim.id in left


@pytest.mark.parametrize("name", HOLES)
def test_every_role_tries_every_command(name: str) -> None:
    tried: list[Claim] = [claim for claim in CLAIMS[name] if claim.id.endswith(".commands")]
    roles = {role.name for role in designed(name).security.roles} - {f"{name}_migrator"}
    assert {claim.id.split(".")[2] for claim in tried} == roles
    assert len(HOLES[name]) == len({hole.name for hole in HOLES[name]}) >= 20
