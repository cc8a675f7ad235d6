"""Accent-insensitive forms for matching only; what is reported keeps its letters.

`fold` keeps the length, so that a match in the folded text is a span of the text itself.
"""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

_PLAIN = {
    "đ": "d",
    "ð": "d",
    "Đ": "d",
    "Ð": "d",
    "–": "-",
    "—": "-",
    "−": "-",
    "‐": "-",
    "’": "'",
    "：": ":",
    "；": ";",
}


def nfc(text: str) -> str:
    """Return the text in NFC with the look-alike Ð (U+00D0) written Đ and runs of blanks made one."""
    return " ".join(unicodedata.normalize("NFC", text).replace("Ð", "Đ").replace("ð", "đ").split())


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char in _PLAIN:
        return _PLAIN[char]
    base = unicodedata.normalize("NFD", char)[0].lower()
    return base if len(base) == 1 else char


def fold(text: str) -> str:
    """Return the NFC text without accents, in lower case, character for character (same length)."""
    return "".join(map(_plain, text))


def letters(text: str) -> str:
    """Return only the folded letters and digits: blanks, dots and rules do not count."""
    return re.sub(r"[^a-z0-9]", "", fold(nfc(text)))


def likeness(a: str, b: str) -> float:
    """Return 0 to 1, how alike two texts are by their letters alone."""
    return Levenshtein.normalized_similarity(letters(a), letters(b))


def is_capitals(text: str, *, least: int = 2) -> bool:
    """Whether the text is set in capitals, a stray small letter in ten forgiven."""
    upper = sum(c.isupper() for c in text)
    lower = sum(c.islower() for c in text)
    return upper >= least and lower * 9 <= upper
