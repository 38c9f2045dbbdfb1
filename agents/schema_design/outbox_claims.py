"""What is claimed of the outbox, each promise with the trial that could refute it."""

from agents.dialects.postgresql import sql as postgresql
from agents.schema_design.dataset import WAITING, Dataset
from agents.schema_design.outbox import KEPT_DAYS, MARK, NAME, REMOVE, TAKE, TAKE_INDEX, Outbox, take_sql
from contracts.claims import Claim, Returns, Shares, Trial, UsesIndex
from contracts.schema import Table

WAIT = f"SELECT count(*) FROM {NAME} WHERE published_at IS NULL"


def outbox_claims(made: Outbox, dataset: Dataset, skips: bool) -> tuple[Claim, ...]:
    """The dispatcher finds what waits by its index, shares it with another one, and sees only what was committed."""

    def claim(name: str, element: str, sentence: str, trial: Trial) -> Claim:
        return Claim(id=f"{NAME}.{name}", element=element, sentence=sentence, serves=made.table.serves, trial=trial)

    table = f"table.{NAME}"
    found = [
        claim(
            "waiting.served", f"index.{TAKE_INDEX}",
            f"{TAKE} reads {NAME} through {TAKE_INDEX} and costs more without it",
            UsesIndex(query=TAKE, arguments=(), table=NAME, index=TAKE_INDEX),
        ),
        claim(
            "marked", table, f"an event that {MARK} has marked waits no longer, and the others do",
            Returns(sql=(_mark_first(dataset), WAIT), rows=((str(WAITING - 1),),)),
        ),
        claim(
            "rolled_back", table, "an event whose transaction is rolled back is gone with its change",
            Returns(sql=_undone(made.sources, made.table, dataset), rows=(("0",),)),
        ),
    ]  # fmt: skip
    if dataset.spelling is postgresql:
        sentence = f"of three events {REMOVE}() removes the one that was published more than {KEPT_DAYS} days ago"
        found.append(claim("removed", table, sentence, Returns(sql=_expired(made.table, dataset), rows=(("2", "0"),))))
    if skips:
        sentence = f"two dispatchers at once take {NAME} without waiting for each other, and no event goes to both"
        found.append(claim("shared", table, sentence, Shares(take=take_sql(skips), key=0)))
    return tuple(found)


def _mark_first(dataset: Dataset) -> str:
    waiting = f"SELECT id FROM {NAME} WHERE published_at IS NULL ORDER BY id LIMIT 1"
    first = f"(SELECT id FROM ({waiting}) AS waiting)"  # MySQL updates no table that it reads at the same level
    return f"UPDATE {NAME} SET published_at = {dataset.spelling.now} WHERE id = {first}"


def _expired(table: Table, dataset: Dataset) -> tuple[str, ...]:
    """An old published event, an old one that waits, and one that was published today."""
    old, row = f"now() - interval '{KEPT_DAYS + 1} days'", dataset.rows[NAME]
    cases = ({"published_at": old}, {"published_at": "NULL", "occurred_at": old}, {"published_at": "now()"})
    ids = [dataset.value(table, "event_id", row + number) for number in range(2, 5)]
    return (
        *(dataset.insert(table, case, row + number) for number, case in enumerate(cases, 2)),
        f"SELECT {REMOVE}()",
        f"SELECT count(*), count(*) FILTER (WHERE event_id = {ids[0]}) FROM {NAME} WHERE event_id IN "
        f"({', '.join(ids)})",
    )


def _undone(sources: tuple[Table, ...], table: Table, dataset: Dataset) -> tuple[str, ...]:
    """A row of a source and its event, both given up; then the events of that number are counted."""
    event = dataset.value(table, "event_id")
    return (
        "SAVEPOINT before_the_change",
        *(dataset.insert(source) for source in sources[:1]),
        dataset.insert(table),
        "ROLLBACK TO SAVEPOINT before_the_change",
        f"SELECT count(*) FROM {NAME} WHERE event_id = {event}",
    )
