"""The Python sample of a plan, executed on a real server of the Redis protocol, does what the coherence proof does."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from flows.engines.caches import CacheServer, NoCacheServerError, cache_server
from tests.agents.sized import book_by_isbn, books_of_shelf
from tests.agents.test_caching import plan_of

redis = pytest.importorskip("redis", reason="redis-py, which the sample imports, is not installed")


@pytest.fixture(scope="module")
def server() -> Iterator[CacheServer]:
    try:
        with cache_server() as found:
            yield found
    except NoCacheServerError as error:
        pytest.skip(str(error))


@pytest.fixture
def client(server: CacheServer) -> Iterator[Any]:
    path = server.client.get_connection_kwargs().get("path")
    if path is None:
        pytest.skip("the server of the address may be somebody's, and the sample's keys have no prefix of ours")
    with redis.Redis(unix_socket_path=path) as made:
        yield made
        made.flushdb()


def sample(client: Any, read: Callable[..., Any], single: bool) -> Any:
    plan = plan_of(book_by_isbn(staleness_seconds=40, per_second=9e5) if single else books_of_shelf())
    assert plan.code is not None and plan.code.language == "python"
    space: dict[str, Any] = {}
    exec(compile(plan.code.text, "sample", "exec"), space)  # noqa: S102 - our own text, executed on purpose
    made = next(thing for name, thing in space.items() if name.endswith("Cache") and name != "TTLCache")
    return made(client, read)


def test_a_read_is_answered_once_until_it_is_forgotten(client: Any) -> None:
    asked: list[str] = []
    cache = sample(client, lambda query, isbn: asked.append(isbn) or {"isbn": isbn, "n": len(asked)}, single=True)
    assert [cache.book_by_isbn("a:b")["n"] for _ in range(3)] == [1, 1, 1]
    cache.forget("a:b")
    assert cache.book_by_isbn("a:b")["n"] == 2
    assert 0 < client.ttl("library:book:by_isbn:a%3Ab") <= 40


def test_that_there_is_nothing_is_remembered_and_forgotten(client: Any) -> None:
    rows: dict[str, Any] = {}
    asked: list[str] = []
    cache = sample(client, lambda query, isbn: asked.append(isbn) or rows.get(isbn), single=True)
    assert cache.book_by_isbn("x") is None and cache.book_by_isbn("x") is None and len(asked) == 1
    rows["x"] = {"isbn": "x"}
    cache.forget("x")
    assert cache.book_by_isbn("x") == {"isbn": "x"}


def test_an_answer_that_a_write_overtook_is_not_stored(client: Any) -> None:
    rows = {"x": {"title": "old"}}

    def overtaken(query: str, isbn: str) -> Any:
        found = dict(rows[isbn])
        rows["x"] = {"title": "new"}
        cache.forget("x")
        return found

    cache = sample(client, overtaken, single=True)
    assert cache.book_by_isbn("x") == {"title": "old"}
    assert client.get("library:book:by_isbn:x") is None


def test_who_has_no_lease_waits_for_the_answer(client: Any) -> None:
    """Somebody else is asking the database; his answer comes while we wait, and we ask nobody."""

    def unasked(query: str, isbn: str) -> Any:
        raise AssertionError("the database was asked")

    class Clock:
        @staticmethod
        def sleep(seconds: float) -> None:
            client.set("library:book:by_isbn:x", '{"from": "the other"}')

    cache = sample(client, unasked, single=True)
    client.set("library:book:by_isbn:x:lease", "the other's")
    type(cache).book_by_isbn.__globals__["time"] = Clock
    assert cache.book_by_isbn("x") == {"from": "the other"}
    assert client.get("library:book:by_isbn:x:lease") == b"the other's"


def test_a_list_is_left_behind_by_its_version(client: Any) -> None:
    asked: list[int] = []
    cache = sample(client, lambda query, *key: asked.append(1) or [len(asked)], single=False)
    assert [cache.books_of_shelf(1, "", 0) for _ in range(2)] == [[1], [1]]
    cache.forget(1)
    assert cache.books_of_shelf(1, "", 0) == [2]
    assert client.ttl("library:shelf:1:books:version") == -1


def test_without_a_server_the_database_answers() -> None:
    nobody = redis.Redis(unix_socket_path="/nowhere/s")
    cache = sample(nobody, lambda query, isbn: json.loads('{"from": "database"}'), single=True)
    assert cache.book_by_isbn("x") == {"from": "database"}
    cache.forget("x")
