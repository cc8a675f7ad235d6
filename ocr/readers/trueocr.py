"""Lines -> text with the trueocr recogniser, and which way up a page is (models of the wheel trueocr).

Fast, good at base letters, weaker at tone marks. It reads a line with what stands above and below it.
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from ocr.readers.alphabet import require_vietnamese
from ocr.readers.crops import bounding_box
from ocr.readers.ink import TALL, WIDTH_MULTIPLE, Ink, batches, ink_of
from ocr.readers.models import ORIENTATION, TRUEOCR, TRUEOCR_LETTERS, model_file
from ocr.readers.ports import Grey, Quad, Reading
from ocr.readers.sessions import session

_TAIL = 8
_ORIENTATION_SIDE = 768


class TrueocrReader:
    """See LineReader. Not to be shared between threads."""

    def __init__(self) -> None:
        self._letters: list[str] = json.loads(model_file(TRUEOCR_LETTERS).read_text(encoding="utf-8"))["charset"]
        self.alphabet = require_vietnamese("trueocr", self._letters)
        self._session = session(TRUEOCR)

    def read(self, grey: Grey, quads: Sequence[Quad]) -> list[Reading]:
        """See LineReader.read. Confidence is the least sure letter's."""
        height, width = grey.shape
        lines = [ink_of(grey, bounding_box(quad, width, height)) for quad in quads]
        readings: dict[int, Reading] = {}
        for batch in batches([line.shape[1] for line in lines]):
            readings.update(zip(batch, self._read_batch([lines[index] for index in batch]), strict=True))
        return [readings[index] for index in range(len(lines))]

    def _read_batch(self, lines: list[Ink]) -> Iterator[Reading]:
        widths = np.array([line.shape[1] for line in lines], dtype=np.int64)
        columns = math.ceil(int(widths.max()) / WIDTH_MULTIPLE) * WIDTH_MULTIPLE + _TAIL
        batch = np.zeros((len(lines), 1, TALL, columns), dtype=np.float32)
        for index, line in enumerate(lines):
            batch[index, 0, :, : line.shape[1]] = line
        ids, sure, lengths = self._session.run(["ids", "conf", "lengths"], {"x": batch, "widths": widths})
        for index in range(len(lines)):
            steps = int(lengths[index])
            yield self._decode(np.asarray(ids[index][:steps]), np.asarray(sure[index][:steps]))

    def _decode(self, ids: npt.NDArray[np.int64], sure: npt.NDArray[np.float32]) -> Reading:
        fresh = (ids != 0) & np.concatenate(([True], ids[1:] != ids[:-1]))[: len(ids)]
        text = unicodedata.normalize("NFC", "".join(self._letters[index - 1] for index in ids[fresh]))
        text = re.sub(r"\s+", " ", text).strip()
        return Reading(text=text, confidence=float(sure[fresh].min()) if text else 0.0)


class TrueocrCompass:
    """Which way a page lies. See ocr.pages.upright.Compass."""

    def __init__(self) -> None:
        self._session = session(ORIENTATION)

    def turns(self, grey: Grey) -> tuple[float, ...]:
        """Return the probability of 0, 1, 2 and 3 quarter turns counter-clockwise; what is left is vertical script."""
        scale = _ORIENTATION_SIDE / max(grey.shape)
        size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
        small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
        ink = np.zeros((1, 1, _ORIENTATION_SIDE, _ORIENTATION_SIDE), dtype=np.float32)
        ink[0, 0, : small.shape[0], : small.shape[1]] = 1.0 - small / 255.0
        return tuple(float(p) for p in self._session.run(None, {"x": ink})[0][0][:4])
