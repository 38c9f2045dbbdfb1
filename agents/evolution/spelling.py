"""The SQL that makes a thing of a schema, unmakes it, or turns one set of its facts into another.

Names and definitions are the server's own spelling (quote_ident, pg_get_constraintdef, …), so nothing is quoted here;
text such as comments goes through `literal`.
"""

import re
from collections.abc import Iterable, Sequence

from agents.dialects.postgresql import literal
from contracts.evolution import SchemaObject, SchemaState

_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|::|[A-Za-z_][\w$]*|.", re.DOTALL)


def mentions(text: str, names: Iterable[str]) -> bool:
    """Whether SQL names one of these things; strings do not count."""
    wanted = set(names)
    return any(token in wanted for token in _TOKEN.findall(text))


def renamed_in(text: str, names: dict[str, str]) -> str:
    """SQL with identifiers replaced; strings and the names of types after `::` stay as they are.

    >>> renamed_in("CHECK (note <> 'note' AND x::note)", {"note": "note_next"})
    "CHECK (note_next <> 'note' AND x::note)"
    """
    tokens = _TOKEN.findall(text)
    previous = ["", *tokens[:-1]]
    return "".join(names.get(t, t) if before != "::" else t for before, t in zip(previous, tokens, strict=True))


def column_clause(column: SchemaObject) -> str:
    """A column as CREATE TABLE and ADD COLUMN spell it."""
    words = [column.name, column.text("type")]
    if column.text("collation"):
        words.append(f"COLLATE {column.text('collation')}")
    if column.text("identity"):
        words.append(f"GENERATED {column.text('identity')} AS IDENTITY")
    if column.text("generated"):
        kind = "VIRTUAL" if column.facts.get("virtual") else "STORED"
        words.append(f"GENERATED ALWAYS AS ({column.text('generated')}) {kind}")
    if column.text("default"):
        words.append(f"DEFAULT {column.text('default')}")
    if column.facts.get("not_null"):
        words.append("NOT NULL")
    return " ".join(words)


def table_sql(state: SchemaState, table: SchemaObject, inline: Sequence[SchemaObject]) -> str:
    """CREATE TABLE with these constraints inside, or the partition that it is."""
    options = f" WITH ({', '.join(table.texts('options'))})" if table.texts("options") else ""
    unlogged = "UNLOGGED " if table.facts.get("unlogged") else ""
    split = f" PARTITION BY {table.text('partition_key')}" if table.text("partition_key") else ""
    if table.text("parent"):
        return f"CREATE TABLE {table.name} PARTITION OF {table.text('parent')} {table.text('bounds')}{split}{options}"
    lines = [column_clause(column) for column in state.of("column", table.name)]
    lines += [f"CONSTRAINT {c.name} {c.text('definition')}" for c in inline]
    body = ",\n    ".join(lines)
    return f"CREATE {unlogged}TABLE {table.name} (\n    {body}\n){split}{options}"


def policy_sql(policy: SchemaObject) -> str:
    """CREATE POLICY."""
    kind = "" if policy.facts.get("permissive", True) else " AS RESTRICTIVE"
    parts = [
        f"CREATE POLICY {policy.name} ON {policy.table}{kind} FOR {policy.text('command')} "
        f"TO {', '.join(policy.texts('roles'))}"
    ]
    if policy.text("using"):
        parts.append(f"USING ({policy.text('using')})")
    if policy.text("check"):
        parts.append(f"WITH CHECK ({policy.text('check')})")
    return "\n    ".join(parts)


def view_sql(view: SchemaObject) -> str:
    """CREATE VIEW or CREATE MATERIALIZED VIEW."""
    kind = "MATERIALIZED VIEW" if view.facts.get("materialized") else "VIEW"
    options = f" WITH ({', '.join(view.texts('options'))})" if view.texts("options") else ""
    return f"CREATE {kind} {view.name}{options} AS\n{view.text('definition').strip().rstrip(';')}"


def made(thing: SchemaObject) -> tuple[str, ...]:
    """What makes a thing that stands for itself: no table and no column, which `table_sql` and ALTER TABLE make."""
    match thing.kind:
        case "extension":
            return (f"CREATE EXTENSION IF NOT EXISTS {thing.name}",)
        case "schema":
            return (f"CREATE SCHEMA {thing.name}",)
        case "role":
            return (_role(thing), *(f"GRANT {group} TO {thing.name}" for group in thing.texts("member_of")))
        case "type":
            return (f"CREATE TYPE {thing.name} AS ENUM ({', '.join(map(literal, thing.texts('labels')))})",)
        case "domain":
            return (f"CREATE DOMAIN {thing.name} AS {thing.text('definition')}",)
        case "sequence":
            return (f"CREATE SEQUENCE {thing.name} {thing.text('definition')}",)
        case "function":
            return (thing.text("definition").strip(),)
        case "constraint":
            return (f"ALTER TABLE {thing.table} ADD CONSTRAINT {thing.name} {thing.text('definition')}",)
        case "index":
            return (thing.text("definition").replace(" ON public.", " ON ", 1),)
        case "trigger":
            switched = {"D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}.get(thing.text("enabled"))
            state = (f"ALTER TABLE {thing.table} {switched} TRIGGER {thing.name}",) if switched else ()
            return (thing.text("definition"), *state)
        case "policy":
            return (policy_sql(thing),)
        case "view":
            return (view_sql(thing),)
    raise ValueError(f"a {thing.kind} is not made by one statement")


def unmade(thing: SchemaObject) -> tuple[str, ...]:
    """What takes the thing away again."""
    match thing.kind:
        case "constraint":
            return (f"ALTER TABLE {thing.table} DROP CONSTRAINT {thing.name}",)
        case "trigger" | "policy":
            return (f"DROP {thing.kind.upper()} {thing.name} ON {thing.table}",)
        case "view" if thing.facts.get("materialized"):
            return (f"DROP MATERIALIZED VIEW {thing.name}",)
        case "function" if thing.text("kind") == "p":
            return (f"DROP PROCEDURE {thing.name}",)
        case "role":
            return (dropped_role(thing.name),)
    return (f"DROP {thing.kind.upper()} {thing.name}",)


def _role(role: SchemaObject) -> str:
    """Roles belong to the server, and another database may have made this one."""
    words = f"{'LOGIN' if role.facts.get('login') else 'NOLOGIN'}{' BYPASSRLS' if role.facts.get('bypass') else ''}"
    return (
        "DO $role$\nBEGIN\n"
        f"    IF NOT EXISTS (SELECT FROM pg_roles WHERE quote_ident(rolname) = {literal(role.name)}) THEN\n"
        f"        CREATE ROLE {role.name} {words};\n    END IF;\nEND\n$role$"
    )


def dropped_role(name: str) -> str:
    """A role goes when nothing on the server depends on it any more."""
    return (
        f"DO $role$\nBEGIN\n    DROP ROLE IF EXISTS {name};\nEXCEPTION\n    WHEN dependent_objects_still_exist THEN\n"
        f"        RAISE NOTICE 'the role {name.replace(chr(39), '')} stays: something depends on it';\nEND\n$role$"
    )


def described(thing: SchemaObject) -> str:
    """A thing as COMMENT ON, GRANT and ALTER … OWNER name it."""
    match thing.kind:
        case "column":
            return f"COLUMN {thing.table}.{thing.name}"
        case "view" if thing.facts.get("materialized"):
            return f"MATERIALIZED VIEW {thing.name}"
        case "function" if thing.text("kind") == "p":
            return f"PROCEDURE {thing.name}"
    return f"{thing.kind.upper()} {thing.name}"


def rights(thing: SchemaObject, entries: Iterable[str], take: bool) -> tuple[str, ...]:
    """GRANT or REVOKE for entries such as `SELECT TO app`, one statement a role."""
    by_role: dict[str, list[str]] = {}
    for entry in entries:
        right, _, role = entry.partition(" TO ")
        by_role.setdefault(role, []).append(right.removesuffix(" GRANTABLE"))
    target = {"view": "TABLE", "column": "TABLE"}.get(thing.kind, described(thing).split()[0])
    name = thing.table if thing.kind == "column" else thing.name
    part = f" ({thing.name})" if thing.kind == "column" else ""
    word, to = ("REVOKE", "FROM") if take else ("GRANT", "TO")
    return tuple(
        f"{word} {', '.join(right + part for right in given)} ON {target} {name} {to} {role}"
        for role, given in by_role.items()
    )


def fact_changes(old: SchemaObject, new: SchemaObject) -> tuple[str, ...]:
    """What turns owner, comment, rights, options and row security of one into those of the other."""
    found: list[str] = []
    if old.text("owner") != new.text("owner"):
        found.append(f"ALTER {described(new)} OWNER TO {new.text('owner') or 'CURRENT_USER'}")
    if old.text("comment") != new.text("comment"):
        found.append(
            f"COMMENT ON {described(new)} IS {literal(new.text('comment')) if new.text('comment') else 'NULL'}"
        )
    if new.kind == "table":
        found += _table_facts(old, new)
    had, has = old.texts("grants"), new.texts("grants")
    found += rights(new, (g for g in had if g not in has), take=True)
    found += rights(new, (g for g in has if g not in had), take=False)
    return tuple(found)


def _table_facts(old: SchemaObject, new: SchemaObject) -> list[str]:
    found = []
    had, has = old.texts("options"), new.texts("options")
    if gone := [o.partition("=")[0] for o in had if o.partition("=")[0] not in {h.partition("=")[0] for h in has}]:
        found.append(f"ALTER TABLE {new.name} RESET ({', '.join(gone)})")
    if came := [o for o in has if o not in had]:
        found.append(f"ALTER TABLE {new.name} SET ({', '.join(came)})")
    for fact, on, off in (("row_security", "ENABLE", "DISABLE"), ("forced", "FORCE", "NO FORCE")):
        if bool(old.facts.get(fact)) != bool(new.facts.get(fact)):
            found.append(f"ALTER TABLE {new.name} {on if new.facts.get(fact) else off} ROW LEVEL SECURITY")
    return found


def bare(thing: SchemaObject) -> SchemaObject:
    """The thing as it is when it was just made: nobody's comment, rights and row security.

    A function may be executed by everybody until that is revoked.
    """
    fresh = {"owner": "", "comment": None, "row_security": False, "forced": False}
    rights_of = {"function": ["EXECUTE TO PUBLIC"]}.get(thing.kind, [])
    given = {name: value for name, value in fresh.items() if name in thing.facts}
    return thing.changed(facts={**thing.facts, **given, **({"grants": rights_of} if "grants" in thing.facts else {})})
