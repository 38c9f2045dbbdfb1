"""German word order put right: verbs behind their modal, subjects in front, genitives with `of`.

`Der Auftrag darf nach dem Versand nicht mehr geändert werden` becomes `The order may not be changed after the
shipping`, because the readers look for the verb behind the subject and for conditions behind the verb.
"""

from agents.language.german.glossary import glossary
from agents.language.german.tokens import GENITIVES, Token

_STOPS = frozenset(";:.!?|→()")
_PARTICLES = frozenset("an auf aus ab ein zu vor nach hinzu zurück mit weg fest frei durch um".split())
_BE = frozenset({"sein", "werden", "haben"})


def in_order(words: list[Token]) -> list[Token]:
    """The tokens of a text in English order; spaces are dropped, `spaced` puts them back."""
    found: list[Token] = []
    clause: list[Token] = []
    for token in words:
        if token.part == "mark" and token.text in _STOPS:
            found += [*_clause(clause), token]
            clause = []
        elif token.part != "space":
            clause.append(token)
    return found + _clause(clause)


def _clause(words: list[Token]) -> list[Token]:
    """One clause: particles join their verbs, subjects go first, verbs go behind their modal."""
    if len(words) < 2:
        return words
    core, tail = _subject_first(_genitives(_settled(_joined(words))))
    return [*_participles_first(_brackets(core)), *(_participles_first(_brackets(tail)) if tail else ())]


def _boundaries(words: list[Token], start: int) -> list[int]:
    """Where the part of a clause that begins at `start` may end."""
    ends = [n for n in range(start, len(words)) if words[n].text == "," or words[n].part == "conjunction"]
    return [*ends, len(words)]


def _joined(words: list[Token]) -> list[Token]:
    """`gibt … auf` is `aufgibt`: a particle at the end joins the finite verb before it."""
    place = 0
    while place < len(words):
        low = words[place].low
        ends = _boundaries(words, place + 1)
        for end in ends[:3]:
            last = words[end - 1] if end - 1 > place else None
            if last is None or last.low not in _PARTICLES:
                continue
            verbs = glossary().verbs
            whole = verbs.get(f"{last.low}{low} ") or verbs.get(f"{last.low}{low}")
            if whole is not None:
                words = [
                    *words[:place], Token(words[place].text, "finite", whole.english),
                    *words[place + 1 : end - 1], *words[end:],
                ]  # fmt: skip
                break
        place += 1
    return words


def _settled(words: list[Token]) -> list[Token]:
    """`archiviert` is a participle where an auxiliary rules it or a preposition begins its part, else a finite verb."""
    found: list[Token] = []
    for number, word in enumerate(words):
        done = glossary().verbs.get(f"{word.low} ") if word.part == "finite" else None
        unknown = word.part == "finite" and word.english == word.text
        if unknown and number + 1 < len(words) and words[number + 1].low in _ENDS:
            word = Token(word.text, "participle", word.english)
        elif done is not None:
            begin = max((n for n in _boundaries(words, 0) if n < number), default=-1) + 1
            ruled = any(w.part in ("auxiliary", "modal") for w in words[:number]) or words[begin].part == "preposition"
            ends = number + 1 in _boundaries(words, number + 1) or (
                words[number + 1].low in _ENDS or words[number + 1].part in ("participle", "finite")
            )
            if ruled and ends:
                word = Token(word.text, "participle", done.english)
        found.append(word)
    return found


_ENDS = frozenset("werden wird wurde wurden sein ist sind hat haben worden".split())


def _genitives(words: list[Token]) -> list[Token]:
    """`Preis eines Produkts` is `price of a product`; `nach` and `über` mean what their neighbours make of them."""
    searching = any(w.english.split(" ")[0] in _BY_VERBS for w in words)
    found: list[Token] = []
    for number, word in enumerate(words):
        before = words[number - 1] if number else None
        after = words[number + 1] if number + 1 < len(words) else None
        if before is not None and (before.part == "noun" or before.text == "%") and word.low in GENITIVES:
            word = Token(word.text, "article", f"of {word.english}")
        elif word.low == "nach" and not searching and after is not None and after.part in ("article", "participle"):
            word = Token(word.text, word.part, "after")
        elif word.low == "sein" and after is not None and after.part in ("noun", "adjective"):
            word = Token(word.text, "article", "its")
        elif word.low == "über" and searching:
            word = Token(word.text, word.part, "by")
        found.append(word)
    return found


_BY_VERBS = frozenset(
    "searches search finds find lists list sorted sort filters filter reports report groups group opens open looks "
    "reads read sees see views view shows show browses browse counts count".split()
)


def _subject_first(words: list[Token]) -> tuple[list[Token], list[Token]]:
    """`Pro Bestellung darf ein Produkt …` becomes `ein Produkt darf …` and its tail, `pro Bestellung`."""
    verb = next((n for n, w in enumerate(words) if w.part in ("finite", "modal", "auxiliary")), 0)
    front = words[:verb]
    english = front[0].english if front else ""
    fronted = bool(front) and (
        front[0].part in ("preposition", "adverb") or english.startswith(("only once per", "per "))
    )
    if not fronted or any(w.text == "," for w in front):
        return words, []
    end = verb + 1
    while end < len(words) and words[end].part in ("article", "adjective", "number"):
        end += 1
    if end >= len(words) or words[end].part not in ("noun", "name"):
        return words, []
    end += 1
    while end + 1 < len(words) and words[end].english.startswith("of ") and words[end + 1].part == "noun":
        end += 2
    stop = next((n for n in _boundaries(words, end) if n == len(words) or words[n].text == ","), len(words))
    return [*words[verb + 1 : end], words[verb], *words[end:stop]], [*front, *words[stop:]]


def _brackets(words: list[Token]) -> list[Token]:
    """The verbs that a modal or auxiliary governs, from the clause's end to right behind it."""
    place = 0
    while place < len(words):
        if words[place].part in ("modal", "auxiliary"):
            for end in _boundaries(words, place + 1):
                begin = _cluster(words, place, end)
                if words[place].part == "auxiliary" and end == place + 2 and _governed(words[place + 1]):
                    break  # `ist gesperrt, dann ausgesondert`: its own verb stands behind it already
                if begin is not None:
                    moved = _ordered(words[begin:end], words[place].part == "modal")
                    words = [*words[: place + 1], *moved, *words[place + 1 : begin], *words[end:]]
                    break
        place += 1
    return words


def _governed(word: Token) -> bool:
    """Whether a word can stand with the verbs at the end of a clause."""
    if word.part == "english":
        return word.english.endswith(("booked", "deleted", "append-only", "immutable"))
    return word.part in ("infinitive", "participle", "auxiliary", "adjective")


def _cluster(words: list[Token], governor: int, end: int) -> int | None:
    """Where the verbs at the end of a clause begin, with the negation before them; None where there are none."""
    begin = end
    while begin - 1 > governor and _governed(words[begin - 1]):
        begin -= 1
        if words[begin].part == "infinitive" and begin < end - 1:
            begin += 1
            break
    last = words[end - 1] if begin < end else None
    modal = words[governor].part == "modal"
    if last is None or (modal and last.low not in _BE and last.part != "infinitive"):
        return None
    if not modal and last.part not in ("participle", "adjective", "english", "infinitive"):
        return None
    if begin == governor + 1 and not modal:
        return None
    while begin - 1 > governor and words[begin - 1].part == "negation":
        begin -= 1
    return begin


def _ordered(cluster: list[Token], modal: bool) -> list[Token]:
    """`nicht geändert werden` as `not be changed`."""
    negations = [w for w in cluster if w.part == "negation"]
    verbs = [w for w in cluster if w.part != "negation"]
    if verbs[-1].low in _BE:
        word = "have" if verbs[-1].low == "haben" else "be"
        if modal or len(verbs) == 1:
            return [*negations, Token(verbs[-1].text, "infinitive", word), *verbs[:-1]]
        verbs = verbs[:-1]
    return [*negations, *verbs]


def _participles_first(words: list[Token]) -> list[Token]:
    """`nach Beginn sortiert` as `sorted by start`, where no verb governs the participle."""
    found: list[Token] = []
    part: list[Token] = []
    for word in [*words, Token(",", "mark", ",")]:
        if word.text != "," and word.part != "conjunction":
            part.append(word)
            continue
        ruled = any(w.part in ("finite", "modal", "auxiliary") for w in part)
        if len(part) > 1 and not ruled and part[0].part == "preposition" and part[-1].part == "participle":
            part = [part[-1], *part[:-1]]
        found += [*part, word]
        part = []
    return found[:-1]


def spaced(words: list[Token]) -> str:
    """The English of the tokens as a text."""
    text = ""
    for word in words:
        if not word.english:
            continue
        tight = word.part == "mark" and word.text in ",;:.!?)]}%"
        opened = text.endswith(("(", "[", "{", "<", "#", "`", "/")) or not text
        text += word.english if tight or opened else f" {word.english}"
    return text
