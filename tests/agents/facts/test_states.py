"""State machines: arrows, sentences and tables with the transitions that they allow."""

import pytest

from tests.agents.facts.reading import SHOP, analysed, rules_of

BARE = "### Parcel\n- tracking_number: string(20), unique\n- weight: integer\n\n### Driver\n- name\n\n"


@pytest.mark.parametrize(
    ("line", "transitions"),
    [
        ("Parcel status: new → sent → received", ("new sent", "sent received")),
        ("A parcel goes from announced to collected, then delivered or returned",
         ("announced collected", "collected delivered", "collected returned")),
        ("a parcel is first announced, then collected, then in "
         "transit", ("announced collected", "collected in transit")),
        ("Parcels may move from open to completed and from completed to "
         "voided", ("open completed", "completed voided")),
        ("Parcels start as announced, become active, and can be paused or cancelled",
         ("announced active", "active paused", "active cancelled")),
        ("A parcel moves from opened to in progress, from in progress to delayed and back, and from in progress "
         "to done",
         ("opened in progress", "in progress delayed", "delayed in progress", "in progress done")),
        ("The clerk guides a parcel from requested to agreed, from agreed to out, and from out to returned",
         ("requested agreed", "agreed out", "out returned")),
        ("Drivers take each parcel from received to weighed, then from weighed to "
         "sealed", ("received weighed", "weighed sealed")),
        ("The foreman brings a parcel from submitted to proofed and from proofed to "
         "printed", ("submitted proofed", "proofed printed")),
        ("The driver moves a parcel from the cabinet to the desk and from the desk to the safe", ()),
        ("A parcel is taken from Berlin to Potsdam and from Potsdam to Brandenburg", ()),
        ("A parcel is weighed from noon to two and from three to four", ()),
        ("A parcel goes from lost to found, never straight back to delivered", ("lost found",)),
        ("A parcel moves from one driver to another", ()),
        ("Parcels go to the depot", ()),
    ],
)  # fmt: skip
def test_transitions(line: str, transitions: tuple[str, ...]) -> None:
    found = [r for r in rules_of(line, BARE) if r.kind == "state"]
    assert tuple(f"{a} {b}" for r in found for a, b in sorted(r.transitions)) == tuple(sorted(transitions))


def test_only_listed_states_make_a_guard_a_transition() -> None:
    (found,) = rules_of("Only submitted orders can be approved")
    assert (found.kind, found.transitions) == ("state", (("submitted", "approved"),))
    (prose,) = rules_of("Only submitted orders can be reviewed")
    assert prose.kind == "prose"


def test_a_table_of_transitions() -> None:
    table = (
        "## Life of an order\n\n| From | To | Who |\n|---|---|---|\n| draft | submitted | clerk |\n| "
        "submitted | approved | "
        "boss |\n"
    )
    (found,) = [r for r in analysed(SHOP + table).rules if r.kind == "state"]
    assert found.transitions == (("draft", "submitted"), ("submitted", "approved"))
    assert [t.use for t in analysed(SHOP + table).trace if "clerk" in t.text] == ["used"]


def test_states_of_several_sentences_are_one_machine() -> None:
    text = f"{SHOP}## Rules\n\n- An order goes from draft to submitted\n- A submitted order can be cancelled\n"
    (found,) = [r for r in analysed(text).rules if r.kind == "state"]
    assert found.transitions == (("draft", "submitted"), ("submitted", "cancelled"))
    assert found.confidence == "medium"


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("A parcel is either announced, in transit or delivered.", ("announced", "in transit", "delivered")),
        ("Parcels are announced, weighed, lost or delivered", ("announced", "weighed", "lost", "delivered")),
        ("A parcel is a box, a tube or a letter.", ()),
        ("A parcel is blue or grey", ()),
        ("A parcel is weighed by the driver, the clerk or the machine", ()),
    ],
)
def test_one_of_several_conditions(line: str, values: tuple[str, ...]) -> None:
    found = [r for r in rules_of(line, BARE) if r.kind == "allowed"]
    assert [r.values for r in found] == ([values] if values else [])
