"""The letters that a reader must be able to write before it may serve Vietnamese papers.

A reader without "ỵ" does not fail: it writes another letter, and nobody notices.
"""

import unicodedata
from collections.abc import Iterable

from ocr.errors import AlphabetIncomplete

_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_LOWER = {unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in _TONES} - set("aeiouy")

VIETNAMESE_LETTERS = frozenset(_LOWER | {"đ"} | {letter.upper() for letter in _LOWER} | {"Đ"})
"""The 134 letters beyond ASCII, NFC: 67 in two cases."""


def require_vietnamese(reader: str, alphabet: Iterable[str]) -> frozenset[str]:
    """Return the alphabet, NFC, or raise AlphabetIncomplete naming the reader and the letters it lacks."""
    known = frozenset(unicodedata.normalize("NFC", letter) for letter in alphabet)
    missing = VIETNAMESE_LETTERS - known
    if missing:
        raise AlphabetIncomplete(reader, "".join(sorted(missing)))
    return known
