"""What is ordered leaves the stock on real engines; without a trigger, or with a wrong one, its promises fail."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from agents.verification import proof
from benchmarks.attacks import designed as proven
from benchmarks.attacks import proven_database
from contracts.base import Statement
from contracts.claims import Experiment, Observations
from flows.engines.postgresql import observations_on
from flows.engines.server import Server
from flows.engines.sqlite import found, observe
from tests.agents.stocks import designed
from tests.engines.conftest import silent

Session = psycopg.Connection[tuple[Any, ...]]
NAME = "seeds_stock_quantity_by_order_items"
ALL = {"taken", "beyond", "changed", "given_back", "removed", "ended", "once", "left", "raced"}


def verdicts(family: str, server: Server, changed: Callable[[Statement], Statement | None]) -> dict[str, str]:
    """What an engine says of the stock, with other statements or without some."""
    design = designed(family)
    asked = Experiment(
        dialect=family,
        script=tuple(kept for s in design.statements if (kept := changed(s))),
        dataset=design.dataset,
        claims=tuple(c for c in design.claims if c.id.startswith(f"withdrawal.{NAME}.")),
        rows=design.dataset_rows,
    )
    seen: Observations = (
        observe(asked, found("embedded"), silent) if family == "sqlite" else observations_on(server, asked, silent)
    )
    return {one.claim.rpartition(".")[2]: one.verdict for one in proof(asked, seen).evidence}


def without(*events: str) -> Callable[[Statement], Statement | None]:
    names = {f"trigger.take_{NAME}_{event}" for event in events}
    return lambda s: None if s.id in names else s


def failing(family: str, server: Server, changed: Callable[[Statement], Statement | None]) -> set[str]:
    seen = verdicts(family, server, changed)
    assert set(seen) == ALL
    return {name for name, verdict in seen.items() if verdict != "holds"}


@pytest.mark.parametrize("family", ["postgresql", "sqlite"])
def test_the_stock_follows_by_the_triggers_alone(embedded: Server, family: str) -> None:
    assert not failing(family, embedded, without())
    assert {"taken", "beyond", "left", "raced"} <= failing(family, embedded, without("insert"))
    ended = without("state", "ended", "update", "delete", "removed")
    assert failing(family, embedded, ended) == {"changed", "given_back", "removed", "ended", "once"}


@pytest.mark.parametrize("family", ["postgresql", "sqlite"])
def test_what_gives_back_too_often_fails(embedded: Server, family: str) -> None:
    def blind(s: Statement) -> Statement:
        """Whatever goes gives back, also what has been cancelled or shipped."""
        if not s.id.endswith((f"take_{NAME}_removed",)):
            return s
        whens = (" WHEN (OLD.status IN ('placed', 'packed'))", " WHEN OLD.status IN ('placed', 'packed')")
        sql = s.sql
        for when in whens:
            sql = sql.replace(when, "")
        return s.model_copy(update={"sql": sql})

    assert failing(family, embedded, blind) == {"once", "left"}


ORDER = (
    "INSERT INTO orders OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(NULL::orders, to_jsonb(one) || "
    "jsonb_build_object('id', 900000 + %s, 'order_number', 'N-' || %s, 'status', 'pending'))).* "
    "FROM (SELECT * FROM orders LIMIT 1) AS one RETURNING id"
)
SOLD = (
    "INSERT INTO order_items (order_id, product_id, line_number, quantity, unit_price, product_name) "
    "SELECT %s, product, nth, 3, 1, 'p' FROM unnest(%s::bigint[]) WITH ORDINALITY AS t (product, nth) ORDER BY nth"
)


@pytest.fixture
def shop(embedded: Server) -> Iterator[tuple[Callable[[], Session], list[int], list[int]]]:
    """Sessions of the shop's database, two new orders, and two products of which ten are there."""
    with proven_database(embedded, proven("shop")) as name:

        def connected() -> Session:
            return psycopg.connect(embedded.conninfo, dbname=name)

        with connected() as session:
            orders = [session.execute(ORDER, (n, str(n))).fetchall()[0][0] for n in (1, 2)]
            products = [row[0] for row in session.execute("SELECT id FROM products ORDER BY id LIMIT 2")]
            session.execute("UPDATE products SET stock_quantity = 10 WHERE id = ANY (%s)", (products,))
        yield connected, orders, products


def stock(session: Session, products: list[int]) -> list[int]:
    found = session.execute("SELECT stock_quantity FROM products WHERE id = ANY (%s)", (products,))
    return [row[0] for row in found]


def test_two_orders_of_the_same_things_in_opposite_order_wait_and_do_not_deadlock(
    shop: tuple[Callable[[], Session], list[int], list[int]],
) -> None:
    connected, orders, products = shop
    outcomes: list[str] = []

    def sell(order: int, things: list[int]) -> None:
        with connected() as session:
            session.execute(SOLD, (order, things))
            time.sleep(0.3)
            session.commit()
            outcomes.append("sold")

    both = [threading.Thread(target=sell, args=case) for case in zip(orders, (products, products[::-1]), strict=True)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    with connected() as session:
        assert (outcomes, stock(session, products)) == (["sold", "sold"], [4, 4])


def test_a_part_that_comes_while_its_order_is_cancelled_takes_nothing(
    shop: tuple[Callable[[], Session], list[int], list[int]],
) -> None:
    connected, orders, products = shop

    def add() -> None:
        with connected() as session:
            session.execute(SOLD, (orders[0], products))

    with connected() as cancelling:
        cancelling.execute("UPDATE orders SET status = 'cancelled' WHERE id = %s", (orders[0],))
        added = threading.Thread(target=add)
        added.start()
        added.join(0.3)
        assert added.is_alive()
        cancelling.commit()
        added.join()
        assert stock(cancelling, products) == [10, 10]
