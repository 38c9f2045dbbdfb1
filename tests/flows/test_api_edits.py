"""What somebody changes by hand in persistence.md changes the API: the database is asked what the tables are."""

import re
from pathlib import Path

import pytest

from agents.api_integration import api_integration
from contracts.api import ApiIntegration
from flows.publishing import published_design
from tests.flows.api_examples import document

WARDS = """#### wards by name

```sql
CREATE TABLE wards (
    id bigint GENERATED ALWAYS AS IDENTITY,
    name varchar(30) NOT NULL,
    CONSTRAINT pk_wards PRIMARY KEY (id),
    CONSTRAINT uq_wards_name UNIQUE (name)
);

-- wards by name ($1 after_name)
PREPARE list_wards (varchar) AS
SELECT id, name FROM wards WHERE name > $1 ORDER BY name LIMIT 20;
```

#### the appointments of a patient, latest first
"""


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> ApiIntegration:
    """The clinic's document with a column renamed, an index dropped and a table added."""
    text = document("clinic").read_text("utf-8")
    text = text.replace("insurance_number", "policy_number")
    text = re.sub(r"CREATE INDEX ix_invoices_status_due_on_id .*?;\n", "", text)
    text = text.replace("#### the appointments of a patient, latest first\n", WARDS, 1)
    text = text.replace("GRANT SELECT ON invoices TO", "GRANT SELECT ON invoices, wards TO", 1)
    place: Path = tmp_path_factory.mktemp("clinic") / "persistence.md"
    place.write_text(text, "utf-8")
    return api_integration(published_design(str(place), "embedded"))


@pytest.fixture(scope="module")
def published() -> ApiIntegration:
    return api_integration(published_design(str(document("clinic")), "embedded"))


def test_a_renamed_column_is_renamed_in_every_answer(edited: ApiIntegration, published: ApiIntegration) -> None:
    def names(api: ApiIntegration) -> set[str]:
        return {f.name for o in api.operations for f in (o.result.fields if o.result else ())}

    assert "insurance_number" in names(published) and "policy_number" not in names(published)
    assert "policy_number" in names(edited) and "insurance_number" not in names(edited)


def test_a_dropped_index_is_no_evidence_any_more(edited: ApiIntegration, published: ApiIntegration) -> None:
    name = "ix_invoices_status_due_on_id"
    assert name in {s.index for s in published.operation("listInvoices").services}
    assert name not in {s.index for s in edited.operation("listInvoices").services}
    assert all(not s.evidence for s in edited.operation("listInvoices").services)
    assert any(f.check == "index-missing" and name in f.fact for f in edited.findings)
    assert not any(f.check == "index-missing" for f in published.findings)


def test_an_added_table_with_a_query_is_a_resource(edited: ApiIntegration, published: ApiIntegration) -> None:
    wards = edited.operation("listWards")
    assert (wards.path, wards.roles) == ("/wards", ("billing",))
    assert wards.result is not None and wards.result.field("name").value.max_length == 30
    assert {o.id for o in edited.operations} - {o.id for o in published.operations} == {"listWards"}
    assert edited.edited is True
