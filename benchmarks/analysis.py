"""How long the requirement analysis reads, by form and length: `python -m benchmarks.analysis [--kilobytes 20 200]`.

Prints processor seconds, which other work on the machine does not lengthen much, and the power p in
seconds ~ kilobytes^p between the two largest sizes; 1 is linear. `--hostile N` reads N damaged briefs instead, none of
which may end with anything but an analysis or the error for a text that is no brief.
"""

import argparse
import datetime as dt
import itertools
import math
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief, BriefError

_ROOT = Path(__file__).parent.parent
_THINGS = ("order", "parcel", "invoice", "shipment", "claim", "booking", "contract", "delivery", "ticket", "lease")
_HEAD = "# Depot\n\n" + "".join(
    f"### {thing.title()}\n- number: string, unique\n- name\n- total: money\n- status (open, paid, closed)\n"
    "- placed_at: timestamp\n\n"
    for thing in _THINGS
)
_RULES = (
    "The total of a {thing} must not exceed {number}.", "About {number} {thing}s are placed per day.",
    "Users list the {thing}s by status, newest first.", "{thing}s are kept for {number} years.",
    "A {thing} cannot be changed once it is paid.", "The answer to request {number} comes within {number} ms.",
)  # fmt: skip
_PROSE = (
    "Each {thing} has a number, a place, a date {number} and a weight.",
    "The clerk checks {thing} {number} before it goes to the next depot.",
    "Customers write long letters about topic {number}, which nobody reads.",
)
_GERMAN = (
    "- Der Betrag der Bestellung muss größer als {number} sein.",
    "- Eine Bestellung hat mehrere Positionen und gehört zu einem Kunden aus Bezirk {number}.",
    "- Rechnungen werden {number} Jahre aufbewahrt.", "- Der Mitarbeiter {number} sucht Bestellungen nach Datum.",
)  # fmt: skip


def _lines(patterns: tuple[str, ...], before: str, after: str) -> Iterator[str]:
    """Lines without end, no two alike, so that nothing that was read once helps with the next."""
    for number in itertools.count(1):
        thing = _THINGS[number % len(_THINGS)]
        yield before + patterns[number % len(patterns)].format(thing=thing, number=number) + after


def _tables() -> Iterator[str]:
    for number in itertools.count():
        yield (
            f"CREATE TABLE parcels_{number} (id bigint PRIMARY KEY, name varchar(80) NOT NULL, "
            f"amount numeric(12,2) CHECK (amount >= 0), parent_id bigint REFERENCES parcels_{max(number - 1, 0)}(id), "
            "sent_at timestamptz DEFAULT now());\n"
        )


def _lists() -> Iterator[str]:
    for number in itertools.count():
        yield (
            f"### Parcel{number}\n- number{number}: string, unique\n- total: money\n- status (open, closed)\n"
            f"- parcel{max(number - 1, 0)}_id (FK)\n\n"
        )


_FORMS: dict[str, Callable[[], tuple[str, Iterator[str]]]] = {
    "facts in bullets": lambda: (f"{_HEAD}## Business Rules\n\n", _lines(_RULES, "- ", "\n")),
    "prose": lambda: ("# Depot\n\n", _lines(_PROSE, "", "\n\n")),
    "attribute lists": lambda: ("# Depot\n\n", _lists()),
    "sql": lambda: ("", _tables()),
    "german": lambda: ("# Laden\n\n**Hauptentitäten**: Kunde, Bestellung\n\n## Regeln\n\n", _lines(_GERMAN, "", "\n")),
}


def brief_of(form: str, kilobytes: int) -> str:
    """A brief of this form and at least this length."""
    text, lines = _FORMS[form]()
    parts, size = [text], len(text)
    while size < kilobytes * 1000:
        parts.append(next(lines))
        size += len(parts[-1])
    return "".join(parts)


def seconds(text: str) -> float:
    """Processor seconds of one analysis."""
    begun = time.process_time()
    requirement_analysis(Brief(project="bench", text=text, date=dt.date(2026, 11, 1)))
    return time.process_time() - begun


def damaged(number: int) -> str:
    """One of the repository's briefs with lines torn out, doubled, joined, cut and mixed with those of another."""
    chance = random.Random(number)  # noqa: S311
    briefs = sorted([*_ROOT.glob("examples/*/INITIAL.md"), *_ROOT.glob("tests/briefs/**/*.md")])
    lines = chance.choice(briefs).read_text("utf-8").split("\n")
    other = chance.choice(briefs).read_text("utf-8").split("\n")
    marks = [
        "|",
        "```",
        "{",
        "}",
        "(",
        ")",
        "→",
        ":",
        ";",
        "#",
        "-- ",
        "'",
        '"',
        "\u202e",
        "\x00",
        "1e999",
        "[x]",
        "\t",
    ]
    for _ in range(chance.randint(1, 40)):
        place = chance.randrange(len(lines))
        match chance.randrange(6):
            case 0:
                del lines[place]
                lines = lines or [""]
            case 1:
                lines.insert(place, chance.choice(other))
            case 2:
                lines[place] += chance.choice(marks) * chance.randint(1, 9)
            case 3:
                lines[place] = lines[place][: chance.randint(0, 20)]
            case 4:
                lines[place] = lines[place] * chance.randint(2, 30)
            case _:
                lines[place] = "".join(chance.sample(lines[place], len(lines[place])))
    return "\n".join(lines)


def _hostile(count: int) -> None:
    """Reads damaged briefs; anything else than an analysis or a `BriefError` ends the run with its number."""
    refused = 0
    for number in range(count):
        try:
            seconds(damaged(number))
        except BriefError:
            refused += 1
        except Exception as error:
            print(f"damaged({number}): {type(error).__name__}: {error}", file=sys.stderr)
            raise
    print(f"{count:,} damaged briefs: {count - refused:,} read, {refused:,} refused, none failed")


def main() -> None:
    """Prints a table of the forms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kilobytes", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--hostile", type=int, default=0, metavar="N")
    given = parser.parse_args()
    if given.hostile:
        _hostile(given.hostile)
        return
    sizes = sorted(given.kilobytes)
    print(f"{'requirement analysis, processor seconds':<42}" + "".join(f"{size:>9,} KB" for size in sizes) + "   power")
    for form in _FORMS:
        seconds(brief_of(form, 5))
        took = [seconds(brief_of(form, size)) for size in sizes]
        power = math.log(took[-1] / took[-2]) / math.log(sizes[-1] / sizes[-2]) if len(sizes) > 1 else math.nan
        print(f"{form:<42}" + "".join(f"{t:>12.2f}" for t in took) + f"{power:>8.1f}")


if __name__ == "__main__":
    main()
