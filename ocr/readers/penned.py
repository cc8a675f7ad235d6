"""Lines in which a pen may have written, a paper's number and its day: read once more, by readers of other descent.

Readers that come from one another misread a written digit alike and agree about it; a wrong number would then be shown
without doubt. Where numbers and days stand is laid down: Nghị định 30/2020/NĐ-CP, Phụ lục I, Phần I, Mục II.3 and II.4.
"""

import re
from collections.abc import Sequence

from ocr.readers.agreement import likeness
from ocr.readers.ports import Grey, LineReader, Quad, Reading

_NUMBER_LETTERS = 40
"""A line with a paper's number holds little else."""
_DAY_LETTERS = 60
_NUMBER = re.compile(r"/\s*[A-ZĐ]|^\W*S[ốôóỐ6]\b", re.IGNORECASE)
_DAY = re.compile(r"\bng.y\b.*\bth.ng\b", re.IGNORECASE)


class PennedReader:
    """See LineReader. The readers must be of different descent; the alphabet is that of the first."""

    def __init__(self, reader: LineReader, witness: LineReader) -> None:
        """Read with `reader`, and once more with `witness` where a pen may have written."""
        self._reader = reader
        self._witness = witness
        self.alphabet = reader.alphabet

    def read(self, grey: Grey, quads: Sequence[Quad]) -> list[Reading]:
        """See LineReader.read. Where the witness is asked its text is taken, as sure as both are that it is right."""
        readings = self._reader.read(grey, quads)
        asked = [index for index, reading in enumerate(readings) if may_be_penned(reading.text)]
        for index, second in zip(asked, self._witness.read(grey, [quads[index] for index in asked]), strict=True):
            readings[index] = _weighed(readings[index], second)
        return readings


def may_be_penned(text: str) -> bool:
    """Whether a line looks like the number or the day of a paper, which are often written by hand."""
    if len(text) <= _NUMBER_LETTERS and _NUMBER.search(text):
        return True
    return len(text) <= _DAY_LETTERS and _DAY.search(text) is not None


def _weighed(first: Reading, second: Reading) -> Reading:
    if not second.text:
        return Reading(text=first.text, confidence=0.0)
    sure = min(first.confidence, second.confidence, likeness(first.text, second.text))
    return Reading(text=second.text, confidence=sure)
