"""What a run of the suite means: counts, each requirement's outcome, recommendations and a verdict by rule."""

from collections.abc import Iterator
from importlib import resources
from typing import Any, Literal

import yaml

from contracts.validation import (
    ApplicationValidation,
    CategoryCount,
    MeasuredTarget,
    Recommendation,
    RequirementOutcome,
    SuiteRun,
    TestResult,
    ValidationReport,
    Verdict,
)

RULES: dict[str, Any] = yaml.safe_load(resources.files(__package__).joinpath("verdict.yaml").read_text("utf-8"))


def validation_report(validation: ApplicationValidation, run: SuiteRun) -> ValidationReport:
    """The report of a run; a run without a single passed test proves nothing and is not ready."""
    requirements = tuple(_requirements(validation, run))
    verdict, reasons = _verdict(run, requirements)
    return ValidationReport(
        validation=validation,
        run=run,
        categories=_categories(run),
        requirements=requirements,
        targets=tuple(_targets(run)),
        recommendations=tuple(_recommendations(run, requirements)),
        verdict=verdict,
        reasons=reasons,
    )


def _categories(run: SuiteRun) -> tuple[CategoryCount, ...]:
    names = dict.fromkeys((*RULES["categories"], *(result.category for result in run.results)))
    return tuple(
        CategoryCount(
            category=name,
            **{o: sum(r.category == name and r.outcome == o for r in run.results) for o in _OUTCOMES},
        )
        for name in names
    )


_OUTCOMES = ("passed", "failed", "skipped")


def _requirements(validation: ApplicationValidation, run: SuiteRun) -> Iterator[RequirementOutcome]:
    by_id: dict[str, list[TestResult]] = {}
    for result in run.results:
        for asked in result.requirements:
            by_id.setdefault(asked, []).append(result)
    for row in validation.requirements:
        results = by_id.get(row.id, [])
        counts = {outcome: sum(result.outcome == outcome for result in results) for outcome in _OUTCOMES}
        failed = [result.name for result in results if result.outcome == "failed"]
        yield RequirementOutcome(
            id=row.id,
            text=row.text,
            **counts,
            verdict=_held(counts),
            tests=tuple(failed or [result.name for result in results]),
        )


def _held(counts: dict[str, int]) -> Literal["holds", "fails", "not tried", "no test"]:
    if counts["failed"]:
        return "fails"
    if counts["passed"]:
        return "holds"
    return "not tried" if counts["skipped"] else "no test"


def _targets(run: SuiteRun) -> Iterator[MeasuredTarget]:
    for result in run.results:
        if "target" in result.measures:
            yield MeasuredTarget(
                target=result.measures["target"],
                measured=result.measures.get("measured", "nothing"),
                conditions=result.measures.get("conditions", ""),
                outcome=result.outcome,
            )


def _verdict(run: SuiteRun, requirements: tuple[RequirementOutcome, ...]) -> tuple[Verdict, tuple[str, ...]]:
    """The first rule that applies; the last one always does."""
    counts = {o: sum(r.outcome == o for r in run.results) for o in _OUTCOMES}
    blocking = set(RULES["blocking"])
    facts = {
        "nothing_passed": not counts["passed"],
        "broken_run": run.exit_code not in RULES["finished"],
        "blocking_failures": any(r.outcome == "failed" and r.category in blocking for r in run.results),
        "failures": bool(counts["failed"]),
        "requirements_failing": any(r.verdict == "fails" for r in requirements),
        "skips": bool(counts["skipped"]),
        "otherwise": True,
    }
    for rule in RULES["verdicts"]:
        reasons = tuple(RULES["reasons"][fact] for fact in rule["when"] if facts[fact])
        if reasons:
            return rule["verdict"], reasons
    raise ValueError("verdict.yaml has no rule that always applies")


def _recommendations(run: SuiteRun, requirements: tuple[RequirementOutcome, ...]) -> Iterator[Recommendation]:
    for result in run.results:
        if result.outcome == "failed":
            advice = RULES["advice"].get(result.category, RULES["advice"]["otherwise"])
            yield Recommendation(text=advice, because=f"{result.name}: {result.message}")
    skipped = sorted({result.message for result in run.results if result.outcome == "skipped"})
    for message in skipped:
        yield Recommendation(text=RULES["advice"]["skipped"], because=message)
    untested = [row.id for row in requirements if row.verdict == "no test"]
    if untested:
        yield Recommendation(text=RULES["advice"]["untested"], because=", ".join(untested))
