"""SQL DDL: what each clause gives, in several dialects, and what is reported instead of guessed."""

from decimal import Decimal

import pytest

from tests.agents.forms.reading import analysed, columns, entity, links, names, rules, types, unread


def brief(sql: str) -> str:
    return f"# Old schema\n\n```sql\n{sql}\n```\n"


TYPES = {
    "a VARCHAR(40)": "string?", "a TEXT NOT NULL": "text", "a CHAR(3)": "string?", "a DECIMAL(8,3)": "decimal?",
    "a NUMERIC(8)": "integer?", "a BIGINT NOT NULL": "integer", "a BOOLEAN": "boolean?", "a TINYINT(1)": "boolean?",
    "a DATE": "date?", "a TIME": "time?", "a TIMESTAMP": "timestamp?", "a TIMESTAMPTZ": "timestamp?",
    "a DATETIME2": "timestamp?", "a UUID": "uuid?", "a JSONB": "json?", "a INET": "ip_address?", "a BYTEA": "file?",
    "a NVARCHAR(MAX)": "text?", "a NUMBER(10,2)": "decimal?", "a VARCHAR2(30 CHAR)": "string?", "a TEXT[]": "json?",
    "a ENUM('x','y') NOT NULL": "string", "a DOUBLE PRECISION": "decimal?", "a MONEY": "money?", "a BIT": "boolean?",
}  # fmt: skip


@pytest.mark.parametrize("column", TYPES)
def test_types(column: str) -> None:
    found = analysed(brief(f"CREATE TABLE gizmos (id INT PRIMARY KEY, {column});"))
    assert types(found, "gizmo") == {"a": TYPES[column]}
    assert unread(found) == {}


def test_checks_become_bounds_and_rules() -> None:
    found = analysed(
        brief(
            "CREATE TABLE gizmos (id INT PRIMARY KEY,\n"
            "  weight INT CHECK (weight > 0 AND weight < 100),\n"
            "  rank INT CHECK (rank IN (1, 2, 3)),\n"
            "  share NUMERIC(5,2) CHECK (share BETWEEN 0 AND 100),\n"
            "  kind TEXT CHECK (kind = ANY (ARRAY['a'::text, 'b'::text])),\n"
            "  code TEXT CHECK (length(code) <= 8),\n"
            "  begins DATE, ends DATE, CHECK (ends IS NULL OR ends > begins),\n"
            "  CHECK (weight <> 13)\n);"
        )
    )
    made = columns(found, "gizmo")
    assert (made["weight"].minimum, made["weight"].exclusive_minimum, made["weight"].maximum) == (0, True, 99)
    assert (made["rank"].minimum, made["rank"].maximum) == (1, 3)
    assert (made["share"].minimum, made["share"].maximum) == (0, Decimal(100))
    assert made["kind"].allowed == ("a", "b")
    assert made["code"].length == 8
    later = rules(found, "comparison")[0]
    assert (later.attributes, later.operator, later.origin.line) == (("ends", "begins"), ">", 10)
    assert {r.attributes for r in rules(found, "range")} == {("weight",), ("rank",), ("share",)}
    assert [r.text for r in rules(found, "prose")] == ["gizmos: weight <> 13"]


def test_keys_of_every_kind() -> None:
    found = analysed(
        brief(
            "CREATE TABLE countries (code CHAR(2) PRIMARY KEY, name VARCHAR(80) NOT NULL);\n"
            "CREATE TABLE users (id INT PRIMARY KEY, nick VARCHAR(20), country CHAR(2) REFERENCES countries (code),\n"
            "  UNIQUE (nick, country));\n"
            "CREATE TABLE profiles (user_id INT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE, bio TEXT);\n"
            "CREATE TABLE employees (id INT PRIMARY KEY, name TEXT, manager_id INT REFERENCES employees (id));\n"
        )
    )
    assert (entity(found, "country").key, columns(found, "country")["code"].unique) == (("code",), True)
    assert rules(found, "unique")[0].attributes == ("nick", "country")
    assert links(found) == {
        ("country", "user", "one_to_many", None, True),
        ("user", "profile", "one_to_one", None, False),
        ("employee", "employee", "one_to_many", "manager", True),
    }
    owned = {(r.parent, r.child): r.owned for r in found.relationships}
    assert owned["user", "profile"] and not owned["country", "user"]


def test_a_composite_foreign_key_is_one_relationship() -> None:
    found = analysed(
        brief(
            "CREATE TABLE deliveries (route INT, stop INT, note TEXT, PRIMARY KEY (route, stop));\n"
            "CREATE TABLE parcels (id INT PRIMARY KEY, route INT NOT NULL, stop INT NOT NULL, weight INT,\n"
            "  FOREIGN KEY (route, stop) REFERENCES deliveries (route, stop) ON DELETE CASCADE);"
        )
    )
    assert entity(found, "delivery").key == ("route", "stop")
    assert set(types(found, "parcel")) == {"weight"}
    assert links(found) == {("delivery", "parcel", "one_to_many", None, False)}
    assert found.relationships[0].owned


JUNCTIONS = {
    "product_tags": (["product", "tag"], None),
    "labelings": (["product", "tag"], "labelings"),
}


@pytest.mark.parametrize("table", JUNCTIONS)
def test_a_pure_junction_is_a_many_to_many_relationship(table: str) -> None:
    found = analysed(
        brief(
            "CREATE TABLE products (id INT PRIMARY KEY, name TEXT NOT NULL);\n"
            "CREATE TABLE tags (id INT PRIMARY KEY, label TEXT NOT NULL);\n"
            f"CREATE TABLE {table} (product_id INT NOT NULL REFERENCES products, tag_id INT NOT NULL REFERENCES tags,\n"
            "  PRIMARY KEY (product_id, tag_id));"
        )
    )
    assert (names(found), found.relationships[0].role) == JUNCTIONS[table]
    assert found.relationships[0].cardinality == "many_to_many"


KEPT = {
    "a column of its own": "product_id INT NOT NULL REFERENCES products, tag_id INT NOT NULL REFERENCES tags,"
    " since DATE, PRIMARY KEY (product_id, tag_id)",
    "no key": "product_id INT NOT NULL REFERENCES products, tag_id INT NOT NULL REFERENCES tags",
    "roles": "main_id INT NOT NULL REFERENCES products, tag_id INT NOT NULL REFERENCES tags, PRIMARY KEY "
    "(main_id, tag_id)",
    "one table twice": "product_id INT NOT NULL REFERENCES products, other_id INT NOT NULL REFERENCES products,"
    " PRIMARY KEY (product_id, other_id)",
}


@pytest.mark.parametrize("case", KEPT)
def test_a_junction_with_more_to_say_stays_an_entity(case: str) -> None:
    found = analysed(brief(f"CREATE TABLE choices ({KEPT[case]});"))
    assert "choice" in names(found)
    assert all(r.cardinality != "many_to_many" for r in found.relationships)


def test_a_statement_that_nobody_reads_is_reported_and_the_others_count() -> None:
    found = analysed(
        brief(
            "CREATE TABLE gizmos (id INT PRIMARY KEY, name TEXT);\n"
            "CREATE TABLE broken (id INT PRIMRY KEY, what);\n"
            "CREATE TABLE widgets (id INT PRIMARY KEY, name TEXT);\n"
            "INSERT INTO widgets VALUES (1, 'x; y');\n"
        )
    )
    assert names(found) == ["gizmo", "widget"]
    assert list(unread(found)) == [5]
    assert "dialect" in unread(found)[5]


def test_options_that_no_dialect_knows_do_not_lose_the_table() -> None:
    found = analysed(brief("CREATE TABLE gizmos (id INT PRIMARY KEY, name TEXT) TABLESPACE fast STORAGE (INITIAL 5);"))
    assert types(found, "gizmo") == {"name": "text?"}


def test_a_reference_to_a_table_that_is_not_shown_names_an_entity() -> None:
    found = analysed(brief("CREATE TABLE gizmos (id INT PRIMARY KEY, owner_id INT NOT NULL REFERENCES users (id));"))
    assert names(found) == ["gizmo", "user"]
    assert links(found) == {("user", "gizmo", "one_to_many", "owner", False)}


def test_reserved_words_and_foreign_letters_are_names() -> None:
    found = analysed(brief('CREATE TABLE "order" ("select" INT NOT NULL, "größe" INT, "from" DATE);'))
    assert types(found, "order") == {"select": "integer", "groesse": "integer?", "from": "date?"}


def test_two_tables_of_one_name_that_differ_are_a_question() -> None:
    found = analysed(
        brief(
            "CREATE TABLE gizmos (id INT PRIMARY KEY, size INT);\nCREATE TABLE gizmos (id INT PRIMARY KEY, size TEXT);"
        )
    )
    assert [q.lines for q in found.open_questions if "twice" in q.question] == [(4, 5)]


def test_defaults_and_comments() -> None:
    found = analysed(
        brief(
            "-- what we sell\nCREATE TABLE gizmos (\n  id INT PRIMARY KEY,\n  a INT DEFAULT 5 NOT NULL, -- pieces\n"
            "  b BOOLEAN DEFAULT FALSE,\n  c TEXT DEFAULT 'it''s',\n  d TIMESTAMP DEFAULT now(),\n"
            "  e INT DEFAULT (-1)\n);"
        )
    )
    assert {n: a.default for n, a in columns(found, "gizmo").items()} == {
        "a": "5", "b": "false", "c": "it's", "d": "now", "e": "-1",
    }  # fmt: skip
    assert columns(found, "gizmo")["c"].origin.line == 9


def test_unfenced_statements_stand_between_prose() -> None:
    found = analysed(
        "# Old\n\nWe have this:\nCREATE TABLE gizmos (\n  id INT PRIMARY KEY,\n\n  name TEXT NOT NULL\n);\n"
        "We list the gizmos by name.\n"
    )
    assert columns(found, "gizmo")["name"].origin.line == 7
    assert any(p.origin.line == 9 for p in found.access_patterns)


def test_prose_that_begins_like_a_statement_stays_prose() -> None:
    found = analysed(
        "# Shop\n\n### Order\n- number, unique\n- total: money\n\nCreate table orders for each guest, then print.\n"
    )
    assert names(found) == ["order"]


DUMPS = {
    "sql server": (
        "CREATE TABLE [dbo].[Gizmo]([GizmoId] [int] NOT NULL, [Weight] [int] NOT NULL, [Rush] [bit] NOT NULL)\nGO\n"
        "ALTER TABLE [dbo].[Gizmo] ADD  CONSTRAINT [DF_Rush]  DEFAULT ((1)) FOR [Rush]\nGO\n"
        "ALTER TABLE [dbo].[Gizmo]  WITH NOCHECK ADD CHECK  (([Weight]>=(5)))\nGO\n"
        "ALTER TABLE [dbo].[Gizmo] CHECK CONSTRAINT [CK_x]\nGO\n"
        "ALTER TABLE [dbo].[Gizmo] ADD CONSTRAINT [PK_G] PRIMARY KEY CLUSTERED ([GizmoId])\nGO\n"
    ),
    "postgres": (
        "CREATE TABLE public.gizmo (gizmo_id integer NOT NULL, weight integer, rush boolean);\n"
        "ALTER TABLE public.gizmo OWNER TO postgres;\nALTER SEQUENCE public.s OWNED BY public.gizmo.gizmo_id;\n"
        "ALTER TABLE ONLY public.gizmo ALTER COLUMN gizmo_id SET DEFAULT nextval('public.s'::regclass);\n"
        "ALTER TABLE public.gizmo ALTER COLUMN weight SET NOT NULL;\n"
        "ALTER TABLE public.gizmo ALTER COLUMN rush SET NOT NULL;\n"
        "ALTER TABLE public.gizmo ALTER COLUMN rush SET DEFAULT true;\n"
        "ALTER TABLE ONLY public.gizmo ADD CHECK (weight >= 5);\nALTER TABLE gizmo ENABLE ROW LEVEL SECURITY;\n"
    ),
    "mysql": (
        "CREATE TABLE `gizmo` (\n  `gizmo_id` int(11) NOT NULL,\n  `weight` int NOT NULL,\n"
        "  `rush` tinyint(1) NOT NULL DEFAULT '1'\n) ENGINE=InnoDB;\n"
        "ALTER TABLE `gizmo`\n  ADD PRIMARY KEY (`gizmo_id`),\n  ADD KEY `k` (`weight`);\n"
        "ALTER TABLE `gizmo`\n  MODIFY `gizmo_id` int(11) NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=5;\n"
        "ALTER TABLE `gizmo` ADD CHECK (`weight` >= 5);\n"
    ),
}


@pytest.mark.parametrize("engine", DUMPS)
def test_what_a_dump_adds_below_its_tables(engine: str) -> None:
    found = analysed(f"# T\n\n```sql\n{DUMPS[engine]}```\n")
    assert types(found, "gizmo") == {"weight": "integer", "rush": "boolean"}
    assert columns(found, "gizmo")["weight"].minimum == 5
    assert columns(found, "gizmo")["rush"].default in ("true", "1")
    assert unread(found) == {}


REMARKS = {
    "fenced": "```sql\n-- all\nCREATE TABLE gizmo (\n  -- the code\n  code text NOT NULL, -- one\n  size int\n);\n"
    "-- the end\n```\n",
    "above": "/* one\n   gizmo */\nCREATE TABLE gizmo (\n  -- the code\n  code text NOT NULL,\n  size int\n);\n",
    "between": "```sql\nCREATE TYPE t AS ENUM ('a');\n/* one\n gizmo\n*/\nCREATE TABLE gizmo (\n  code text NOT NULL,\n"
    "/* how\nbig */\n  size int);\n```\n",
}


@pytest.mark.parametrize("case", REMARKS)
def test_remarks_hide_no_column(case: str) -> None:
    found = analysed(f"# T\n\n{REMARKS[case]}")
    assert types(found, "gizmo") == {"code": "text", "size": "integer?"}
    assert unread(found) == {}
