"""What a brief shortens or doubles, as one noun each: `Vor- und Nachname`, `Schülerinnen und Schüler`, `Kund:innen`."""

import re

from agents.knowledge.german import head_of, is_pair, noun

_MARKED = re.compile(r"\b(?P<stem>[A-ZÄÖÜ][a-zäöüß]{2,})(?:[:*_]|/-?|(?=I))(?P<end>[iI]n(?:nen)?)\b")
_TWICE = re.compile(r"\b(?P<one>[A-ZÄÖÜ][a-zäöüß]{3,}) (?:und|oder|bzw\.?|sowie|/) (?P<two>[A-ZÄÖÜ][a-zäöüß]{3,})\b")
_SHARED = re.compile(r"\b(?P<one>[A-ZÄÖÜ][\w]+)- (?P<link>und|oder|bzw\.?|sowie|/) (?P<two>[A-ZÄÖÜ]?[\w]{5,})\b")
_ENDS = ("", "e", "en", "er", "n")


def one_gender(text: str) -> str:
    """The text with each calling named once, by the noun that the readers know.

    >>> one_gender("Alle Schülerinnen und Schüler, Kund:innen und Leser/-innen")
    'Alle Schüler, Kunden und Leser'
    """
    if "nnen" in text or ":in" in text or "/in" in text or "*in" in text:
        text = _MARKED.sub(_unmarked, text)
    return _TWICE.sub(_once, text) if "in" in text else text


def unshared(text: str) -> str:
    """The text with every compound whole that shares its end with the next.

    >>> unshared("Vor- und Nachname, Einzel- oder Gruppenunterricht")
    'Vorname und Nachname, Einzelunterricht oder Gruppenunterricht'
    """
    return _SHARED.sub(_whole, text) if "- " in text else text


def _whole(found: re.Match[str]) -> str:
    """Both words whole; as they were where the end of the second is no known noun."""
    end = head_of(found["two"])
    return f"{found['one']}{end} {found['link']} {found['two']}" if end else found[0]


def _unmarked(found: re.Match[str]) -> str:
    """`Kunden` for `Kund:innen`, `Leser` for `Leser/in`."""
    stem = found["stem"]
    known = next((n for e in _ENDS if (n := noun(stem + e)) and n.whole), None)
    if known is None:
        return stem
    return (known.plural or known.singular) if found["end"].endswith("nen") else known.singular


def _once(found: re.Match[str]) -> str:
    """`Schüler` for `Schülerinnen und Schüler`; two callings stay two."""
    women = [w for w in (found["one"], found["two"]) if re.search(r"in(?:nen)?$", w)]
    if len(women) != 1:
        return found[0]
    woman, man = women[0], found["two"] if women[0] == found["one"] else found["one"]
    one, other = noun(woman), noun(man)
    if one is not None and other is not None and one.singular != other.singular:
        return man if is_pair(one.singular, other.singular) or one.english == other.english else found[0]
    same = re.sub(r"in(?:nen)?$", "", woman).lower()
    return man if same[:-1] and man.lower().startswith(same[:-1]) else found[0]
