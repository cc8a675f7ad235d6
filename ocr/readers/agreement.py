"""Two readers of the same lines: the text of the better, as sure as the other agrees.

Disagreement between engines finds wrong lines better than either engine's own confidence does.
"""

import unicodedata
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from ocr.readers.ports import Grey, LineReader, Quad, Reading

_FOLDED = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‐": "-", "…": "."})


NOT_PRINT = 0.2
"""Below this likeness, what two readers make of a place without a digit is a seal, a signature or a speck."""


class AgreeingReader:
    """See LineReader. Confidence is the likeness of the two texts; where they share nothing, nothing was read."""

    def __init__(self, better: LineReader, other: LineReader) -> None:
        self._better = better
        self._other = other
        self.alphabet = better.alphabet

    def read(self, grey: Grey, quads: Sequence[Quad]) -> list[Reading]:
        """See LineReader.read."""
        pairs = zip(self._better.read(grey, quads), self._other.read(grey, quads), strict=True)
        return [_agreed(one.text, two.text) for one, two in pairs]


def _agreed(text: str, other: str) -> Reading:
    alike = likeness(text, other)
    # Numbers are often written by hand, where readers differ and a person must look.
    if max(alike, likeness(text.casefold(), other.casefold())) < NOT_PRINT and not any(map(str.isdigit, text)):
        return Reading(text="", confidence=0.0)
    return Reading(text=text, confidence=alike)


def likeness(one: str, two: str) -> float:
    """Return 1 - edit distance / longer length, quotes and dashes folded; 0 for two empty texts."""
    one, two = (unicodedata.normalize("NFC", text).translate(_FOLDED) for text in (one, two))
    if not one and not two:
        return 0.0
    return float(Levenshtein.normalized_similarity(one, two))
