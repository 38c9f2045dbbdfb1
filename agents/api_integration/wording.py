"""Names and sentences of operations: what tools call them by, and what people read first."""

from agents.api_integration.permissions import sees_all_rows
from agents.api_integration.placement import Naming
from agents.api_integration.services import Draft
from agents.api_integration.shapes import label, pascal
from agents.inflection import article
from agents.naming import singular
from contracts.api import ApiRole
from contracts.published import PublishedDesign


def operation_id(path: str, first: Draft, names: Naming) -> str:
    """The operationId: a verb and what the path names, so that it stays while the path stays."""
    one, many = pascal(singular(first.facts.table)), pascal(names.collections[first.facts.table])
    parts = path.strip("/").split("/")
    match first.place.kind:
        case "session":
            return "createSession"
        case "item":
            return f"get{one}" + (f"By{pascal(parts[-2].removeprefix('by-'))}" if parts[-2].startswith("by-") else "")
        case "report":
            return f"report{many}" + "".join(pascal(part) for part in parts[2:])
        case "create" | "update" | "delete":
            return f"{first.place.kind}{one}"
    if len(parts) > 1:
        return f"list{pascal(singular(parts[0].replace('-', '_')))}{pascal(parts[-1])}"
    return f"list{many}"


def summary(first: Draft, path: str) -> str:
    things = label(first.facts.table)
    thing = label(singular(first.facts.table))
    key = " and ".join(label(name) for name in first.place.in_path.values())
    parts = path.strip("/").split("/")
    match first.place.kind:
        case "session":
            return "Signs in and returns a token"
        case "item":
            return f"Finds one {thing} by {key}"
        case "report":
            period = next((r.name for r in first.facts.query.results if r.name in ("day", "week", "month", "year")), "")
            return f"Reports on {things}{f' by {period}' if period else ''}"
        case "create" | "update" | "delete":
            return f"{first.place.kind.capitalize()}s {article(thing)}"
    if parts[-1] == "children":
        return f"Lists the {things} directly below {article(thing)}"
    if len(parts) > 1:
        return f"Lists the {parts[-1].replace('-', ' ')} of {article(label(singular(parts[0].replace('-', '_'))))}"
    return f"Lists {things}"


def description(group: list[Draft], design: PublishedDesign, roles: tuple[ApiRole, ...]) -> str:
    """What a caller must know beyond the summary."""
    first = group[0]
    table = design.data_table(first.facts.table)
    if first.place.kind == "create":
        keys = [k for k in table.uniques if set(k.columns) <= {c.column for c in first.facts.comparisons}]
        if keys:
            named = " and ".join(keys[0].columns)
            return f"Sent again with the same {named}, it is refused with 409, so that a retry creates nothing twice."
        return "It has no key that the client chooses: a retry after a lost answer may create it twice."
    if not table.row_security or first.place.method != "get":
        return ""
    may = [role for role in roles if any(role.name in one.service.roles for one in group)]
    own = [label(role.name) for role in may if not sees_all_rows(table, role.database_role)]
    every = [label(role.name) for role in may if sees_all_rows(table, role.database_role)]
    parts = [f"{' and '.join(own)}: own rows, others do not exist" if own else ""]
    parts.append(f"{' and '.join(every)}: all rows" if every else "")
    return "; ".join(filter(None, parts)).capitalize() + "."


def constant_text(name: str, values: tuple[str, ...]) -> str:
    if name.endswith("_is_empty"):
        return f"Only those without {article(label(name.removesuffix('_is_empty').removesuffix('_id')))}."
    if name.endswith("_not_in"):
        return f"Leaves out those whose {label(name.removesuffix('_not_in'))} is {' or '.join(values[0].split(','))}."
    if name.endswith("_in"):
        return f"Only those whose {label(name.removesuffix('_in'))} is {' or '.join(values[0].split(','))}."
    return f"Only those whose {label(name)} is {' or '.join(values)}."


def result_text(first: Draft) -> str:
    thing = label(singular(first.facts.table))
    texts = {
        "report": f"A line of the report on {label(first.facts.table)}.",
        "create": f"By what a new {thing} is known from now on.",
        "update": f"What the change of {article(thing)} returns.",
        "collection": f"{article(thing).capitalize()} as lists show it.",
    }
    return texts.get(first.place.kind, f"{article(thing).capitalize()}.")
