"""What an engine lacks, said in the design: one form for every family."""

from collections.abc import Iterable

from contracts.base import Origin
from contracts.schema import Gap, Table


def gap(feature: str, instead: str, lost: str, elements: Iterable[str]) -> Gap:
    """Something that is asked for and not there, what stands in its place, what is lost, and what it is about."""
    return Gap(
        feature=feature,
        instead=instead,
        lost=lost,
        elements=tuple(elements),
        origin=Origin(kind="convention", rule="what the engine lacks is said, with what stands in its place"),
    )


COMPARED = "the key compares another column, which the engine would set to NULL with it"


def refusing_compared(table: Table) -> Table:
    """The table with keys that refuse, instead of setting to NULL what they compare as well."""
    keys = (
        key.model_copy(update={"on_delete": "restrict", "because": f"{COMPARED}; {key.because}"})
        if key.on_delete == "set null" and key.agreeing
        else key
        for key in table.foreign_keys
    )
    return table.model_copy(update={"foreign_keys": tuple(keys)})


def compared_keys(tables: Iterable[Table]) -> Gap | None:
    """SET NULL of one of the columns that a key compares, where the engine can only set all of them."""
    refused = [key.name for table in tables for key in table.foreign_keys if key.because.startswith(COMPARED)]
    if not refused:
        return None
    return gap(
        "SET NULL of one column of a composite key", "the foreign key refuses to lose its row",
        "whoever deletes the row first takes it out of the rows that name it", refused,
    )  # fmt: skip
