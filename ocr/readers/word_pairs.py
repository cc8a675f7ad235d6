"""How likely a word is after another in Vietnamese official language: counts of word pairs, looked up.

Knows nothing of images. The counts are data (word_pairs.npz), made by training/word_pairs.py; docs/model-card.md has
their sources and terms.
"""

import io
import math
import re
import unicodedata
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

BEGIN, END = "<s>", "</s>"
"""Stand before the first word of a line and after the last."""

STEPS_PER_LOG = 16
"""Counts lie as steps of their natural logarithm, one byte each."""

_KINDS = (
    ("0/0/0", re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}")),
    ("0/x", re.compile(r"\d{1,5}[a-z]?(?:/\d{4})?/[^\W\d][\w&./-]*")),
    ("0", re.compile(r"\d[\d.,]*%?")),
)
"""Dates, document numbers and other numbers: which one it is tells nothing about the words beside it."""

_AROUND = ".,;:!?\"'()[]{}“”‘’«»…-–—*_/"
_SHORTENED = math.log(0.4)
"""What a pair costs that was never seen, beside the word's own rarity. Source: Brants et al. 2007, stupid backoff."""
_LETTER = -0.8
"""What each letter of a word costs that was never seen: the longer it is, the less likely it is right."""


def folded_word(word: str) -> str:
    """Return the word as it is counted: NFC, lower case, without what stands around it; numbers by their kind."""
    if word in (BEGIN, END):
        return word
    bare = unicodedata.normalize("NFC", word).lower().strip(_AROUND)
    return next((kind for kind, shape in _KINDS if shape.fullmatch(bare)), bare)


def folded_words(line: str) -> list[str]:
    """Return the words of a line as they are counted; what holds no letter or digit is passed over."""
    return [word for word in map(folded_word, line.split()) if word]


class WordPairs:
    """Counts of words and pairs. Read-only; may be shared between threads."""

    def __init__(self, packed: bytes) -> None:
        with np.load(io.BytesIO(packed)) as table:
            words = table["words"].tobytes().decode().split("\n")
            self._number = {word: index for index, word in enumerate(words)}
            self._word_logs: npt.NDArray[np.float32] = table["word_logs"].astype(np.float32) / STEPS_PER_LOG
            self._pairs: npt.NDArray[np.uint32] = np.cumsum(table["pairs"], dtype=np.uint32)
            self._pair_logs: npt.NDArray[np.float32] = table["pair_logs"].astype(np.float32) / STEPS_PER_LOG
            self._total = math.log(int(table["total"][0]))

    def knows(self, word: str) -> bool:
        """Whether a word, as it is printed, has been counted."""
        return folded_word(word) in self._number

    def log_likelihood(self, before: str, word: str) -> float:
        """Return the natural logarithm of how likely `word` is after `before`; both as they are printed."""
        first, second = self._number.get(folded_word(before)), self._number.get(folded_word(word))
        if second is None:
            return _SHORTENED + math.log(0.2) - self._total + _LETTER * len(word)
        if first is not None:
            key = np.uint32((first << 16) | second)
            at = int(np.searchsorted(self._pairs, key))
            if at < len(self._pairs) and self._pairs[at] == key:
                return float(self._pair_logs[at] - self._word_logs[first])
        return _SHORTENED + float(self._word_logs[second]) - self._total

    def phrase(self, before: str, words: list[str], after: str) -> float:
        """Return how likely these words are between two others."""
        total, last = 0.0, before
        for word in words:
            if folded_word(word):
                total += self.log_likelihood(last, word)
                last = word
        return total + self.log_likelihood(last, after)


@cache
def word_pairs() -> WordPairs:
    """Return the packaged counts, read once per process (about 2 MB on disk, 10 MB in memory)."""
    return WordPairs((resources.files("ocr.readers") / "word_pairs.npz").read_bytes())
