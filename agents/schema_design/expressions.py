"""Expressions over the row number: the value of one in a row, and the whole number that one comes to."""

import ast
import operator
import re

from agents.parsing import parsed

_ARITHMETIC = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv,
}  # fmt: skip


def computed(expression: str) -> int | None:
    """What SQL makes of whole numbers, none of them negative; None for anything else.

    >>> computed("1 + (22 - 1) / 20"), computed("7::bigint"), computed("NULL::bigint")
    (2, 7, None)
    """

    def value(node: ast.expr) -> int:
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            return node.value
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            return int(_ARITHMETIC[type(node.op)](value(node.left), value(node.right)))
        raise ValueError

    try:
        plain = re.sub(r"::\w+", "", expression).replace(" DIV ", "//").replace("/", "//").replace("////", "//")
        return value(parsed(plain, "eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError):
        return None


def at(expression: str, row: int | str) -> str:
    """The expression with the row number in the place of g."""
    out, word = [], ""
    for character in f"{expression} ":
        if character.isalnum() or character in "_'":
            word += character
            continue
        out.append(str(row) if word == "g" else word)
        out.append(character)
        word = ""
    return "".join(out).strip()
