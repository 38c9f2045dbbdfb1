"""HanTa's tagger with searches that try only what a word can be.

Each gives what HanTa's own gives, to the last bit: it adds the same chances in the same order.
"""

import functools
import math
from dataclasses import dataclass, field

from HanTa.HanoverTagger import EMPTY, END, START, UNKNOWN, HanoverTagger, logaddexp

_LEAST = -1e6
_NEVER = -math.inf
_MOST_WORDS = 65_536
_MOST_BEGINNINGS = 8_192
_WHOLE = 4.6
"""What HanTa takes from the chance that a whole word is one unknown morpheme."""

State = tuple[int, int]


@dataclass(slots=True)
class _Beginning:
    """The words up to one: the states after it with their chances, from where each is reached, and the words after."""

    row: dict[State, float]
    way: dict[State, State]
    following: dict[str, "_Beginning"] = field(default_factory=dict)


class Tagger(HanoverTagger):  # type: ignore[misc]
    """The same tags in a fraction of the time.

    HanTa's own loops go over every class that may follow a state and ask of each whether the word has it. Here only the
    classes of the word are tried, and sentences that begin alike share what was found for their beginning.
    """

    def __init__(self, model: str) -> None:
        super().__init__(model)
        # What is found for a word by itself is kept; these are pure functions whose results nobody changes.
        for name in ("_tag_word", "_analyze"):
            setattr(self, name, functools.lru_cache(maxsize=_MOST_WORDS)(getattr(self, name)))
        self.classes = functools.lru_cache(maxsize=_MOST_WORDS)(self._classes)
        self.chances = functools.lru_cache(maxsize=_MOST_WORDS)(self._chances)
        self._beginnings: dict[bool, _Beginning] = {}
        self._begun = 0

    def tag_sent_viterbi(self, sent: list[str], casesensitive: bool = True) -> list[int]:
        """The class of each word on the likeliest way through the sentence."""
        if self._begun > _MOST_BEGINNINGS:
            self._beginnings, self._begun = {}, 0
        here = self._beginnings.setdefault(casesensitive, _Beginning({(EMPTY, START): 0.0}, {}))
        ways: list[dict[State, State]] = []
        for place, word in enumerate(sent):
            after = here.following.get(word)
            if after is None:
                classes = self.classes(word, bool(place) and casesensitive)
                if classes is None:
                    return list(super().tag_sent_viterbi(sent, casesensitive))
                after = here.following[word] = _Beginning(*self._step(here.row, classes))
                self._begun += 1
            here = after
            ways.append(here.way)
        best, likeliest = (END, EMPTY), _NEVER
        for state, chance in here.row.items():
            whole = chance + self.LP_trans_word[state].get(END, _NEVER)
            if whole > likeliest:
                best, likeliest = state, whole
        if likeliest == _NEVER:
            return list(super().tag_sent_viterbi(sent, casesensitive))
        tags = []
        for way in reversed(ways):
            tags.append(best[1])
            best = way[best]
        return tags[::-1]

    def _classes(self, word: str, casesensitive: bool) -> tuple[tuple[int, float], ...] | None:
        """The classes that a word may have, with their chances; None where HanTa knows none."""
        found = dict(self._tag_word(word, cutoff=5, casesensitive=casesensitive, conditional=True))
        if not found or (len(found) == 1 and UNKNOWN in found):
            return None
        return tuple((one, float(own)) for one, own in found.items() if one != END)

    def _step(
        self, before: dict[State, float], classes: tuple[tuple[int, float], ...]
    ) -> tuple[dict[State, float], dict[State, State]]:
        """The states after a word with their chances, and from where each is reached; the five best go on."""
        bound = sorted(before.values(), reverse=True)[5] - 1 if len(before) > 5 else _LEAST
        row: dict[State, float] = {}
        way: dict[State, State] = {}
        known, steps = row.get, self.LP_trans_word
        for state, chance in before.items():
            if chance < bound:
                continue
            following, last = steps[state].get, state[1]
            for one, own in classes:
                step = following(one)
                if step is None:
                    continue
                whole = chance + step + own
                reached = (last, one)
                if whole > _LEAST and whole > known(reached, _NEVER):
                    row[reached], way[reached] = whole, state
        return row, way

    def analyze_forward(self, word: str) -> list[tuple[int, float]]:
        """The classes of a word by its morphemes, the likeliest first."""
        length = len(word)
        table: list[dict[State, float]] = [{(EMPTY, START): 0}, *({} for _ in range(length))]
        for begin, row in enumerate(table[:-1]):
            bound = sorted(row.values(), reverse=True)[3] - 1 if len(row) > 3 else _LEAST
            for state, chance in row.items():
                following = self.LP_trans_nonfinal.get(state) if chance >= bound else None
                if not following:
                    continue
                last = state[1]
                for end in range(begin + 1, length + 1):
                    size = end - begin
                    own = self.chances(word[begin:end], length < 4 or size > 2, size == length)
                    reached_here = table[end]
                    for tag, step in following:
                        if (morpheme := own.get(tag)) is None:
                            continue
                        whole = chance + step + morpheme
                        if whole > _LEAST:
                            reached = (last, tag)
                            if reached not in reached_here or whole > reached_here[reached]:
                                reached_here[reached] = whole
        ends: dict[State, float] = {}
        for state, chance in table[-1].items():
            for tag, step in self.LP_trans_final.get(state, ()):
                whole = chance + step
                reached = (state[1], tag)
                if whole > _LEAST and (reached not in ends or whole > ends[reached]):
                    ends[reached] = whole
        found: dict[int, float] = {}
        for (_, tag), chance in ends.items():
            found[-tag] = logaddexp(found[-tag], chance) if -tag in found else chance
        return sorted(found.items(), key=lambda item: item[1], reverse=True) or [(UNKNOWN, 0)]

    def _chances(self, morpheme: str, guessed: bool, whole: bool) -> dict[int, float]:
        """The chance of a morpheme for each tag that it may have; known ones, and where `guessed`, by its end."""
        found = {tag: known[morpheme] for tag, known in self.LP_m_t.items() if morpheme in known}
        if not guessed:
            return found
        size = len(morpheme)
        for tag, ends in self.LP_s_t.items():
            if tag in found or tag not in self.LP_hapax_t:
                continue
            # HanTa looks for the last four, three, two letters and one; it leaves out an end that is all there is.
            longest = next((morpheme[-n:] for n in (4, 3, 2, 1) if size > n and morpheme[-n:] in ends), "")
            chance = self.Int_t + self.LP_hapax_t[tag] + self.LP_len_t[tag][min(size, 24)] + ends[longest]
            found[tag] = chance - _WHOLE if whole else chance
        return found
