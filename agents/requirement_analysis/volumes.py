"""How many rows each entity has and gets: stated figures, ratios between entities, else the archetype's growth."""

import math
from collections.abc import Collection, Iterable, Mapping

from agents.naming import plural, words
from agents.requirement_analysis.ledger import Ledger, inferred, stated
from agents.requirement_analysis.model import Draft, Model
from agents.requirement_analysis.told_figures import Stated
from contracts.requirements import Relationship, Retention, Volume

_ALIKE = 1.5
"""Two figures within this ratio are one fact, once rounded and once by the day."""
_WAITING_DAYS = 365
_DEFAULT_ROWS = {"reference": 50, "master": 1_000}


def _several(label: str) -> str:
    """The plural of an entity's label, as a sentence of a brief would have it."""
    return plural("_".join(words(label))).replace("_", " ")


def volumes(
    figures: tuple[Stated, ...], users: int, retention: tuple[Retention, ...], model: Model, ledger: Ledger
) -> tuple[Volume, ...]:
    """A volume for every entity: stated, by ratio, or assumed from its archetype's growth and the number of users."""
    made: dict[str, Volume] = {}
    kept = {r.entity: r.days for r in retention}
    waiting = list(model.drafts.values())
    related: dict[str, list[Relationship]] = {}
    for relation in model.relationships:
        for end in {relation.parent: None, relation.child: None}:
            related.setdefault(end, []).append(relation)
    told: dict[str, list[Stated]] = {}
    for figure in figures:
        told.setdefault(figure.per or "", []).append(figure)
    counted: dict[str, int] = {}
    for attempt in (1, 2, 3):
        for draft in list(waiting):
            volume = _stated_volume(draft, figures, made, kept, ledger)
            if volume is None and attempt > 1:
                near = told.get(draft.name, ()), related.get(draft.name, ())
                volume = _derived_volume(draft, *near, counted, made, ledger) or _assumed_volume(
                    draft, users, made, kept, model, ledger, final=attempt == 3
                )
            if volume is not None:
                made[draft.name] = volume
                if volume.origin.kind == "stated":
                    counted[draft.name] = volume.rows
                waiting.remove(draft)
    return tuple(made[name] for name in model.drafts)


def _stated_volume(
    draft: Draft, figures: tuple[Stated, ...], made: dict[str, Volume], kept: dict[str | None, int], ledger: Ledger
) -> Volume | None:
    """The volume by the brief's own figures; the largest counts where they differ."""
    own = [f for f in figures if f.entity == draft.name and f.peak is None and (f.per is None or f.per in made)]
    if not own:
        return None
    totals = [f.rows for f in own if f.rows is not None and f.per is None]
    rates = [f.per_day for f in own if f.per_day is not None and f.per is None]
    rates += [f.per_day * made[f.per].rows for f in own if f.per_day is not None and f.per is not None]
    ratios = [(f, made[f.per]) for f in own if f.per is not None and f.rows is not None]
    rate = max([*rates, *((f.rows or 0) * parent.rows_per_day for f, parent in ratios)], default=0.0)
    rows = max(totals, default=None) if totals else max(((f.rows or 0) * p.rows for f, p in ratios), default=None)
    _ask_about(draft, totals, rates, own, ledger)
    text = f"{draft.label}: " + ", ".join(
        filter(None, (f"{rows:,.0f} rows" if rows else "", f"{rate:,.0f} new rows a day" if rate else ""))
    )
    requirement = ledger.requirement("volume", draft.name, text, own[0].sentence)
    for figure in own:
        ledger.use(figure.sentence, requirement)
    serves: tuple[str, ...] = (requirement,)
    if rows is None:
        rows, assumption = _rows_from_rate(draft, rate, kept, ledger)
        serves = (requirement, assumption)
    return Volume(entity=draft.name, rows=int(rows), rows_per_day=rate, origin=stated(own[0].sentence), serves=serves)


def _ask_about(draft: Draft, totals: list[float], rates: list[float], own: list[Stated], ledger: Ledger) -> None:
    """A question where the brief counts the same thing twice and differently."""
    for name, values in (("rows", totals), ("rows a day", rates)):
        if len({round(v) for v in values}) > 1 and max(values) > _ALIKE * min(values):
            ledger.question(
                f"volume {draft.name} {name}",
                f"The brief counts {draft.label} as {' and '.join(f'{v:,.0f}' for v in dict.fromkeys(values))} {name}. "
                "Which holds?",
                f"the larger one, {max(values):,.0f}",
                tuple(sorted({f.sentence.line for f in own})),
            )


def _rows_from_rate(draft: Draft, rate: float, kept: dict[str | None, int], ledger: Ledger) -> tuple[float, str]:
    """Rows of the first year (or of the retention, if shorter): a table that is sized empty is sized wrongly."""
    days = min(_WAITING_DAYS, kept.get(draft.name, kept.get(None, _WAITING_DAYS)))
    rows = rate * days
    assumption = ledger.assume(
        f"rows {draft.name}",
        f"rows of {draft.label} that the design is sized for",
        f"{rows:,.0f}",
        f"{rate:,.0f} a day for {days} days; the brief gives a rate and no total",
        f'write how many there are, for example "{rows:,.0f} {_several(draft.label)}"',
    )
    return rows, assumption


def _derived_volume(
    draft: Draft,
    figures: Iterable[Stated],
    related: Collection[Relationship],
    stated_rows: Mapping[str, int],
    made: dict[str, Volume],
    ledger: Ledger,
) -> Volume | None:
    """A volume that follows from figures of what belongs together: `2,000 fields, ten for each farm` are 200 farms.

    `figures` are those told for each of the draft, `related` its relationships, `stated_rows` what the brief counts.
    """
    for figure in figures:
        if figure.rows and stated_rows.get(figure.entity):
            rows = math.ceil(stated_rows[figure.entity] / figure.rows)
            children = _spoken_name(figure.entity)
            return _assumed(draft, rows, 0.0, f"{stated_rows[figure.entity]:,} rows of {children}, "
                            f"{figure.rows:g} for each", ledger)  # fmt: skip
    for relation in related:
        other = relation.child if relation.parent == draft.name else relation.parent
        joined = relation.cardinality == "one_to_one" and draft.name != other
        same = stated_rows.get(other) if joined else None
        if same:
            reason = f"at most one for each {_spoken_name(other)}, of which the brief counts {same:,}"
            return _assumed(draft, same, made[other].rows_per_day, reason, ledger)
    parts = [r.child for r in related if r.parent == draft.name and r.cardinality == "one_to_many"]
    fewest = min(((stated_rows[c], c) for c in parts if c in stated_rows), default=None)
    usual = _DEFAULT_ROWS.get(draft.nature, 0)
    if fewest and not draft.parents and _FEWEST <= fewest[0] < usual:
        reason = f"no more than the {fewest[0]:,} rows of {_spoken_name(fewest[1])} that belong to one"
        return _assumed(draft, fewest[0], 0.0, reason, ledger)
    return None


_FEWEST = 20
"""Rows below which what belongs to something says little of how many there are."""


def _spoken_name(entity: str) -> str:
    return entity.replace("_", " ")


def _assumed_volume(
    draft: Draft,
    users: int,
    made: dict[str, Volume],
    kept: dict[str | None, int],
    model: Model,
    ledger: Ledger,
    final: bool,
) -> Volume | None:
    """A volume that the brief does not give: as many as the parent has, else by the archetype's growth."""
    rate, rows, reason = _guess(draft, users, made, model, final)
    if reason is None:
        return None
    if rows is None:
        days = min(_WAITING_DAYS, kept.get(draft.name, kept.get(None, _WAITING_DAYS)))
        rows, reason = rate * days, f"{reason}; counted over {days} days"
    return _assumed(draft, rows, rate, reason, ledger)


def _assumed(draft: Draft, rows: float, rate: float, reason: str, ledger: Ledger) -> Volume:
    """A volume that rests on an assumption."""
    rows = max(1.0, rows)
    assumption = ledger.assume(
        f"volume {draft.name}",
        f"rows of {draft.label}",
        f"{rows:,.0f} rows, {round(rate, 2):,g} new rows a day",
        reason,
        f'write "N {_several(draft.label)}" or "N {_several(draft.label)} a day"',
    )
    return Volume(
        entity=draft.name,
        rows=int(rows),
        rows_per_day=round(rate, 4),
        origin=inferred(reason),
        serves=(draft.requirement, assumption),
    )


def _guess(
    draft: Draft, users: int, made: dict[str, Volume], model: Model, final: bool
) -> tuple[float, float | None, str | None]:
    """(rows a day, rows or None for "by the rate", reason or None when a parent must be known first)."""
    parents = [r for _, r in model.belonging(draft.name) if r.parent != draft.name and r.cardinality != "many_to_many"]
    moving = [r.parent for r in parents if r.parent in made and made[r.parent].rows_per_day > 0]
    if (
        draft.nature in ("transaction", "event")
        and parents
        and not final
        and any(r.parent not in made for r in parents)
    ):
        return 0.0, None, None
    if draft.nature in ("transaction", "event") and moving:
        parent = _nearest(draft, moving, made)
        if parent:
            return (
                made[parent].rows_per_day,
                float(made[parent].rows),
                f"one for each {parent.replace('_', ' ')}, as the brief gives no figure",
            )
    growth = draft.archetype.growth if draft.archetype else {"transaction": 5.0, "event": 20.0}.get(draft.nature, 0.0)
    rate = growth * users / 1000
    source = (
        f"{growth:g} rows a day for 1,000 users (archetype {draft.archetype.name})"
        if draft.archetype
        else f"{growth:g} rows a day for 1,000 users"
    )
    if draft.nature == "person":
        return rate, float(users), f"as many as the application has users, {users:,}"
    if draft.nature in ("master", "reference"):
        plain = [r.parent for r in parents if r.parent in made and r.role in (None, "owner")]
        owners = [made[p] for p in plain if model.drafts[p].nature == "person"]  # a referee has no tournament each
        if owners:
            return (
                rate,
                float(owners[0].rows),
                f"one for each {owners[0].entity.replace('_', ' ')}, as the brief gives no figure",
            )
        rows = float(_DEFAULT_ROWS[draft.nature]) if users > 1 else 50.0
        return rate, rows, f"a usual size of {draft.nature} data where the brief gives no figure"
    return rate, None, f"{source} and {users:,} users"


def _nearest(draft: Draft, moving: list[str], made: dict[str, Volume]) -> str | None:
    """The parent that creates this entity's rows: an owning transaction rather than a person."""
    busy = [p for p in moving if made[p].rows_per_day >= 1]
    return min(busy, key=lambda p: (made[p].rows_per_day, p)) if busy else None
