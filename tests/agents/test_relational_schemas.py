"""What a brief amounts to as a relational schema, as the benchmark on requirement texts predicts it: its keys."""

import pytest

from benchmarks.rschema import schema_of
from tests.agents.prose.test_briefs import analysed

DEPOTS = "Each depot has a depot ID, a name and a city. Each good has a good ID, a name and a unit. "


@pytest.mark.parametrize(
    ("text", "table", "key"),
    [
        (  # a list with others' ids and none of its own is keyed by these
            DEPOTS + "Each stock record has a depot ID, a good ID and a quantity.",
            "stock record",
            ["depot ID", "good ID"],
        ),
        (
            DEPOTS + "Each stock record has a stock record ID, a depot ID, a good ID and a quantity.",
            "stock record",
            ["stock record ID"],
        ),
        (
            DEPOTS + "Each count has a depot ID, a good ID, a count date and a quantity.",
            "count",
            ["depot ID", "good ID", "count date"],
        ),
        (  # a time that may be meant as a duration is the moment where no other one is
            DEPOTS + "Each lift has a depot ID, a good ID, an execution time and a remark.",
            "lift",
            ["depot ID", "good ID", "execution time"],
        ),
    ],
)
def test_a_table_is_keyed_by_its_own_id_or_by_what_it_joins(text: str, table: str, key: list[str]) -> None:
    assert schema_of(analysed(text))[table]["Primary key"] == key


def test_who_logs_in_and_is_only_named_has_a_password() -> None:
    found = schema_of(analysed("Each note has a note ID, a title and a user ID. Users can share multiple notes."))
    assert {"password", "email"} <= set(found["user"]["Attributes"])
