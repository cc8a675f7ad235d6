"""Two readers of the same lines: the text of the better, settled where they dispute it, as sure as they agree.

Disagreement between engines finds wrong lines better than either engine's own confidence does.
"""

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from ocr.readers.arbiter import plain, settle
from ocr.readers.ports import Grey, LineReader, Quad, Reading
from ocr.readers.word_pairs import WordPairs

NOT_PRINT = 0.2
"""Below this likeness, what two readers make of a place without a digit is a seal, a signature or a speck."""


class AgreeingReader:
    """See LineReader. Confidence is the share of letters nobody disputes; where the readers share nothing, nothing
    was read."""

    def __init__(self, better: LineReader, other: LineReader, pairs: WordPairs) -> None:
        self._better = better
        self._other = other
        self._pairs = pairs
        self.alphabet = better.alphabet

    def read(self, grey: Grey, quads: Sequence[Quad]) -> list[Reading]:
        """See LineReader.read."""
        read = zip(self._better.read(grey, quads), self._other.read(grey, quads), strict=True)
        return [self._agreed(one.text, two.text) for one, two in read]

    def _agreed(self, text: str, other: str) -> Reading:
        alike = likeness(text, other)
        # Numbers are often written by hand, where readers differ and a person must look.
        if max(alike, likeness(text.casefold(), other.casefold())) < NOT_PRINT and not any(map(str.isdigit, text)):
            return Reading(text="", confidence=0.0)
        settled = settle(text, other, self._pairs)
        letters = max(len(text), len(other), 1)
        return Reading(text=settled.text, confidence=max(0.0, 1.0 - settled.disputed / letters))


def likeness(one: str, two: str) -> float:
    """Return 1 - edit distance / longer length, quotes and dashes folded; 0 for two empty texts."""
    one, two = plain(one), plain(two)
    if not one and not two:
        return 0.0
    return float(Levenshtein.normalized_similarity(one, two))
