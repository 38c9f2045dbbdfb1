"""MySQL's designs: MariaDB's with its own words, settings and spelling, and nothing of MariaDB left in them."""

import datetime as dt
import re
from pathlib import Path

import pytest

from agents import designing
from agents.dialects.mariadb.product import Product, spoken
from agents.dialects.mysql.product import MYSQL
from agents.dialects.mysql.sql import SPELLING
from agents.requirement_analysis import requirement_analysis
from contracts.base import Omission, Origin
from contracts.brief import Brief, Machine
from contracts.plan import Design
from flows.direct import DirectRun
from flows.progress import Lines
from flows.spine import whole_design

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def shop() -> Design:
    text = (ROOT / "examples" / "shop" / "INITIAL.md").read_text()
    brief = Brief(project="shop", text=text, date=dt.date(2026, 11, 1), database="mysql")
    return whole_design(brief, requirement_analysis(brief), DirectRun(Lines(0)))


def test_nothing_of_mariadb_is_said(shop: Design) -> None:
    said = shop.model_dump()
    said["schema_design"]["decisions"] = said["schema_design"]["decisions"][1:]  # the first weighs the families
    del said["brief"], said["requirements"]
    assert not re.findall(r".{20}(?:mariadb|nopad|seq_1_to|slave).{0,20}", str(said), re.IGNORECASE)


def test_what_mysql_lacks_is_not_asked_for(shop: Design) -> None:
    names = {setting.name for setting in shop.scaling.settings}
    assert not names & MYSQL.lacks
    assert {"gtid_mode", "innodb_redo_log_capacity", "max_execution_time"} <= names
    script = "\n".join(statement.sql for statement in shop.script())
    assert "RETURNING" not in script
    assert "INET6" not in script
    assert "IS_IPV4(ip_address) OR IS_IPV6(ip_address)" in script
    assert "IF EXISTS fk_" not in script


def test_limits_of_statements_are_milliseconds(shop: Design) -> None:
    limit = next(s for s in shop.scaling.settings if s.name == "max_execution_time")
    assert limit.value == f"{limit.figure.value:.10g}"
    assert limit.figure.value >= 5000


def test_numbers_count_from_the_first_to_the_last() -> None:
    assert SPELLING.numbered(11, 20).startswith(
        "(SELECT 10 + n AS g FROM JSON_TABLE(CONCAT('[0', REPEAT(',0', 9), ']')"
    )


def test_what_a_brief_said_stays_as_it_was_said() -> None:
    origin = Origin(kind="stated", line=3, quote="We come from MariaDB", rule="as MariaDB does")
    made = Omission(subject="A proof on MariaDB", reason="why", origin=origin)
    assert spoken(made, MYSQL).subject == "A proof on MySQL"
    assert spoken(made, MYSQL).origin == origin.model_copy(update={"rule": "as MySQL does"})
    assert spoken(made, Product()) is made


def test_a_version_of_mysql_is_a_design_for_8_0_30() -> None:
    brief = Brief(project="p", text="# S\n\n## Entities\n- **Product**: name (required)\n\nThe database is MySQL 8.4.",
                  date=dt.date(2026, 11, 1))  # fmt: skip
    requirements = requirement_analysis(brief)
    design = designing.schema_design(requirements, brief.date)
    assert (design.dialect, design.floor, design.client) == ("mysql", "8.0.30", "mysql --database=new")
    assert designing.scaling_plan(requirements, design, Machine(memory_gb=8, cores=4)).settings
