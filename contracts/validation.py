"""The validation of an application's database: the suite's facts, what its run measured, and the verdict."""

from typing import Literal

from pydantic import Field, JsonValue

from contracts.base import Contract
from contracts.claims import Engine
from contracts.published import RequirementRow

Outcome = Literal["passed", "failed", "skipped"]
Verdict = Literal["ready", "ready with reservations", "not ready"]


class ApplicationValidation(Contract):
    """The suite of one design. `facts` is what its `design.json` holds; `requirements` is what it is held against."""

    project: str
    title: str
    document_digest: str
    edited: bool | None = None
    facts: dict[str, JsonValue]
    requirements: tuple[RequirementRow, ...] = ()


class TestResult(Contract):
    """One test of the run, from JUnit XML; `measures` are the properties that the test recorded."""

    __test__ = False  # not a test class of pytest's

    name: str
    category: str
    outcome: Outcome
    message: str = ""
    seconds: float = 0.0
    requirements: tuple[str, ...] = ()
    measures: dict[str, str] = Field(default_factory=dict)


class SuiteRun(Contract):
    """A run of the suite: where it ran and what came out; `environment` says which interpreter's packages were used."""

    engine: Engine
    environment: str
    cores: int
    exit_code: int
    seconds: float
    results: tuple[TestResult, ...]


class CategoryCount(Contract):
    """The counts of one category."""

    category: str
    passed: int
    failed: int
    skipped: int


class RequirementOutcome(Contract):
    """A requirement with its tests; `verdict` is `no test` where none speaks for it."""

    id: str
    text: str
    passed: int
    failed: int
    skipped: int
    verdict: Literal["holds", "fails", "not tried", "no test"]
    tests: tuple[str, ...]


class MeasuredTarget(Contract):
    """A performance target beside what was measured, and under which conditions."""

    target: str
    measured: str
    conditions: str
    outcome: Outcome


class Recommendation(Contract):
    """What to do, and the test or fact that asks for it."""

    text: str
    because: str


class ValidationReport(Contract):
    """What VALIDATION_REPORT.md says; every number comes from the run."""

    validation: ApplicationValidation
    run: SuiteRun
    categories: tuple[CategoryCount, ...]
    requirements: tuple[RequirementOutcome, ...]
    targets: tuple[MeasuredTarget, ...]
    recommendations: tuple[Recommendation, ...]
    verdict: Verdict
    reasons: tuple[str, ...]
