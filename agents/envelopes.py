"""The form of a value that the application encrypts: `v1.<key id>.<nonce>.<ciphertext and tag>`, in base64url.

It is text, so that every engine checks it, dumps show what is sealed and under which key, and a rotation finds the
rows of a key by their beginning. Beside it a blind index, an HMAC-SHA-256 in hexadecimal, keeps values apart and finds
them again; equal values have equal ones, which is all that it tells.
"""

SEALED = r"^v1\.[a-z0-9]{1,16}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$"
BLIND = "^[0-9a-f]{64}$"
BLIND_LENGTH = 64
NOTHING = "v1.erased.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA"
"""An envelope that no key opens: what stands where a value was erased that may not be missing."""

_HEAD = len("v1.") + 16 + 1 + 16 + 1
_TAG = 16
_UTF8 = 4  # bytes of a character, at most
ROTATED_AT_ONCE = 500
"""Rows that one transaction of a rotation writes anew: short enough for nobody to wait on its locks."""


def envelope_length(characters: int) -> int:
    """The longest envelope of a text of so many characters.

    >>> envelope_length(20)
    165
    """
    return _HEAD + -(-4 * (_UTF8 * characters + _TAG) // 3)


def plain_length(envelope: int) -> int:
    """How many characters a text has at most whose envelope has this length.

    >>> plain_length(envelope_length(20)), plain_length(envelope_length(255))
    (20, 255)
    """
    return ((envelope - _HEAD) * 3 // 4 - _TAG) // _UTF8


def blind_name(name: str) -> str:
    """The column of an attribute's blind index."""
    return f"{name}_index"
