"""Who somebody in a role is: told in so many words (`testers are staff`), or by the posts that people can have."""

from agents.naming import identifier, singular
from agents.requirement_analysis.entities import Declarations
from agents.requirement_analysis.people import is_human, is_role
from agents.requirement_analysis.prose.declaring import known_as
from agents.requirement_analysis.prose.reading import Found

_POSTS = ("position", "post", "role", "job", "duty")


def told_roles(read: Found, found: Declarations) -> dict[str, str]:
    """Each role that sentences or the values of a post explain, with the described people who have it."""
    roles: dict[str, str] = {}
    for role, what in read.called:
        target = known_as(what, found)
        if target is not None:
            roles.setdefault(singular(identifier(role.label)), target)
    for name, declaration in found.by_name.items():
        for attribute, _ in declaration.attributes if is_human(name) else ():
            if attribute.name.rpartition("_")[2] in _POSTS:
                values = (singular(identifier(value)) for value in attribute.allowed)
                roles |= {value: name for value in values if is_role(value) and value not in roles and value != name}
    return roles


def withdraw_roles(read: Found, found: Declarations) -> None:
    """Takes back what is only named and is a role of described people: they have the references."""
    for role, target in told_roles(read, found).items():
        if role in found.by_name and role != target and not found.by_name[role].attributes:
            found.withdraw(role)
