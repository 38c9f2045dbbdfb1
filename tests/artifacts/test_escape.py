"""Every place in which text of a brief may stand, with text that tries to leave it."""

import html
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from artifacts import escape
from artifacts.statements import split_statements
from tests.artifacts.conftest import HOSTILE

RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
TRICKY = st.text(alphabet=st.sampled_from("ab1 \n|`*_[]()<>!&;#-+=~$\\/:.'\"{}\u202e\u200b\u0000é")) | st.text()


def rendered_text(source: str) -> str:
    """What a reader sees of one paragraph; refuses any markup."""
    found = re.fullmatch(r"<p>(.*)</p>\n", RENDERER.render(source), re.DOTALL)
    assert found, source
    assert "<" not in found[1], source
    return html.unescape(found[1])


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_hostile_text_as_itself(text: str) -> None:
    assert rendered_text(escape.markdown(text)) == escape.one_line(text)


@given(TRICKY)
def test_markdown_shows_any_text_as_itself(text: str) -> None:
    line = escape.one_line(text)
    if line:
        assert rendered_text(escape.markdown(text)) == line
        assert rendered_text(f"before {escape.markdown(text)} after") == f"before {line} after"


@given(TRICKY, TRICKY)
def test_a_table_row_keeps_its_cells(left: str, right: str) -> None:
    row = f"| x{escape.markdown(left)} | x{escape.code_span(right)} |"
    body = RENDERER.render(f"| a | b |\n|---|---|\n{row}\n").split("<tbody>")[1]
    cells = re.findall(r"<td>(.*?)</td>", body, re.DOTALL)
    assert len(cells) == 2
    assert html.unescape(cells[0]) == f"x{escape.one_line(left)}"
    assert html.unescape(re.sub(r"</?code>", "", cells[1])) == f"x{escape.one_line(right)}"


@given(TRICKY)
def test_a_code_span_holds_its_text(text: str) -> None:
    line = escape.one_line(text)
    shown = re.fullmatch(r"<p>a <code>(.*)</code></p>\n", RENDERER.render(f"a {escape.code_span(text)}"), re.DOTALL)
    assert (html.unescape(shown[1]) if shown else "") == line


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_of_several_lines_stays_one_line(text: str) -> None:
    assert "\n" not in escape.markdown_cell(text)
    assert "<script" not in escape.markdown_cell(text)


@given(TRICKY)
def test_nothing_inside_closes_a_fence(text: str) -> None:
    tokens = RENDERER.parse(f"{escape.fenced(text, 'sql')}\n\nafter\n")
    assert [t.type for t in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]


@given(TRICKY)
def test_an_sql_comment_hides_every_word(text: str) -> None:
    script = f"{escape.sql_comment(text)}\nselect 1;"
    assert [s.text.splitlines()[-1] for s in split_statements(script)] == ["select 1"]
    assert all(line.startswith("-- ") for line in escape.sql_comment(text).splitlines())


@given(TRICKY)
def test_a_yaml_comment_changes_nothing(text: str) -> None:
    assert yaml.safe_load(f"a: 1  # {escape.yaml_comment(text)}\nb: 2\n") == {"a": 1, "b": 2}


@given(TRICKY)
def test_an_html_comment_ends_where_it_should(text: str) -> None:
    inside = escape.html_comment(text)
    assert "--" not in inside
    assert not inside.startswith((">", "->"))
    assert not inside.endswith("-")


@given(TRICKY)
def test_a_mermaid_label_has_no_syntax(text: str) -> None:
    assert re.search(r"[\n\"`<>{}\[\]|;](?<!\d;)", escape.mermaid_label(text)) is None


@given(TRICKY)
def test_a_file_name_is_one_safe_word(text: str) -> None:
    name = escape.file_name(text)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name)
    assert ".." not in name
    assert not name.endswith(".")


@pytest.mark.parametrize(
    ("text", "name"),
    [("../../etc/passwd", "etc-passwd"), ("", "file"), ("con.txt", "file-con.txt"), ("a b.md", "a-b.md")],
)
def test_file_names(text: str, name: str) -> None:
    assert escape.file_name(text) == name


@given(st.text())
def test_visible_text_hides_nothing(text: str) -> None:
    assert not escape.has_hidden(escape.visible(text))


@pytest.mark.parametrize(
    "character", ["\u202e", "\u2066", "\u200b", "\ufeff", "\u0000", "\x1b", "\U000e0041", "\ufffe"]
)
def test_hidden_characters_are_named(character: str) -> None:
    assert escape.visible(f"a{character}b") == f"a⟨U+{ord(character):04X}⟩b"


@pytest.mark.parametrize(
    "text", ["order_items stays", "<200 ms", "18.6", "100 % at 10:30", "a - b", "user@example.org"]
)
def test_harmless_text_stays_readable(text: str) -> None:
    assert escape.markdown(text) == text


def test_shortened_text_is_cut_at_a_word() -> None:
    assert escape.shortened("one two three four", 12) == "one two…"
    assert len(escape.shortened("x" * 500)) == 160
