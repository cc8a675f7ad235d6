"""Two readers of the same lines: the text of the better, as sure as the other agrees.

Disagreement between engines finds wrong lines better than either engine's own confidence does.
"""

import unicodedata
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from ocr.readers.ports import Grey, LineReader, Quad, Reading

_FOLDED = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‐": "-", "…": "."})


class AgreeingReader:
    """See LineReader. Confidence is the likeness of the two texts."""

    def __init__(self, better: LineReader, other: LineReader) -> None:
        self._better = better
        self._other = other
        self.alphabet = better.alphabet

    def read(self, grey: Grey, quads: Sequence[Quad]) -> list[Reading]:
        """See LineReader.read."""
        pairs = zip(self._better.read(grey, quads), self._other.read(grey, quads), strict=True)
        return [Reading(text=one.text, confidence=likeness(one.text, two.text)) for one, two in pairs]


def likeness(one: str, two: str) -> float:
    """Return 1 - edit distance / longer length, quotes and dashes folded; 0 for two empty texts."""
    one, two = (unicodedata.normalize("NFC", text).translate(_FOLDED) for text in (one, two))
    if not one and not two:
        return 0.0
    return float(Levenshtein.normalized_similarity(one, two))
