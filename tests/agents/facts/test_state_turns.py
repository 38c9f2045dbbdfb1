"""Steps of a life that sentences tell apart from its chain, and what only sounds like one."""

import pytest

from tests.agents.facts.reading import rules_of

BARE = "**Primary Entities**: Permit Request, Clerk, Road\n\n"


@pytest.mark.parametrize(
    ("line", "transitions"),
    [
        ("A permit request is open, then closed. Open ones can also be rejected.", {"open closed", "open rejected"}),
        ("Permit requests go from drafted to signed; drafted requests may also be withdrawn.",
         {"drafted signed", "drafted withdrawn"}),
        ("Life of a permit request: clean → in use → clean. From in use it may get lost.",
         {"clean in use", "in use clean", "in use lost"}),
        ("A draft permit request becomes live; a live one becomes funded or failed.",
         {"draft live", "live funded", "live failed"}),
        ("A permit request starts in quarantine. It is released or rejected. Released requests become exhausted.",
         {"quarantine released", "quarantine rejected", "released exhausted"}),
        ("A permit request is placed, approved and shipped, in this order. Placed requests can be cancelled.",
         {"placed approved", "approved shipped", "placed cancelled"}),
        ("A permit request starts as requested, gets scheduled once a clerk is assigned, then is done.",
         {"requested scheduled", "scheduled done"}),
        ("The status of a permit request: first draft, then sent, then paid.", {"draft sent", "sent paid"}),
        ("A permit request is open, then closed. Open ones can be edited.", {"open closed"}),
        ("A permit request is open, then closed. Only closed ones can be printed.", {"open closed"}),
        ("A new clerk becomes a member.", set()),
    ],
)  # fmt: skip
def test_steps_apart(line: str, transitions: set[str]) -> None:
    found = [r for r in rules_of(line, BARE) if r.kind == "state"]
    assert {f"{a} {b}" for r in found for a, b in r.transitions} == transitions


def test_states_may_be_listed_in_a_sentence() -> None:
    (found,) = rules_of("The status of a permit request is draft, sent, paid or out of date.", BARE)
    assert (found.kind, found.values) == ("allowed", ("draft", "sent", "paid", "out of date"))


def test_rules_stand_in_rows_of_a_table() -> None:
    table = "| # | Rule |\n|---|---|\n| R1 | A permit request goes from new to done. A new request may be refused. |"
    (found,) = [r for r in rules_of(f"see below\n\n{table}", BARE) if r.kind == "state"]
    assert set(found.transitions) == {("new", "done"), ("new", "refused")}


def test_belonging_to_one_is_no_limit() -> None:
    line = "Roads and permit requests belong to one clerk; users of a clerk never see those of another."
    assert [r for r in rules_of(line, BARE) if r.kind == "unique"] == []
