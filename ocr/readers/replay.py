"""Finder and reader that repeat what they were told: for tests, demonstrations and re-running old readings."""

import unicodedata
from collections.abc import Sequence

from ocr.readers.alphabet import VIETNAMESE_LETTERS, require_vietnamese
from ocr.readers.ports import Grey, Quad, Reading

_ASCII = frozenset(chr(code) for code in range(32, 127))


class ReplayFinder:
    """See LineFinder. Finds the quads it was given, on any page that is large enough for them and not empty."""

    def __init__(self, quads: Sequence[Quad]) -> None:
        self._quads = list(quads)

    def find(self, grey: Grey) -> list[Quad]:
        """See LineFinder.find."""
        height, width = grey.shape
        if grey.size == 0 or int(grey.min()) == int(grey.max()):
            return []
        return [quad for quad in self._quads if all(0 <= x <= width and 0 <= y <= height for x, y in quad)]


class ReplayReader:
    """See LineReader. Gives the texts it was given to the quads from top to bottom, left to right; then nothing."""

    def __init__(self, texts: Sequence[str], confidence: float = 1.0) -> None:
        self._texts = [" ".join(unicodedata.normalize("NFC", text).split()) for text in texts]
        self._confidence = confidence
        self.alphabet = require_vietnamese("replay", VIETNAMESE_LETTERS | _ASCII | set("".join(self._texts)))

    def read(self, grey: Grey, quads: Sequence[Quad]) -> list[Reading]:
        """See LineReader.read."""
        del grey
        places = sorted(range(len(quads)), key=lambda index: (quads[index][0][1], quads[index][0][0]))
        rank = {index: place for place, index in enumerate(places)}
        texts = [self._texts[rank[index]] if rank[index] < len(self._texts) else "" for index in range(len(quads))]
        return [Reading(text=text, confidence=self._confidence if text else 0.0) for text in texts]
