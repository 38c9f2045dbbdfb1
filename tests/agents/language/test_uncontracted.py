"""Short forms of speech in full; a possessive is none."""

import pytest

from agents.requirement_analysis.uncontracted import uncontracted


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("It's open and they're paid.", "It is open and they are paid."),
        ("it's been sold", "it has been sold"),
        ("They can't, won't and mustn't.", "They cannot, will not and must not."),
        ("we've kept what you'll need", "we have kept what you will need"),
        ("the owner's boat", "the owner's boat"),
        ("the boats' owners", "the boats' owners"),
    ],
)
def test_in_full(text: str, full: str) -> None:
    assert uncontracted(text) == full
