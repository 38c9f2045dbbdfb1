"""A template cannot forget to escape, and cannot print what has no plain spelling."""

import pytest
from jinja2 import UndefinedError

from artifacts.environment import Verbatim, document_environment
from artifacts.escape import markdown
from tests.artifacts.conftest import HOSTILE


def rendered(template: str, **names: object) -> str:
    """A template as the documents' environment renders it."""
    return document_environment().from_string(template).render(names)


@pytest.mark.parametrize("text", HOSTILE)
def test_an_expression_is_escaped_without_being_asked(text: str) -> None:
    assert rendered("{{ x }}", x=text) == markdown(text)


@pytest.mark.parametrize("template", ["{{ 'a' ~ x }}", "{{ [x]|join(', ') }}", "{{ x|upper }}", "{{ x if x else '' }}"])
def test_no_detour_avoids_escaping(template: str) -> None:
    assert "<SCRIPT" not in rendered(template, x="<script>").upper()


def test_verbatim_text_that_is_changed_is_escaped_again() -> None:
    assert rendered("{{ x ~ '<b>' }}", x=Verbatim("<i>")) == "&lt;i>&lt;b>"


def test_filters_make_text_right_for_their_place() -> None:
    assert rendered("{{ 'a*b'|code }} {{ ['x', 'y']|codes }}") == "`a*b` `x`, `y`"
    assert rendered("{{ 'select 1;'|sql }}") == "```sql\nselect 1;\n```"
    assert rendered("{{ {'a': 1}|yaml }}") == "```yaml\na: 1\n```"
    assert rendered("{{ 'a\n|b'|cell }}") == "a<br>\\|b"


def test_the_text_of_a_template_itself_stays() -> None:
    assert rendered("**bold** | {{ 1234.5 }} |") == "**bold** | 1,234.5 |"


def test_a_missing_name_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="nobody"):
        rendered("{{ nobody }}")


@pytest.mark.parametrize("value", [None, True, ("a",), {"a": 1}, object()])
def test_what_has_no_plain_spelling_is_an_error(value: object) -> None:
    with pytest.raises(TypeError, match="a template printed"):
        rendered("{{ x }}", x=value)
