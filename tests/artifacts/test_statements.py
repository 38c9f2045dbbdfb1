"""A script is split where psql splits it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifacts.statements import UnclosedError, split_statements, terminated

STATEMENTS = (
    "select ';'",
    "select 'it''s;'",
    "select E'it\\'s;'",
    'select 1 as "a;b""c"',
    "select $$;$$, $a$ ; $b$ ; $a$",
    "prepare q (bigint) as select $1",
    "/* a; /* b; */ c; */ select 1",
    "-- a; 'b\nselect 1",
    "create function f() returns int language plpgsql as $$\nbegin\n  return 1; -- $x$\nend $$",
    "create or replace function f() returns int begin atomic select case when true then 1 else 2 end; select 2; end",
    "create rule r as on insert to t do also (insert into a values (1); insert into b values (2))",
    "select a[1:2] from t where a$b$c = 1",
    "create trigger t after update on a when new.b is not old.b begin\n"
    "update c set d = case when new.b > 1 then 2 else 3 end; select 1; end",
    "create trigger t after insert on a for each row execute function f()",
    "begin",
    "end",
)


@pytest.mark.parametrize("sql", STATEMENTS)
def test_a_statement_stays_whole(sql: str) -> None:
    assert [s.text for s in split_statements(f"{sql};\n{sql} ;")] == [sql, sql]


@given(st.lists(st.sampled_from(STATEMENTS)))
def test_a_script_gives_its_statements_back(statements: list[str]) -> None:
    script = "".join(f"{statement};\n\n" for statement in statements)
    found = split_statements(script)
    assert [s.text for s in found] == statements
    assert all(script.splitlines()[s.line - 1].startswith(s.text.splitlines()[0]) for s in found)


@pytest.mark.parametrize("empty", ["", ";", " ;\n; ", "-- only a comment\n", "/* x */;"])
def test_what_says_nothing_is_no_statement(empty: str) -> None:
    assert split_statements(empty) == ()


@pytest.mark.parametrize(
    "broken", ["select 'a", 'select "a', "select $a$ b $$", "select 1 /* x /* y */", "select E'a\\'"]
)
def test_what_is_never_closed_is_an_error(broken: str) -> None:
    with pytest.raises(UnclosedError, match=r"^Line 2: .* never closed"):
        split_statements(f"select 1;\n{broken}")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select 1", "select 1;"),
        ("select 1 ; \n", "select 1;"),
        ("select 1 -- why", "select 1 -- why\n;"),
        ("select ';' ;;", "select ';';"),
    ],
)
def test_a_statement_ends_in_exactly_one_semicolon(sql: str, expected: str) -> None:
    assert terminated(sql) == expected
