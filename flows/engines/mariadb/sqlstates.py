"""MariaDB's error numbers as SQLSTATEs that say what was broken, and its messages with names that can be compared.

MariaDB gives most violations one SQLSTATE, 23000, or even HY000. Claims speak the SQL standard's subclasses, as
PostgreSQL does, so that one claim means the same on each engine; the message keeps MariaDB's own number and text.
"""

import re

from agents.dialects.mariadb.errors import STATES as STATES

_QUALIFIER = re.compile(r"""[`"']persistence_\w+[`"']\.""")
_QUALIFIED = re.compile(r"persistence_(?:experiment|reverts)(?:_\d+)*\.")
_KEY = re.compile(r"for key '([^']*)'")
_CHECK = re.compile(r"Check constraint '([^']*)'")
_TRIAL_USER = re.compile(r"user 'persistence_trial_(\w+)'@'[^']*'")


def sqlstate(number: int, sent: str) -> str:
    """The SQLSTATE of an error number, or the one that was sent with it.

    >>> sqlstate(1452, "23000"), sqlstate(1644, "23P01"), sqlstate(1064, "42000")
    ('23503', '23P01', '42000')
    """
    return STATES.get(number, sent)


def message(number: int, text: str) -> str:
    """The server's number and text, names of constraints and indexes in double quotes, without scratch names.

    >>> message(1062, "Duplicate entry 'a' for key 'uq_members_email'")
    'ERROR 1062: Duplicate entry \\'a\\' for key "uq_members_email"'
    >>> message(4025, "CONSTRAINT `ck_orders_total` failed for `persistence_experiment`.`orders`")
    'ERROR 4025: CONSTRAINT "ck_orders_total" failed for "orders"'
    """
    text = _QUALIFIED.sub("", _QUALIFIER.sub("", text))
    text = _CHECK.sub(r'Check constraint "\1"', text)
    text = _TRIAL_USER.sub(r'role "\1"', _KEY.sub(r'for key "\1"', text))
    return f"ERROR {number}: {text.replace('`', chr(34))}"
