"""Singular and plural of English and German nouns: the rules, the irregular words, a lexicon to choose; articles.

A rule alone cannot tell whether `cases` comes from `case` or `cas`; a lexicon alone does not know `webhooks`. So rules
make the candidates and the lexicon's lemma chooses among them. Rules and irregular words are those of Quirk et al.,
"A Comprehensive Grammar of the English Language" (1985), 5.73 to 5.103.
"""

from agents.knowledge.german import german_plural, german_singular
from agents.remembering import remembered

UNINFLECTED = frozenset(
    "staff equipment data media metadata stock feedback news series information software hardware furniture luggage "
    "personnel merchandise sms gps species aircraft spacecraft sheep fish deer moose salmon chassis corps debris "
    "premises headquarters scissors trousers means cash money livestock knowledge advice research "
    "homework housework traffic weather health evidence".split()
)
"""Nouns with one form."""

_ENDS_IN_S = frozenset(
    "lens gas bias canvas atlas alias pancreas ananas christmas texas thermos cosmos chaos pathos ethos rhinoceros "
    "mathematics physics analytics logistics economics politics ethics athletics genetics kudos".split()
)
"""Singular nouns that look like plurals."""

_IRREGULAR = {
    "person": "people", "child": "children", "foot": "feet", "tooth": "teeth", "goose": "geese", "mouse": "mice",
    "louse": "lice", "ox": "oxen", "die": "dice", "criterion": "criteria", "phenomenon": "phenomena",
    "memorandum": "memoranda", "bacterium": "bacteria", "curriculum": "curricula",
    "addendum": "addenda", "erratum": "errata", "stratum": "strata", "vertex": "vertices", "index": "indexes",
    "appendix": "appendices", "vortex": "vortices", "codex": "codices", "helix": "helices", "matrix": "matrices",
    "apex": "apices", "cortex": "cortices", "alumnus": "alumni", "cactus": "cacti", "fungus": "fungi",
    "nucleus": "nuclei", "radius": "radii", "stimulus": "stimuli", "bacillus": "bacilli", "corpus": "corpora",
    "genus": "genera", "opus": "opuses", "larva": "larvae", "alga": "algae", "alumna": "alumnae",
    "vertebra": "vertebrae", "quiz": "quizzes", "fez": "fezzes", "whiz": "whizzes", "soliloquy": "soliloquies",
    "colloquy": "colloquies", "passerby": "passersby",
}  # fmt: skip
_TO_VES = frozenset(
    "leaf life knife wife half shelf calf thief wolf loaf self elf hoof scarf sheaf wharf dwarf".split()
)
_TO_OES = frozenset(
    "hero potato tomato echo veto torpedo embargo domino mosquito buffalo cargo tornado volcano".split()
)
_HARD_CH = frozenset("stomach epoch monarch patriarch tech mach loch".split())
_MEN_STAY = frozenset("human german roman norman talisman shaman ottoman caiman".split())
_TO_IDES = frozenset("iris clitoris penis tennis pelvis trellis cannabis metropolis".split())
_SINGULARS = {
    **{many: one for one, many in _IRREGULAR.items()}, "indices": "index", "leaves": "leave",
    **{f"{word}s": word for word in "menu guru emu sku cpu gpu ecu bayou plateau bureau".split()},
    **{f"{word}es": word for word in (*_TO_OES, *_ENDS_IN_S, *_TO_IDES)},
}  # fmt: skip


@remembered
def plural_of(word: str) -> str:
    """The plural of a singular noun in lower-case ASCII letters.

    >>> [plural_of(w) for w in ("category", "address", "analysis", "woman", "auftrag")]
    ['categories', 'addresses', 'analyses', 'women', 'auftraege']
    """
    if word in UNINFLECTED:
        return word
    return _IRREGULAR.get(word) or german_plural(word) or _regular(word)


def _regular(word: str) -> str:
    """The plural by ending."""
    if word.endswith("man") and word not in _MEN_STAY:
        return f"{word[:-3]}men"
    for end in _TO_VES:
        if word.endswith(end) and (len(word) == len(end) or end not in ("elf", "half")):
            return f"{word.removesuffix('e').removesuffix('f')}ves"
    if word.endswith("person") and word != "person":
        return f"{word[:-6]}people"
    if word.endswith("is") and word not in _TO_IDES and len(word) > 3 and word != "this":
        return f"{word[:-2]}es"
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return f"{word[:-1]}ies"
    hissing = word.endswith(("s", "x", "z", "sh")) or (word.endswith("ch") and word not in _HARD_CH)
    return f"{word}es" if hissing or word in _TO_OES else f"{word}s"


@remembered
def singular_of(word: str) -> str:
    """The singular of a noun in lower-case ASCII letters; unchanged where it already is one.

    >>> [singular_of(w) for w in ("categories", "cases", "status", "movies", "women", "auftraege")]
    ['category', 'case', 'status', 'movie', 'woman', 'auftrag']
    """
    if word in UNINFLECTED or word in _ENDS_IN_S:
        return word
    if one := _SINGULARS.get(word) or german_singular(word):
        return one
    if word.endswith("men") and word not in _NO_MEN:
        return f"{word[:-3]}man"
    if word.endswith("people") and word != "people":
        return f"{word[:-6]}person"
    if not word.endswith("s") or word.endswith(("ss", "us", "is")) or len(word) < 3:
        return word
    candidates = [c for c in _candidates(word) if plural_of(c) == word]
    if len(candidates) == 2 and word.endswith(_UNDECIDED):
        lemma = _lemma(word)
        return lemma if lemma in candidates else candidates[0]
    return candidates[0] if candidates else word[:-1]


_NO_MEN = frozenset("specimen regimen abdomen omen acumen".split())
_IE = frozenset(
    "movie cookie calorie zombie prairie rookie brownie selfie hoodie smoothie genie pie tie die lie".split()
)
_SIS = ("lyses", "gnoses", "theses", "crises", "oases", "neuroses", "emphases", "hypnoses", "synopses")
_UNDECIDED = ("ches", "uses", "zes")


def _candidates(word: str) -> list[str]:
    """Words whose plural this could be, the likeliest first."""
    stem = word[:-2]
    if word.endswith("ies"):
        return [word[:-1]] if word[:-1] in _IE else [f"{word[:-3]}y", word[:-1]]
    if word.endswith("ves"):
        return [f"{word[:-3]}f", f"{word[:-3]}fe", word[:-1]]
    if word.endswith(_SIS) or word == "axes":
        return [f"{stem}is"]
    if word.endswith(("sses", "xes", "ches", "shes", "zzes", "uses")):
        return [stem, word[:-1]]
    if word.endswith("es"):
        return [word[:-1], stem]
    return [word[:-1]]


def _lemma(word: str) -> str:
    """The lexicon's lemma; it is loaded when the first word needs it."""
    from agents.language.tokens import lemma_of

    return lemma_of(word)


_SOUND_LIKE_CONSONANTS = ("uni", "use", "usa", "usu", "uti", "eu", "one", "once")
_SILENT_H = ("hour", "honor", "honour", "heir", "honest")


def article(noun: str) -> str:
    """The noun after `a` or `an`, by its first sound as far as letters tell it.

    >>> article("order"), article("user"), article("Unit"), article("upload"), article("hour")
    ('an order', 'a user', 'a Unit', 'an upload', 'an hour')
    """
    start = noun.lower()
    vowel = start[:1] in tuple("aeiou") and not start.startswith(_SOUND_LIKE_CONSONANTS)
    return f"{'an' if vowel or start.startswith(_SILENT_H) else 'a'} {noun}"
