"""HanTa's taggers, made once and remembering words.

A brief says the same words again and again, and finding the morphemes of a word takes longer than everything else that
is done with a sentence.
"""

import functools
from typing import Any

_MOST_WORDS = 65_536


@functools.cache
def tagger(model: str) -> Any:
    """The tagger of a model in HanTa's wheel; what it finds for a word by itself is kept."""
    from agents.language.viterbi import Tagger  # the library is heavy to import

    made = Tagger(model)
    for name in ("_tag_word", "_analyze"):  # pure functions of their arguments, whose results nobody changes
        setattr(made, name, functools.lru_cache(maxsize=_MOST_WORDS)(getattr(made, name)))
    return made
