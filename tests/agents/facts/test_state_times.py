"""Steps of a life that are told by their time: until when, as long as, after that."""

import pytest

from tests.agents.facts.reading import analysed

KEPT = "# Depot\n\nFor each crate we keep a number, a weight and the sender.\n\n"
LIFE = f"{KEPT}A crate is new, then weighed, then loaded, then gone out. "


@pytest.mark.parametrize(
    ("line", "steps"),
    [
        ("It can be called off until it is loaded.", {"new called off", "weighed called off"}),
        ("As long as it hasn't been weighed, a crate may be refused.", {"new refused"}),
        ("Until the crate has been loaded it may still be withdrawn.", {"new withdrawn", "weighed withdrawn"}),
        ("Can be rejected once weighed.", {"weighed rejected"}),
        ("After that it is delivered and finally closed.", {"gone out delivered", "delivered closed"}),
        ("It ends as sold or returned.", {"gone out sold", "gone out returned"}),
        ("It can be read until it is loaded.", set()),
        ("It can be cancelled until Friday.", set()),
        ("Nothing may be changed once it is loaded.", set()),
        ("No crate may be cancelled after loaded.", set()),
        ("After that it is on the list of the office.", set()),
    ],
)
def test_steps_told_by_time(line: str, steps: set[str]) -> None:
    found = {f"{a} {b}" for r in analysed(f"{LIFE}{line}\n").rules if r.kind == "state" for a, b in r.transitions}
    assert found - {"new weighed", "weighed loaded", "loaded gone out"} == steps


def test_a_life_from_its_start() -> None:
    text = f"{KEPT}Crates start as planned. Once it leaves, a crate becomes loaded. Afterwards it is handed back.\n"
    (rule,) = [r for r in analysed(text).rules if r.kind == "state"]
    assert rule.transitions == (("planned", "loaded"), ("loaded", "handed back"))


def test_a_step_that_is_not_understood_ends_the_life() -> None:
    text = f"{KEPT}Crates start as planned. Then it is on its way to the yard of the firm. After that it is closed.\n"
    assert not [r for r in analysed(text).rules if r.kind == "state"]
