"""German subordinate clauses in English order: the finite verb stands at their end and goes behind their subject.

`sobald der Kunde die Rechnung bezahlt hat` becomes `once the customer has paid the invoice`; a clause in front turns
its main clause round (`…, wird er versendet`), and a condition without a conjunction begins with its verb.
"""

from agents.language.german.tokens import Token

CONJUNCTIONS = frozenset(
    "sobald solange wenn falls sofern nachdem bevor ehe weil dass ob obwohl während damit bis wobei wo".split()
)
_RELATIVES = frozenset("der die das den dem welche welcher welches welchen welchem deren dessen was wer".split())
_FINITE = ("finite", "auxiliary", "modal")
_GOVERNED = ("infinitive", "participle", "auxiliary", "adjective", "negation")
_INSIDE = ("article", "adjective", "number", "participle")
_ABOUT = frozenset({"exactly", "about", "nearly", "almost", "up to", "at most", "at least", "only", "many", "so many"})
_BESIDE = frozenset({"werden", "haben"})
"""What stands beside a modal at the end of a clause: `gewartet werden muss`."""
_OWN = ("mein", "ihr", "sein", "unser")
_SUBJECTS = frozenset("er sie es wir ich man jemand niemand jeder keiner alles nichts".split())


def subordinates_in_order(words: list[Token]) -> list[Token]:
    """The parts between commas, each subordinate one with its verb behind its subject."""
    parts: list[list[Token]] = [[]]
    for word in words:
        if word.text == ",":
            parts.append([])
        else:
            parts[-1].append(word)
    begun = [_begins(part, number) for number, part in enumerate(parts)]
    found: list[Token] = []
    for number, part in enumerate(parts):
        if begun[number]:
            part = [word for clause in _coordinated(part) for word in clause]
        elif number and begun[number - 1] and _starts_with_verb(part) and (number == 1 or not _ruled(parts[0])):
            part = _turned(part)
        elif number and (verb := _fronted(part)):
            end = subject_end(part, verb + 1)
            part = [*part[verb + 1 : end], part[verb], *part[end:], *part[:verb]]
        elif not number and len(parts) > 1 and _starts_with_verb(part) and _starts_with_verb(parts[1]):
            parts[1] = _turned(parts[1])
            part = [Token("wenn", "adverb", "if"), *_turned(part)]
        found += [*([Token(",", "mark", ",")] if number else []), *part]
    return found


def _ruled(part: list[Token]) -> bool:
    """Whether a part has its own verb already, so that the next one does not follow from it."""
    return bool(part) and part[0].low not in CONJUNCTIONS


def _begins(part: list[Token], number: int) -> bool:
    """Whether a part is a subordinate clause: it begins as one and its verb stands at its end."""
    if len(part) < 3 or part[-1].part not in (*_FINITE, "infinitive"):
        return False
    low = part[0].low
    if low in CONJUNCTIONS:
        return True
    after = part[1].low if part[0].part == "preposition" else low
    bare = part[0].low == after and part[1].part in ("noun", "name") and part[-1].part == "infinitive"
    ruled = any(w.part in _FINITE and w.low not in _BESIDE for w in part[:-1])
    return number > 0 and after in _RELATIVES and not bare and not ruled


def _starts_with_verb(part: list[Token]) -> bool:
    """Whether a part begins with a verb that its subject follows; a label's participle has none behind it."""
    return len(part) > 1 and part[0].part in (*_FINITE, "infinitive") and subject_end(part, 1) > 1


def _fronted(part: list[Token]) -> int:
    """Where the verb of `täglich fallen 120 Termine an` stands, which its subject follows; 0 where there is none."""
    verb = next((n for n, w in enumerate(part) if w.part in _FINITE), 0)
    first = part[0] if part else Token("", "mark", "")
    begins = first.part in ("preposition", "adverb") or first.english.startswith("per ")
    return verb if verb and begins and subject_end(part, verb + 1) > verb + 1 else 0


def _turned(part: list[Token]) -> list[Token]:
    """`wird der Auftrag versendet` as `der Auftrag wird versendet`."""
    end = subject_end(part, 1)
    return [*part[1:end], part[0], *part[end:]]


def subject_end(words: list[Token], start: int) -> int:
    """Where the noun phrase or pronoun that begins at `start` ends; `start` itself where none begins there."""
    if start < len(words) and words[start].low in _SUBJECTS and words[start].part != "article":
        return start + 1
    end = start
    while end < len(words) and (words[end].part in _INSIDE or words[end].english in _ABOUT):
        end += 1
    if end >= len(words) or words[end].part not in ("noun", "name"):
        return start + 1 if start < len(words) and words[start].low in _SUBJECTS else start
    end += 1
    while end + 1 < len(words) and words[end].english.startswith("of ") and words[end + 1].part in ("noun", "name"):
        end += 2
    return end


def _coordinated(part: list[Token]) -> list[list[Token]]:
    """Clauses that `und` joins under one conjunction, each in order: every one of them ends with its verb."""
    cuts = [
        n for n in range(2, len(part) - 1)
        if part[n].part == "conjunction" and part[n + 1].part not in _GOVERNED
        and part[n - 1].part in (*_FINITE, "infinitive")
    ]  # fmt: skip
    if not cuts:
        return [_verb_second(part)]
    begins, ends = [0, *cuts], [*cuts, len(part)]
    return [_verb_second(part[b:e]) if e - b > 2 else part[b:e] for b, e in zip(begins, ends, strict=True)]


def _verb_second(part: list[Token]) -> list[Token]:
    """The clause with its verbs behind the subject; a relative pronoun is the subject where no other stands by it."""
    verb = part[-1]
    begin = len(part) - 1
    while begin > 1 and part[begin - 1].part in _GOVERNED:
        begin -= 1
    if verb.part == "finite" or (verb.part == "infinitive" and begin < len(part) - 1):
        begin = next((n for n in range(begin, len(part) - 1) if part[n].part == "negation"), len(part) - 1)
    governed = part[begin:-1]
    head = 1
    main = part[0].low in CONJUNCTIONS or part[0].part == "conjunction"
    asked = part[0].low.startswith("welch") and part[1].part in ("noun", "name", "adjective")
    if asked or part[0].low in ("deren", "dessen"):
        part, main = [Token(part[0].text, "pronoun", "which" if asked else "whose"), *part[1:]], True
    if not main:
        head = 2 if part[0].part == "preposition" else 1
        part = [
            *part[: head - 1],
            Token(part[head - 1].text, "pronoun", "which" if head == 2 else "that"),
            *part[head:],
        ]
    end = subject_end(part, head) if head < begin else head
    if not main and (part[head].low in ("den", "dem", "einen", "des") or part[head].low.startswith(_OWN)):
        end = head
    end = min(end, begin)
    negations = [w for w in governed if w.part == "negation"]
    others = [w for w in governed if w.part != "negation"]
    if others and others[-1].low in ("werden", "sein", "worden"):
        others = [*([Token(others[-1].text, "infinitive", "be")] if verb.part == "modal" else []), *others[:-1]]
    return [*part[:end], verb, *negations, *others, *part[end:begin]]
