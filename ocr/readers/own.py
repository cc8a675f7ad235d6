"""Lines -> text with the reader made for this product (ocr/readers/weights; how it was made: docs/training.md).

A network says at each step of a line which letters it may have seen; where it is not sure, official language chooses
among its guesses.
"""

import json
import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from ocr.readers.alphabet import require_vietnamese
from ocr.readers.crops import bounding_box
from ocr.readers.decoding import Seen, decode
from ocr.readers.ink import TALL, WIDTH_MULTIPLE, Ink, batches, ink_of
from ocr.readers.models import READER, READER_LETTERS, model_file
from ocr.readers.ports import Grey, Quad, Reading
from ocr.readers.sessions import session
from ocr.readers.word_pairs import word_pairs

_TAIL = 8
"""Empty columns after the longest line of a batch."""
_GUESSES = 5
"""Letters a step that are thought of."""


class SohoaReader:
    """See LineReader. Not to be shared between threads."""

    def __init__(self, *, language: bool = True) -> None:
        """Load the network; without `language` the likeliest letters are taken."""
        letters: str = json.loads(model_file(READER_LETTERS).read_text(encoding="utf-8"))["letters"]
        self.alphabet = require_vietnamese("sohoa", letters)
        self._letters = tuple(letters)
        self._session = session(READER)
        self._pairs = word_pairs() if language else None

    def read(self, grey: Grey, quads: Sequence[Quad]) -> list[Reading]:
        """See LineReader.read. Confidence: see ocr.readers.decoding.decode."""
        height, width = grey.shape
        lines = [ink_of(grey, bounding_box(quad, width, height)) for quad in quads]
        readings: dict[int, Reading] = {}
        for batch in batches([line.shape[1] for line in lines]):
            seen = self._see([lines[index] for index in batch])
            readings.update(
                (index, decode(one, self._letters, self._pairs)) for index, one in zip(batch, seen, strict=True)
            )
        return [readings[index] for index in range(len(lines))]

    def _see(self, lines: list[Ink]) -> Iterator[Seen]:
        widths = np.array([line.shape[1] for line in lines], dtype=np.int64)
        columns = math.ceil(int(widths.max()) / WIDTH_MULTIPLE) * WIDTH_MULTIPLE + _TAIL
        batch = np.zeros((len(lines), 1, TALL, columns), dtype=np.float32)
        for row, line in zip(batch, lines, strict=True):
            row[0, :, : line.shape[1]] = line
        logits, lengths = self._session.run(["logits", "lengths"], {"x": batch, "widths": widths})
        for one, steps in zip(logits, lengths, strict=True):
            yield likeliest(one[:steps])


def likeliest(logits: npt.NDArray[np.float32]) -> Seen:
    """Return the best classes of each step, with the logarithms of their probabilities."""
    highest = logits.max(axis=1, keepdims=True)
    total = highest + np.log(np.exp(logits - highest).sum(axis=1, keepdims=True))
    few = np.argpartition(logits, -_GUESSES, axis=1)[:, -_GUESSES:]
    order = np.take_along_axis(few, np.argsort(-np.take_along_axis(logits, few, axis=1), axis=1, kind="stable"), axis=1)
    return Seen(ids=order.astype(np.int64), logs=np.take_along_axis(logits, order, axis=1) - total)
