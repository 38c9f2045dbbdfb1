"""Values that are sealed before they reach the database: AES-256-GCM, bound to their table, column and row."""

import hmac
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SEALED: Mapping[str, tuple[str, Mapping[str, str]]] = {}  # table: its key, and each sealed column with its blind index


class Envelopes:
    """Seals under the current key and opens under every key that is still known.

    All keys are 32 random bytes of a key management service or secret store, never of the database or its backups. A
    value that was changed, or moved to another row or column, does not open: `cryptography.exceptions.InvalidTag`.
    """

    def __init__(self, keys: Mapping[str, bytes], current: str, index_key: bytes) -> None:
        if any(len(key) != 32 for key in (keys[current], index_key, *keys.values())):
            raise ValueError("AES-256 and the blind index take keys of 32 bytes")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current, self._index_key = current, index_key

    def seal(self, table: str, column: str, row: object, text: str) -> str:
        """The envelope `v1.<key id>.<nonce>.<ciphertext and tag>`; the row's key is known before the row is written."""
        nonce = token_bytes(12)
        bound = f"v1|{self._current}|{table}|{column}|{row}".encode()
        sealed = self._ciphers[self._current].encrypt(nonce, text.encode(), bound)
        return f"v1.{self._current}.{_text(nonce)}.{_text(sealed)}"

    def open(self, table: str, column: str, row: object, envelope: str) -> str:
        """The text, if the envelope was sealed for this place under a known key and is unchanged."""
        version, key_id, nonce, sealed = envelope.split(".")
        bound = f"{version}|{key_id}|{table}|{column}|{row}".encode()
        return self._ciphers[key_id].decrypt(_bytes(nonce), _bytes(sealed), bound).decode()

    def index(self, table: str, column: str, text: str) -> str:
        """The blind index of a text, by which its row is found; equal texts of one column have equal ones."""
        message = f"{table}|{column}|{unicodedata.normalize('NFC', text.strip())}".encode()
        return hmac.new(self._index_key, message, "sha256").hexdigest()

    def rotate(self, connection: Any, table: str, key: str, column: str, after: object, size: int = 500) -> object:
        """Seals one batch of rows behind `after` anew, and returns the last key; None when there is none left.

        Each batch is one transaction of a psycopg connection. Begin with the least key; repeat for each sealed column.
        """
        rows = connection.execute(
            f"SELECT {key}, {column} FROM {table} WHERE {key} > %s AND {column} NOT LIKE %s"
            f" AND {column} NOT LIKE 'v1.erased.%%' ORDER BY {key} LIMIT {size} FOR UPDATE",
            (after, f"v1.{self._current}.%"),
        ).fetchall()
        for row, envelope in rows:
            anew = self.seal(table, column, row, self.open(table, column, row, envelope))
            connection.execute(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", (anew, row))
        return rows[-1][0] if rows else None


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
