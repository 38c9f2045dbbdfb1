"""Statements whose bodies hold semicolons, as MariaDB's client has to be told of them."""

from artifacts.script import statement_text
from artifacts.statements import split_statements
from contracts.base import Statement

BODY = "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW\nBEGIN\n    SET NEW.b = 1;\n    SET NEW.c = 2;\nEND"


def test_a_body_with_semicolons_is_one_statement_again() -> None:
    text = statement_text(Statement(id="a.b", section="schema", sql=BODY, comment="why", element="a", delimiter="//"))
    found = split_statements(f"SELECT 1;\n\n{text}\n\nSELECT 2;\n")
    assert [(one.text, one.line) for one in found] == [("SELECT 1", 1), (BODY, 5), ("SELECT 2", 13)]


def test_without_the_mark_its_semicolons_end_statements() -> None:
    assert len(split_statements(f"{BODY.replace('CREATE TRIGGER t', 'x')};")) > 1
