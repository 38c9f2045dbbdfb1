"""The states that prose tells one after the other: `ist zunächst bestellt, wird danach geliefert oder storniert`.

They are values that are stored as they are written, so that they are found before any word of them is glossed.
"""

import itertools
import re
from collections.abc import Iterator

from agents.language.german.glossary import glossary, marked

_STATE = r"(?:in (?:[A-ZÄÖÜ]|be)[a-zäöüß]+|[a-zäöüß][a-zäöüß-]{2,})"
_END = r"(?=\s*(?:[,.;]|$|\b(?:und|oder)\b))"
_BE = r"(?:ist|sind|wird|werden)"
_THEN = r"(?:dann|danach|anschließend|daraufhin|später|schließlich|zuletzt|am Ende)"
_LATER = rf"(?:(?:er|sie|es|{_BE}|{_THEN}|wieder|entweder)\s+)*(?:(?:nach|bei|mit|durch|von)\s[^,;.]{{3,40}}?\s)?"
_CHAIN = re.compile(
    rf"\b{_BE}\s+(?P<begun>(?:zuerst|zunächst|erst|anfangs)\s+)?(?P<first>{_STATE}){_END}"
    rf"(?P<rest>(?:(?:,\s*(?:und\s+)?|\s+und\s+|,?\s+oder\s+){_LATER}{_STATE}{_END})+)"
)
_STEP = re.compile(rf"(?P<link>,\s*(?:und\s+)?|\s+und\s+|,?\s+oder\s+){_LATER}(?P<state>{_STATE}){_END}")
_LIST = re.compile(rf"\b(?:ist|sind)\s+(?P<states>{_STATE}(?:,\s+{_STATE}){{1,6}},?\s+oder\s+{_STATE})(?=[.;]|$)")
_BETWEEN = re.compile(r",?\s+oder\s+|,\s+")


def staged(text: str) -> str:
    """The text with its chains of states as arrows and its choices of states in English."""
    text = _CHAIN.sub(lambda found: marked(_arrows(found)) if _arrows(found) else found[0], text)
    return _LIST.sub(lambda found: _choice(found) or found[0], text)


def staged_values(text: str) -> Iterator[str]:
    """The states that the prose of a text names."""
    for found in _CHAIN.finditer(text):
        yield from (state for step in _steps(found) for state in step)
    for found in _LIST.finditer(text):
        yield from _states(found)


def _steps(found: re.Match[str]) -> list[list[str]]:
    """The states of each step; empty where a word of them is none, or where no `zunächst` or `dann` orders them."""
    steps = [[found["first"]]]
    for step in _STEP.finditer(found["rest"]):
        if "oder" in step["link"]:
            steps[-1].append(step["state"])
        else:
            steps.append([step["state"]])
    enough = len(steps) > 1 if found["begun"] else len(steps) > 2 and re.search(_THEN, found["rest"])
    return steps if enough and all(_is_state(s) for step in steps for s in step) else []


def _arrows(found: re.Match[str]) -> str:
    """`goes a → b, b → c, b → d`; the first state of a step goes on, its alternatives are ends."""
    steps = _steps(found)
    pairs = [f"{before[0]} → {state}" for before, step in itertools.pairwise(steps) for state in step]
    return f"goes {', '.join(pairs)}" if pairs else ""


def _states(found: re.Match[str]) -> list[str]:
    """The states of a choice; empty where a word of it is none."""
    states = _BETWEEN.split(found["states"])
    return states if all(_is_state(s) for s in states) else []


def _choice(found: re.Match[str]) -> str:
    """`has a status (a, b, c)`, each state as it is written."""
    states = _states(found)
    return marked(f"has a status ({', '.join(states)})") if states else ""


def _is_state(word: str) -> bool:
    """Whether a word can be a state: no word of grammar."""
    return word not in glossary().words
