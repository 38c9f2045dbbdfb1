"""HanTa's taggers, made once.

A brief says the same words again and again, and finding the morphemes of a word takes longer than everything else that
is done with a sentence.
"""

import functools
from typing import Any


@functools.cache
def tagger(model: str) -> Any:
    """The tagger of a model in HanTa's wheel; what it finds for a word by itself is kept."""
    from agents.language.viterbi import Tagger  # the library is heavy to import

    return Tagger(model)
