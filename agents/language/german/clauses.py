"""German word order put right: verbs behind their modal, subjects in front, genitives with `of`.

`Der Auftrag darf nach dem Versand nicht mehr geändert werden` becomes `The order may not be changed after the
shipping`, because the readers look for the verb behind the subject and for conditions behind the verb.
"""

from agents.knowledge.german import noun
from agents.language.german.glossary import glossary
from agents.language.german.subordinate import subject_end, subordinates_in_order
from agents.language.german.tokens import GENITIVES, Token, analysis

_STOPS = frozenset(";:.!?|→()")
_PARTICLES = frozenset(
    "an auf aus ab ein zu vor nach hinzu zurück mit weg fest frei durch um bei teil statt dazu dran drauf raus rein "
    "los her hin heraus herein weiter wieder zusammen bereit fehl".split()
)
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
    core, tail = _subject_first(subordinates_in_order(_genitives(_to_be_done(_settled(_joined(words))))))
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
            if whole is None and words[place].part in ("finite", "adverb") and low.isalpha():
                whole = verbs.get(f"{last.low}{analysis(low)[0]}")  # `lege … an`, by the verb's infinitive
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
        passive = bool(found) and found[-1].part == "english" and found[-1].english.endswith(" be")
        if passive and word.part == "infinitive" and (verb := glossary().verbs.get(word.low)) is not None:
            word = Token(word.text, "participle", verb.done)  # `lässt sich nicht ändern`
        both = word.part == "infinitive" and number and any(w.part == "auxiliary" for w in words[:number])
        both = both or (
            number + 1 < len(words) and words[number + 1].low in ("werden", "worden", "ist", "sind", "wird")
        )
        done = glossary().verbs.get(f"{word.low} ") if word.part == "finite" or both else None
        unknown = word.part == "finite" and word.english == word.text
        if unknown and number + 1 < len(words) and words[number + 1].low in _ENDS:
            word = Token(word.text, "participle", word.english)
        elif done is not None:
            begin = max((n for n in _boundaries(words, 0) if n < number), default=-1) + 1
            ruled = any(w.part in ("auxiliary", "modal") for w in words[:number]) or words[begin].part == "preposition"
            ruled = ruled or any(w.part in ("finite", "infinitive") for w in words[begin:number])
            ruled = ruled or (number + 1 < len(words) and words[number + 1].low in _ENDS)
            ends = number + 1 in _boundaries(words, number + 1) or (
                words[number + 1].low in _ENDS
                or words[number + 1].part in ("participle", "finite")
                or words[number + 1].english.startswith("(")
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
        elif _bare_genitive(before, word, after):
            word = Token(word.text, "adjective", f"of {word.english}")
        elif word.low == "nach" and not searching and after is not None and after.part in ("article", "participle"):
            word = Token(word.text, word.part, "after")
        elif word.low == "sein" and after is not None and after.part in ("noun", "adjective"):
            word = Token(word.text, "article", "its")
        elif word.low in ("von", "vom") and before is not None and _passive(words, number):
            word = Token(word.text, word.part, "by the" if word.low == "vom" else "by")
        elif word.low == "an" and after is not None and after.low in _AT:
            day = number + 2 < len(words) and words[number + 2].english.rpartition(" ")[2].lower() in _DAYS
            word = Token(word.text, word.part, "on" if day else "at")
        elif word.low == "über" and searching:
            word = Token(word.text, word.part, "by")
        elif word.low == "über" and after is not None and after.text[:1].isupper() and noun(after.text) is None:
            word = Token(word.text, word.part, "via")  # `Zahlung über PayPal`
        found.append(word)
    return found


def _bare_genitive(before: Token | None, word: Token, after: Token | None) -> bool:
    """Whether `abgelehnter` begins a genitive behind a noun: `Anträge abgelehnter Bewerber`."""
    bare = before is not None and before.part == "noun" and after is not None and after.part in ("noun", "name")
    return bare and word.part == "adjective" and word.text.endswith("er") and word.text.islower()


_AT = frozenset("einem einer dem der jedem jeder diesem dieser demselben derselben".split())
"""What follows an `an` that tells where, not whereto."""
_DAYS = frozenset("day date morning evening weekday end weekend".split())


def _passive(words: list[Token], place: int) -> bool:
    """Whether a `von` names who does it: right behind `wird` or its adverb, with the participle at the part's end."""
    begin = place - 1
    while begin >= 0 and words[begin].part in ("adverb", "negation"):
        begin -= 1
    end = min(_boundaries(words, place + 1))
    done = any(w.part == "participle" for w in words[place + 1 : end])
    front = begin < 0 or words[begin].text == ","
    ruled = not front and words[begin].part == "auxiliary" and words[begin].low not in ("hat", "haben", "habe")
    ruled = ruled or _by_somebody(words, place, end)
    return (
        done and ruled and place + 1 < len(words) and words[place + 1].part in ("article", "noun", "name", "adjective")
    )


def _by_somebody(words: list[Token], place: int, end: int) -> bool:
    """Whether `kann … von einem Kunden gebucht werden` ends so: nothing else comes between him and the verbs."""
    modal = any(w.part == "modal" for w in words[:place])
    behind = [w for w in words[place + 1 : end] if w.part != "article" and w.part != "adjective"]
    rest = [w.part for w in behind[1:]]
    return modal and rest[:1] == ["participle"] and behind[-1].low == "werden" and behind[0].part in ("noun", "name")


def _to_be_done(words: list[Token]) -> list[Token]:
    """`ist … zu prüfen` and `ist … einzuhalten` as `must be checked`: what is to be done."""
    verbs = glossary().verbs
    for number, word in enumerate(words):
        if word.low not in ("ist", "sind"):
            continue
        for end in _boundaries(words, number + 1):
            last = words[end - 1]
            plain = words[end - 2].low == "zu" and last.part == "infinitive" and end - 2 > number
            found = verbs.get(last.low if plain else last.low.replace("zu", "", 1))
            if end - 1 > number and found is not None and (plain or ("zu" in last.low[2:] and last.low not in verbs)):
                moved = [Token(last.text, "participle", found.done)]
                rest = words[number + 1 : end - (2 if plain else 1)]
                ruling = Token(word.text, "auxiliary", "must be")
                return [*words[:number], ruling, *rest, *moved, *words[end:]]
    return words


_BY_VERBS = frozenset(
    "searches search finds find lists list sorted sort filters filter reports report groups group opens open looks "
    "reads read sees see views view shows show browses browse counts count".split()
)


def _subject_first(words: list[Token]) -> tuple[list[Token], list[Token]]:
    """`Pro Bestellung darf ein Produkt …` becomes `ein Produkt darf …` and its tail, `pro Bestellung`."""
    verb = next((n for n, w in enumerate(words) if _is_finite(words, n)), 0)
    front = words[:verb]
    english = front[0].english if front else ""
    spoken = verb + 1 < len(words) and words[verb + 1].low in ("wir", "ich", "man")
    fronted = bool(front) and (
        front[0].part in ("preposition", "adverb") or english.startswith(("only once per", "per ")) or spoken
    )
    if not fronted or any(w.text == "," for w in front) or (english in _LINKS and front[0].part != "preposition"):
        return words, []
    end = subject_end(words, verb + 1)
    if end == verb + 1:
        words, end = _adverbs_back(words, verb)
    if end == verb + 1:
        return words, []
    if front[0].low == "als":  # `Als Kunde möchte ich`
        named = front[1:2] and front[1].part in ("noun", "name")
        role = [Token("als", "adverb", "as a"), front[1]] if named else front
        wish = words[verb]
        if spoken and wish.low == "will":
            wish = Token(wish.text, wish.part, "want to")
        return [*role, Token(",", "mark", ","), words[verb + 1], wish, *words[verb + 2 :]], []
    if spoken and front[0].part in ("article", "noun", "name", "number", "adjective"):  # `Kunden suchen wir nach Ort`
        return [words[verb + 1], words[verb], *front, *words[verb + 2 :]], []
    stop = next((n for n in _boundaries(words, end) if n == len(words) or words[n].text == ","), len(words))
    return [*words[verb + 1 : end], words[verb], *words[end:stop]], [*front, *words[stop:]]


def _adverbs_back(words: list[Token], verb: int) -> tuple[list[Token], int]:
    """`wird jährlich eine Rechnung gestellt` with its adverbs behind the subject, and where that ends."""
    begin = verb + 1
    while begin < len(words) and (words[begin].part == "adverb" or words[begin].english.startswith("per ")):
        begin += 1
    end = subject_end(words, begin)
    if begin == verb + 1 or end == begin:
        return words, verb + 1
    moved = [*words[: verb + 1], *words[begin:end], *words[verb + 1 : begin], *words[end:]]
    return moved, verb + 1 + end - begin


_LINKS = frozenset({"if", "when", "once", "while", "after", "before", "because", "that", "until", "so that"})


def _is_finite(words: list[Token], place: int) -> bool:
    """Whether a word is the finite verb of its clause; a plural looks like an infinitive."""
    word = words[place]
    if word.part != "infinitive" or not 0 < place < len(words) - 1:
        return word.part in ("finite", "modal", "auxiliary")
    end = min(_boundaries(words, place + 1))
    ruled = any(w.part in ("finite", "modal", "auxiliary") for w in words[:end])
    return words[place + 1].low in ("wir", "sie") or (not ruled and subject_end(words, place + 1) > place + 1)


def _brackets(words: list[Token]) -> list[Token]:
    """The verbs that a modal or auxiliary governs, from the clause's end to right behind it."""
    place = 0
    while place < len(words):
        if words[place].part in ("modal", "auxiliary"):
            for end in _boundaries(words, place + 1):
                if any(w.part in ("modal", "auxiliary") for w in words[place + 1 : end - 1]) and "," in [
                    w.text for w in words[place + 1 : end]
                ]:
                    break  # the next part has its own verb
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
    elif modal and verbs[-1].part == "infinitive" and all(v.part == "adjective" for v in verbs[:-1]):
        verbs = [verbs[-1], *verbs[:-1]]  # `verfügbar bleiben`
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
