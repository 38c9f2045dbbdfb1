"""Short forms of speech in full, so that every reader knows one spelling: `it's` is `it is`, `can't` is `cannot`."""

import re

from agents.remembering import remembered
from agents.screening import screened

_SHORT = screened(
    r"\b(?:(?P<whole>can['’]?t|cannot|won['’]t|shan['’]t)\b|(?P<verb>[a-z]+)n['’]t\b"
    r"|(?P<who>it|that|he|she|there|who|what|this|one)['’]s\b(?P<been> been\b| got\b)?"
    r"|(?P<all>they|we|you|i)['’](?P<end>re|ve|ll|m)\b)",
    re.I,
)
_WHOLE = {"ca": "cannot", "wo": "will not", "sh": "shall not"}
_ENDS = {"re": "are", "ve": "have", "ll": "will", "m": "am"}


@remembered
def uncontracted(text: str) -> str:
    """The text without short forms.

    >>> uncontracted("It's open till it's been paid; they can't and don't mind.")
    'It is open till it has been paid; they cannot and do not mind.'
    """
    return _SHORT.sub(_in_full, text) if "'" in text or "’" in text else text


def _in_full(found: re.Match[str]) -> str:
    if found["whole"]:
        return _WHOLE[found["whole"].lower()[:2]]
    if found["verb"]:
        return f"{found['verb']} not"
    if found["who"]:
        return f"{found['who']} {'has' if found['been'] else 'is'}{found['been'] or ''}"
    return f"{found['all']} {_ENDS[found['end'].lower()]}"
