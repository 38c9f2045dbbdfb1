"""Sums that triggers keep do not wait for the share that foreign keys have of a parent."""

import psycopg

from benchmarks.attacks import designed, proven_database
from flows.engines.server import Server


def test_a_part_is_added_while_another_session_refers_to_the_parent(embedded: Server) -> None:
    """A payment of the order is being written, which shares the order. Would the sum's trigger wait for it, two
    sessions that each write a payment and then a part of the same order would wait for each other.
    """
    with (
        proven_database(embedded, designed("shop")) as name,
        psycopg.connect(embedded.conninfo, dbname=name) as paying,
        psycopg.connect(embedded.conninfo, dbname=name) as adding,
    ):
        order = "(SELECT min(order_id) FROM order_items)"
        paying.execute(f"SELECT 1 FROM orders WHERE id = {order} FOR KEY SHARE")
        adding.execute("SET lock_timeout = '5s'")
        added = adding.execute(
            "INSERT INTO order_items (order_id, product_id, line_number, quantity, unit_price, product_name) "
            f"SELECT {order}, p.id, 999, 1, 1, p.name FROM products p WHERE NOT EXISTS "
            f"(SELECT FROM order_items i WHERE i.order_id = {order} AND i.product_id = p.id) LIMIT 1 RETURNING id"
        )
        assert added.fetchone()
