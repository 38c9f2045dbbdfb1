"""Which values the application encrypts, what takes their place in queries and keys, and the code in each language."""

import datetime as dt
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from agents.designing import schema_design, security_plan
from agents.knowledge import KnowledgeError, seal_rules
from agents.knowledge.reading import parsed_seal_rules
from agents.requirement_analysis import requirement_analysis
from agents.security.envelopes import Language, code_sample
from contracts.brief import Brief
from contracts.claims import Seals
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign
from contracts.security import SecurityPlan

START = dt.date(2026, 11, 1)
BRIEF = """# Practice

Twenty people of an office register patients.

## Data model

### Patient
- insurance_number: string(20), unique
- passport_number: string(12), optional
- iban: string(34), optional
- family_name

### Mailbox
- address: string(100), unique
- refresh_token: string(255)
- reset_token: string(64), unique

## How it is used

- A clerk finds a patient by insurance number
{usage}

## Protection

- {laws}

## Technology

- {language}, PostgreSQL, 20 concurrent users
"""
EXAMPLES = Path(__file__).parents[2] / "examples"


def analysed(text: str) -> Requirements:
    return requirement_analysis(Brief(project="practice", text=text, date=START.isoformat()))


def made(
    usage: str = "", laws: str = "HIPAA and GDPR apply", language: str = "Python"
) -> tuple[Requirements, SchemaDesign, SecurityPlan]:
    found = analysed(BRIEF.format(usage=usage, laws=laws, language=language))
    schema = schema_design(found, START)
    return found, schema, security_plan(found, schema, START)


def sealed(schema: SchemaDesign) -> set[str]:
    return {f"{t.name}.{c.name}" for t in schema.tables for c in t.columns if c.type == "sealed"}


def test_numbers_of_persons_and_secrets_that_are_presented_again_are_sealed() -> None:
    _, schema, plan = made()
    assert sealed(schema) == {
        "patients.insurance_number", "patients.passport_number", "patients.iban", "mailboxes.refresh_token"
    }  # fmt: skip
    patients = schema.table("patients")
    assert ("insurance_number_index",) in [u.columns for u in patients.uniques]
    found = next(q for q in schema.queries if q.kind == "lookup" and q.table == "patients" and "insurance" in q.sql)
    assert "insurance_number_index = $1" in found.sql
    assert plan.encryption is not None
    assert {c.column: c.index for c in plan.encryption.columns}["insurance_number"] == "insurance_number_index"
    assert {c.column: c.index for c in plan.encryption.columns}["iban"] is None
    trials = [claim.trial for claim in plan.claims if isinstance(claim.trial, Seals)]
    assert {trial.table: len(trial.columns) for trial in trials} == {"patients": 3, "mailboxes": 1}
    treated = {c.column: c.treatment for c in plan.classifications if c.table == "patients"}
    assert treated["iban"].startswith("encrypted by the application with AES-256-GCM")
    assert treated["insurance_number_index"].startswith("HMAC-SHA-256")


def test_a_token_that_is_only_compared_stays_a_digest() -> None:
    _, schema, _ = made()
    assert schema.table("mailboxes").column("reset_token").type == "string"


def test_no_law_no_sealed_numbers() -> None:
    _, schema, plan = made(laws="Staff sign in with a password")
    assert sealed(schema) == {"mailboxes.refresh_token"}
    assert plan.encryption is not None
    assert "OWASP" in plan.encryption.columns[0].because


@pytest.mark.parametrize(
    "usage",
    [
        "- A clerk lists patients of a family name in order of passport number",
        "- A clerk searches patients by passport number and family name",
    ],
)
def test_what_is_sorted_or_searched_cannot_be_sealed(usage: str) -> None:
    found, schema, _ = made(usage=usage)
    patient = next(e for e in found.entities if e.name == "patient")
    used = any(
        "passport_number" in (*p.search, *(s.attribute for s in p.sort)) for p in found.access_patterns
    )  # what the brief says was understood
    assert used and next(a for a in patient.attributes if a.name == "passport_number").type == "string"
    assert "patients.passport_number" not in sealed(schema)


@pytest.mark.parametrize(("name", "why"), [("habits", "1 person uses"), ("shop", "no secret has to be")])
def test_who_needs_none_says_so_in_a_line(name: str, why: str) -> None:
    found = analysed((EXAMPLES / name / "INITIAL.md").read_text("utf-8"))
    schema = schema_design(found, START)
    plan = security_plan(found, schema, START)
    assert plan.encryption is None and not sealed(schema)
    told = [o.reason for o in plan.omissions if o.subject == "Column encryption"]
    assert len(told) == 1 and (why in told[0] or schema.dialect == "sqlite"), told


COLUMNS = {"patients": ("id", {"iban": "", "insurance_number": "insurance_number_index"})}


@pytest.mark.parametrize("spoken", ["python", "java", "typescript", "csharp"])
def test_the_code_knows_the_columns_of_the_project(spoken: Language) -> None:
    text = code_sample(spoken, COLUMNS).text
    assert all(word in text for word in ('"insurance_number_index"', "patients", "iban"))
    assert text.count("{") == text.count("}") and max(map(len, text.splitlines())) < 200


def test_python_runs_and_knows_its_columns() -> None:
    names: dict[str, Any] = {}
    exec(compile(code_sample("python", COLUMNS).text, "envelopes", "exec"), names)  # noqa: S102
    assert names["SEALED"] == COLUMNS
    with pytest.raises(ValueError, match="32 bytes"):
        names["Envelopes"]({"k1": b"short"}, "k1", bytes(32))


MAIN = """import java.util.Map;
public class Main {
    public static void main(String[] given) throws Exception {
        var code = new Envelopes(Map.of("k1", new byte[32]), "k1", new byte[32]);
        System.out.println(code.seal("patients", "iban", 5L, "DE02 1203"));
        System.out.println(code.index("patients", "iban", " DE02 1203 "));
        System.out.println(code.open("patients", "iban", "5", given[0]));
        System.out.println(Envelopes.SEALED.get("patients").columns().get("insurance_number"));
    }
}
"""


def test_java_opens_what_python_sealed(tmp_path: Path) -> None:
    if not (shutil.which("javac") and shutil.which("java")):
        pytest.skip("javac is not installed")
    from agents.security.envelopes.envelopes import Envelopes

    code = Envelopes({"k1": bytes(32)}, "k1", bytes(32))
    (tmp_path / "Envelopes.java").write_text(code_sample("java", COLUMNS).text, "utf-8")
    (tmp_path / "Main.java").write_text(MAIN, "utf-8")
    subprocess.run(
        ["javac", "-Xlint:all", "-Werror", "-d", tmp_path, *tmp_path.glob("*.java")], check=True, timeout=120
    )
    given = code.seal("patients", "iban", 5, "DE02 1203")
    run = subprocess.run(
        ["java", "-cp", tmp_path, "Main", given], check=True, timeout=120, capture_output=True, text=True
    )
    envelope, digest, text, index = run.stdout.split("\n")[:4]
    assert (text, index) == ("DE02 1203", "insurance_number_index")
    assert code.open("patients", "iban", 5, envelope) == "DE02 1203"
    assert digest == code.index("patients", "iban", "DE02 1203")


@pytest.mark.parametrize("spoken", ["typescript", "csharp"])
def test_the_other_languages_parse(spoken: Language) -> None:
    tree_sitter = pytest.importorskip("tree_sitter", reason="tree-sitter is not installed")
    module = "tree_sitter_typescript" if spoken == "typescript" else "tree_sitter_c_sharp"
    grammar = pytest.importorskip(module, reason=f"{module} is not installed")
    parser = tree_sitter.Parser(
        tree_sitter.Language(grammar.language_typescript() if spoken == "typescript" else grammar.language())
    )
    text = code_sample(spoken, COLUMNS).text
    assert not parser.parse(text.encode()).root_node.has_error
    assert parser.parse(text.replace(") {", " {", 1).replace(")\n    {", "\n    {", 1).encode()).root_node.has_error


def test_rules_name_laws_that_are_known() -> None:
    assert {"hipaa", "gdpr"} <= {law for rule in seal_rules() for law in rule.regulations}
    with pytest.raises(KnowledgeError, match="sensitivities"):
        parsed_seal_rules("rules:\n  - {what: x, sensitivities: [strange], ends: [x], source: y}\n", "sealed.yaml")
