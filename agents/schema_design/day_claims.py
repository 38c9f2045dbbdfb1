"""What is claimed and decided of a rule between a date and a moment (`agents.schema_design.days`)."""

from collections.abc import Iterable

from agents.requirement_analysis.zones import REQUIREMENT
from agents.schema_design.dataset import Dataset
from agents.schema_design.days import LEEWAY, day_checks
from contracts.base import Alternative, Decision
from contracts.claims import Accepted, Claim, Refused, Trial
from contracts.requirements import Requirements
from contracts.schema import Check, Table


def day_claims(table: Table, check: Check, dataset: Dataset, sqlstate: str) -> list[Claim]:
    """The first day that the check leaves no room for is refused, and the last one that it does is accepted.

    In another zone than UTC the day is one that no offset explains.
    """
    left, right = table.column(check.column), table.column(check.other or "")
    date, moment = (left, right) if left.type == "date" else (right, left)
    operator = check.operator or ""
    side, sign = ("after", 1) if operator.startswith("<") == (date is left) else ("before", -1)
    last = check.leeway_days - (0 if operator.endswith("=") else 1)
    in_utc = check.zone in ("", "UTC")

    def row(days: int) -> str:
        value = dataset.spelling.days_from(date, moment, dataset.value(table, moment.name), sign * days)
        return dataset.insert(table, {date.name: value})

    def claim(name: str, verb: str, days: int, trial: Trial) -> Claim:
        sentence = f"{table.name} {verb} {date.name} {_apart(days, side)} {moment.name}: {check.expression}"
        return Claim(
            id=f"{table.name}.{name}", sentence=sentence, element=f"table.{table.name}", serves=check.serves,
            trial=trial,
        )  # fmt: skip

    beyond = last + 1 if in_utc else LEEWAY + 2
    made = [claim(check.name, "refuses", beyond, Refused(sql=(row(beyond),), sqlstate=sqlstate))]
    alone = sum(date.name in (c.column, c.other) for c in table.checks) == 1
    keyed = any(date.name in u.columns for u in table.uniques) or date.name in table.primary_key
    if in_utc and alone and not keyed:
        made.append(claim(f"{check.name}.leeway", "accepts", last, Accepted(sql=(row(last),), affects=1)))
    return made


def _apart(days: int, side: str) -> str:
    """How far a date lies from a moment.

    >>> _apart(2, "after"), _apart(0, "after"), _apart(-1, "after")
    ('2 days after', 'on the day of', '1 day before')
    """
    if days == 0:
        return "on the day of"
    if days < 0:
        return _apart(-days, {"after": "before", "before": "after"}[side])
    return f"{days} day{'s' if days > 1 else ''} {side}"


def day_decisions(requirements: Requirements, tables: Iterable[Table], label: str) -> tuple[Decision, ...]:
    """On which calendar each of these rules is kept; the tables are those of the engine, whose label this is."""
    return tuple(_decision(requirements, table, check, label) for table in tables for check in day_checks(table))


def _decision(requirements: Requirements, table: Table, check: Check, label: str) -> Decision:
    stated = requirements.time_zone
    moment = next(c.name for c in map(table.column, (check.column, check.other or "")) if c.type == "timestamp")
    exact = "the application, which knows the place's zone, compares exactly before it writes"
    if check.zone:
        choice = f"{check.column} {check.operator} {check.other}, by the calendar of {check.zone}"
        because = f"the brief counts its days there; the constant zone makes the date of {moment} the same for every "
        because += "session and every restore"
    else:
        choice = f"{check.column} {check.operator} {check.other}, by the calendar of UTC with {check.leeway_days} day "
        choice += "of leeway"
        reason = f"{label}'s CHECKs know no zone but UTC, and the brief counts its days in {stated}" if stated else (
            "the brief names no zone, and no place's date is more than a day away from that of UTC")  # fmt: skip
        because = f"{reason}: no valid row is refused, and none further off passes; {exact}"
    refused = [
        Alternative(
            name="a cast to date alone",
            refused_because="it follows the session's zone: two sessions would judge one row differently, and a dump "
            "of valid rows might not restore",
        ),
        Alternative(
            name="the exact date of UTC" if not check.zone else "UTC with a day of leeway",
            refused_because="it refuses valid rows wherever the local date is already, or still, another one"
            if not check.zone
            else "a row of the wrong day would pass, although the brief says which calendar counts",
        ),
        Alternative(
            name=f"{moment} as a date", refused_because="the time of day and the order within a day would be lost"
        ),
    ]
    told = [r.id for r in requirements.requirements if stated and r.id == f"rule.{REQUIREMENT}"]
    return Decision(
        id=f"decision.days.{check.name}",
        topic=f"The calendar of {check.column} and {check.other} in {table.name}",
        choice=choice,
        because=because,
        alternatives=tuple(refused),
        origin=check.origin,
        serves=tuple(dict.fromkeys((*check.serves, *told))),
    )
