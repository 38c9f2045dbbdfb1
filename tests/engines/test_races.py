"""Two real sessions at once: rules that the database keeps hold; designs that only look before they write do not."""

import pytest

from agents.verification import proof
from contracts.claims import Evidence, Observation, Races
from flows.engines.postgresql import observations_on
from flows.engines.server import Server
from tests.engines.conftest import experiment, silent

SCRIPT = {
    "items": "CREATE TABLE items (id bigint PRIMARY KEY, stock integer NOT NULL, version integer NOT NULL)",
    "rows": "INSERT INTO items VALUES (1, 5, 1), (2, 5, 1)",
    "seats": "CREATE TABLE seats (seat integer NOT NULL, holder text NOT NULL)",
    "extension": "CREATE EXTENSION btree_gist",
    "bookings": "CREATE TABLE bookings (room integer NOT NULL, during tstzrange NOT NULL, "
    "EXCLUDE USING gist (room WITH =, during WITH &&))",
    "function": "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'kept'; END $$",
    "trigger": "CREATE TRIGGER kept BEFORE DELETE ON bookings FOR EACH ROW EXECUTE FUNCTION keep()",
}
KEY = "ALTER TABLE seats ADD CONSTRAINT uq_seat UNIQUE (seat)"
BOUND = "ALTER TABLE items ADD CONSTRAINT ck_stock CHECK (stock >= 0)"
LOOK_THEN_WRITE = (
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM seats WHERE seat = 1) THEN INSERT INTO seats VALUES (1, '{who}'); "
    "ELSE RAISE 'taken' USING ERRCODE = 'unique_violation'; END IF; END $$"
)
SEAT = Races(
    one=(LOOK_THEN_WRITE.format(who="a"),),
    other=(LOOK_THEN_WRITE.format(who="b"),),
    sqlstate="23505",
    check="SELECT count(*) = 1 FROM seats",
    undo=("DELETE FROM seats",),
)
LOOK_THEN_TAKE = (
    "DO $$ DECLARE found integer; BEGIN SELECT stock INTO found FROM items WHERE id = 1; "
    "IF found < {n} THEN RAISE 'none left' USING ERRCODE = 'check_violation'; END IF; "
    "UPDATE items SET stock = stock - {n} WHERE id = 1; END $$"
)
STOCK = Races(
    one=(LOOK_THEN_TAKE.format(n=3),),
    other=(LOOK_THEN_TAKE.format(n=4),),
    sqlstate="23514",
    check="SELECT stock IN (1, 2) FROM items WHERE id = 1",
    undo=("UPDATE items SET stock = 5 WHERE id = 1",),
)
BOOKING = "INSERT INTO bookings VALUES (1, '[2026-11-01 10:00+00, 2026-11-01 12:00+00)')"
ROOM = Races(
    one=(BOOKING,), other=(BOOKING.replace("12:00", "13:00"),), sqlstate="23P01",
    check="SELECT count(*) = 1 FROM bookings", undo=("DELETE FROM bookings",),
)  # fmt: skip


def judged(server: Server, trial: Races, *more: str) -> tuple[Observation, Evidence]:
    """What the server saw of a race after the script and more statements, and what the judge says."""
    asked = experiment({**SCRIPT, **dict(zip("xyz", more, strict=False))}, {"race": trial})
    found = observations_on(server, asked, silent)
    return found.observations[0], proof(asked, found).evidence[0]


@pytest.mark.parametrize(
    ("trial", "rule", "broken"),
    [
        (SEAT, KEY, "one, then the other: the second went on and ended with committed instead of 23505"),
        (STOCK, BOUND, "one, then the other: the second waited and ended with committed instead of 23514"),
    ],
    ids=["double booking", "oversell"],
)
def test_who_only_looks_before_the_write_is_caught_and_a_constraint_holds(
    embedded: Server, trial: Races, rule: str, broken: str
) -> None:
    _, without = judged(embedded, trial)
    assert (without.verdict, without.observed) == ("fails", f"{broken}, and the rule is broken")
    seen, with_it = judged(embedded, trial, rule)
    assert with_it.verdict == "holds", with_it.observed
    refused = ("waited", trial.sqlstate, "t")
    assert [row[1:] for row in seen.rows or ()] == [refused, refused, ("waited", "committed", "t")]


def test_a_lost_update_is_caught_and_a_version_holds(embedded: Server) -> None:
    """Each writes back a value computed from what both have read; the version makes the second read again."""
    change = "UPDATE items SET stock = {n} WHERE id = 2"
    blind = Races(
        one=(change.format(n=4),), other=(change.format(n=3),), sqlstate="40001",
        check="SELECT stock IN (3, 4) FROM items WHERE id = 2", undo=("UPDATE items SET stock = 5, version = 1",),
    )  # fmt: skip
    assert judged(embedded, blind)[1].observed == (
        "one, then the other: the second waited and ended with committed instead of 40001, and the rule holds"
    )
    aware = (
        "DO $$ BEGIN UPDATE items SET stock = {n}, version = version + 1 WHERE id = 2 AND version = 1; "
        "IF NOT FOUND THEN RAISE 'read again' USING ERRCODE = 'serialization_failure'; END IF; END $$"
    )
    held = blind.model_copy(update={"one": (aware.format(n=4),), "other": (aware.format(n=3),)})
    assert judged(embedded, held)[1].verdict == "holds"


@pytest.mark.parametrize("server", ["embedded", "remote"], indirect=True)
def test_no_room_is_taken_twice_and_what_a_race_commits_is_undone_past_triggers(server: Server) -> None:
    assert judged(server, ROOM)[1].verdict == "holds"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"one": ("SELECT 1 FROM nowhere",)}, "the first session: relation"),
        ({"setup": ("SELECT 1 FROM nowhere",)}, "before the race: relation"),
        ({"undo": ("SELECT 1 FROM nowhere",)}, "after the race: relation"),
        ({"check": "SELECT 1 FROM nowhere"}, "the rule is broken"),
    ],
)
def test_a_race_that_cannot_be_run_proves_nothing(embedded: Server, change: dict[str, object], why: str) -> None:
    _, found = judged(embedded, ROOM.model_copy(update=change))
    assert (found.verdict, why in found.observed) == ("fails", True), found.observed
