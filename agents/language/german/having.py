"""What a thing has, in the many ways in which German says it, as `each X has …`.

Specifications put the thing behind a preposition and the verb at the end (`zu jedem Gerät sind A und B zu erfassen`,
`bei der Aufnahme eines Tieres werden A und B notiert`, `ein Beleg, auf dem A und B vermerkt sind`), so that the readers
of English would take the first item of the list for the subject. The frames are few, the verbs of keeping are one list.
"""

import re
from collections.abc import Callable

from agents.language.german.glossary import marked
from agents.screening import screened

_NOUN = r"(?-i:[A-ZÄÖÜ])[\w-]*\w"
_WHICH = r"(?:jede[mnrs]?|eine[mnrs]?|einen?|de[mnrs]|die|das|alle[nr]?|unsere[mnrs]?|meine[mnrs]?|diese[mnrs]?|den)"
_THING = rf"(?:{_WHICH} )?(?P<thing>(?:(?-i:[a-zäöüß]+e[nmrs]) )?{_NOUN})"
_DONE = (
    r"(?:gespeichert|erfasst|notiert|festgehalten|dokumentiert|hinterlegt|geführt|verwaltet|vermerkt|eingetragen"
    r"|aufgenommen|angegeben|gepflegt|verzeichnet|abgefragt|benötigt|erhoben|registriert|aufgezeichnet|aufgeführt"
    r"|protokolliert|abgelegt|gebraucht|aufgeschrieben)"
)
_TO_DO = (
    r"(?:zu (?:erfassen|speichern|hinterlegen|dokumentieren|notieren|führen|pflegen|vermerken|verwalten|nennen|erheben)"
    r"|anzugeben|festzuhalten|aufzunehmen|einzutragen|abzulegen|aufzuführen|aufzuzeichnen|anzulegen)"
)
_KEEP = (
    r"(?:speichern|erfassen|notieren|festhalten|dokumentieren|hinterlegen|wissen|kennen|haben|führen|eintragen|pflegen"
    r"|aufschreiben|angeben|vermerken|verwalten|merken)"
)
_KEEPS = rf"(?:{_KEEP}|halten|merken|brauchen|benötigen|schreiben|tragen)"
_RULING = r"(?:werden|wird|sind|ist|müssen|muss|sollen|soll|sollten|sollte)"
_FILL = r"(?:(?:auch|außerdem|zudem|ferner|jeweils|immer|noch|zusätzlich|weiterhin|dabei|mindestens|folgendes):? )*"
_LIST = r"(?P<list>(?!(?:fest|auf|ein)\b)[^.;:]+?)"
_END = r"(?=\s*[.;]|\s*$)"
_BORN = (
    r"(?:Aufnahme|Neuaufnahme|Anlage|Neuanlage|Anmeldung|Registrierung|Erfassung|Einstellung|Eingang|Eintragung"
    r"|Anschaffung|Eröffnung|Erstellung|Anlegen|Erfassen|Annahme|Zugang|Beschreibung|Verwaltung)"
)
"""What brings a thing into being, so that what is written down then is the thing's own."""


def _has(found: re.Match[str]) -> str:
    """`each X has A, B`; one that stands alone has its article."""
    return f"{marked('each')} {found['thing']} {marked(_of(found['list']))} {found['list']}"


def _of(listed: str) -> str:
    """`has`, with an article where a list begins with a bare noun that is one."""
    bare = re.match(r"(?!\w+(?:s|en)\b)[A-ZÄÖÜ][\w-]+,", listed)
    return "has a" if bare else "has"


def _deed(found: re.Match[str]) -> str:
    """What is written down when something is done to a thing is the deed's, unless the thing is new by it."""
    if re.fullmatch(_BORN, found["deed"], re.I):
        return _has(found)
    tie = f"{marked('each')} {found['deed']} {marked('belongs to a')} {found['thing']} {marked('and has')}"
    return f"{tie} {found['list']}"


def _that(found: re.Match[str]) -> str:
    """A relative clause of keeping as a clause of its own, because verbs may stand between it and its noun."""
    return f"{found['thing']}{found['between']}; {_has(found)}"


def _it(found: re.Match[str]) -> str:
    return f"{found['link'] or ''}{marked('it has')} {found['list']}"


_KNOWN = (
    r"(?:wenn|falls|sofern|soweit) (?:vorhanden|bekannt|gewünscht|nötig|erforderlich|angegeben"
    r"|es (?:eine[ns]?|welche) (?:gibt|gab)"
    r"|(?:er|sie|es|man|wir) (?:eine[ns]? |sie |ihn |es )?(?:hat|haben|angibt|kennen|kennt))"
)
_WHICH_ONE = r"(?:wurden?|wird|werden|ist|sind|hat|haben|war|waren)"
_QUESTIONS: tuple[tuple[str, str], ...] = (
    (rf"\b(?:und,? )?{_KNOWN},? (?P<what>(?:die|der|das|den|eine?n?) {_NOUN})", r"und \g<what> (optional)"),
    (rf",? (?:aber |jedoch )?(?:nur,? )?{_KNOWN}(?=[,.;]|$)", " (optional)"),
    (rf"\bob (?:es )?(?:eine?n?|die|der|das) (?P<what>{_NOUN}) (?:darauf |darin |daran |dabei |dort )?"
     r"(?:steht|vorhanden ist|gibt|hat|liegt|da ist|besteht|vorliegt)(?=[,.;]|$)", r"\g<what> (ja/nein)"),
    (rf"\bob es (?P<one>{_NOUN}) oder (?P<two>{_NOUN}) ist(?=[,.;]|$)", r"Art (\g<one>, \g<two>)"),
    (rf"\bwelche[rsnm]? (?P<what>{_NOUN}) (?:(?:dafür|dabei|es|sie|ihn) )?[a-zäöüß]+ {_WHICH_ONE}(?=[,.;]|$| und)",
     r"\g<what>"),
    (r"\bvon wann bis wann(?: (?:er|sie|es|das) \w+)?", "Beginn und Ende"),
    (r"\bseit wann (?:er|sie|es) (?:läuft|gilt|besteht|dauert|da ist|dabei ist)", "Beginn"),
    (r"\bbis wann (?:er|sie|es) (?:läuft|gilt|besteht|dauert)", "Ende"),
    (r"\bvon wo,? (?:und )?(?:nach wo|wohin)\b", "Startort und Zielort"),
)  # fmt: skip
"""What a list says by a clause: whether there is one, which one it was, since when it runs."""
_FRAMES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    # außerdem ist festzuhalten, ob A; der A wird vermerkt
    (
        rf"(?P<link>^|, (?:und )?){_FILL}(?:ist|sind|wird|werden) {_FILL}(?:{_DONE}|{_TO_DO}),? {_LIST}{_END}",
        _it,
    ),
    (
        rf"(?P<link>^)(?P<list>(?:der|die|das) {_NOUN}) (?:wird|werden) {_FILL}(?:vermerkt|notiert|festgehalten"
        rf"|angegeben|hinterlegt)(?=,? (?:ebenso|sowie|und)\b|[.;]|$)",
        _it,
    ),
    # zu jedem Gerät sind A und B zu erfassen; für das Gerät müssen A und B hinterlegt werden
    (
        rf"^(?:zu|zum|zur|für|von|vom|bei|beim|über|an|am|pro|je) {_THING} {_RULING} {_FILL}{_LIST}"
        rf" (?:{_DONE}(?: werden| sein)?|{_TO_DO}){_END}",
        _has,
    ),
    # bei der Aufnahme eines Tieres werden A und B festgehalten
    (
        rf"^(?:bei|mit|nach|beim|für) (?:(?:der|dem|jeder|jedem|einer|einem) )?(?P<deed>{_NOUN})"
        rf" (?:eine[rs]|de[rs]|jede[rs]|von|neuer|einzelner) {_THING} {_RULING} {_FILL}{_LIST}"
        rf" (?:{_DONE}(?: werden| sein)?|{_TO_DO}){_END}",
        _deed,
    ),
    # zu einer Probe gehören A, B und C
    (rf"^(?:zu|zum|zur) {_THING} gehör(?:t|en) {_FILL}(?P<list>[^.;:,]+,[^.;:]+?){_END}", _has),
    # von Firmen brauchen wir A und B; pro Belegung merken wir uns A; zu den Kunden wollen wir A wissen
    (
        rf"(?:^|(?<=, ))(?:zu|zum|zur|für|von|vom|bei|beim|über|pro|je) {_THING}"
        rf" (?:{_KEEPS}|wollen|möchten|müssen|sollten|hätten)"
        rf" (?:wir|ich|sie)(?: uns| gern| gerne)*,? {_FILL}{_LIST}(?: {_KEEP}| fest| auf| ein)?{_END}",
        _has,
    ),
    # A, B und C eines Geräts werden gespeichert
    (
        rf"^(?P<list>{_NOUN}(?:, (?:\w+ )?{_NOUN})*,? (?:und|sowie) (?:\w+ )?{_NOUN})"
        rf" (?:eine[rs]|de[rs]|jede[rs]) {_THING} {_RULING} {_FILL}(?:{_DONE}(?: werden| sein)?|{_TO_DO}){_END}",
        _has,
    ),
    # hinterlegt sind A und B; zu erfassen sind für jedes Gerät A und B
    (
        rf"^(?:{_DONE}|{_TO_DO}) (?:werden|wird|sind|ist) {_FILL}(?:zu|zum|zur|für|von|bei) {_THING}:?"
        rf" {_FILL}{_LIST}{_END}",
        _has,
    ),
    (rf"(?P<link>^|, (?:und )?){_DONE} (?:werden|wird|sind|ist) {_FILL}{_LIST}{_END}", _it),
    # ein Beleg, auf dem A und B vermerkt sind
    (
        rf"(?P<thing>{_NOUN})(?P<between>(?: [a-zäöüß]+){{0,2}}), (?:in|auf|für|zu|bei|an|von|mit|durch)"
        rf" (?:der|dem|denen|welche[mnr]) {_FILL}{_LIST}"
        rf" {_DONE} (?:werden|wird|sind|ist|wurden?){_END}",
        _that,
    ),
    # Titel werden durch A und B beschrieben
    (
        rf"^{_THING} (?:wird|werden|ist|sind) {_FILL}(?:durch|anhand|mit|über|nach) {_LIST}"
        rf" (?:beschrieben|gekennzeichnet|identifiziert|charakterisiert|bestimmt|definiert|versehen|{_DONE}){_END}",
        _has,
    ),
)  # fmt: skip
_SCREENED = tuple((screened(pattern, re.I), said) for pattern, said in _FRAMES)
_CLAUSES = tuple((screened(pattern, re.I), said) for pattern, said in _QUESTIONS)
_CLAUSE = re.compile(r"(?<=[.;:])\s+")
_VERB = re.compile(r"\b(?:werden|wird|sind|ist|gehör(?:t|en)|wir|ich|sie|müssen|muss|sollen?|sollten?)\b", re.I)


def having(text: str) -> str:
    """The text with its frames of keeping said as `each X has`; clauses between semicolons are read one by one.

    >>> having("Zu jedem Gerät sind Name und Baujahr zu erfassen.").translate({0xE000: None, 0xE001: None})
    'each Gerät has Name und Baujahr.'
    """
    for pattern, noun in _CLAUSES:
        text = pattern.sub(noun, text)
    if not _VERB.search(text):
        return text
    parts = _CLAUSE.split(text)
    return " ".join(_said(part) for part in parts) if len(parts) > 1 else _said(text)


def _said(clause: str) -> str:
    """One clause by the first frame that fits it."""
    for pattern, said in _SCREENED:
        if found := pattern.search(clause):
            return f"{clause[: found.start()]}{said(found)}{clause[found.end() :]}"
    return clause
