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

from ocr.lines import Box
from ocr.readers.alphabet import require_vietnamese
from ocr.readers.crops import bounding_box, is_light_on_dark
from ocr.readers.models import ORIENTATION, TRUEOCR, TRUEOCR_LETTERS, model_file
from ocr.readers.ports import Grey, Quad, Reading
from ocr.readers.sessions import session

_HEIGHT = 32
_WINDOW = 3
"""Line heights seen: the line, and as much above and below."""
_PAD_Y = 0.2
_PAD_X = 0.3
_WIDTH_MULTIPLE = 8
_TAIL = 8
_WIDEST = 1600
_BATCH_COLUMNS = 20_000
_BATCH_RATIO = 1.3
_ORIENTATION_SIDE = 768

Ink = npt.NDArray[np.float32]
"""0 paper, 1 ink."""


class TrueocrReader:
    """See LineReader. Not to be shared between threads."""

    def __init__(self) -> None:
        self._letters: list[str] = json.loads(model_file(TRUEOCR_LETTERS).read_text(encoding="utf-8"))["charset"]
        self.alphabet = require_vietnamese("trueocr", self._letters)
        self._session = session(TRUEOCR)

    def read(self, grey: Grey, quads: Sequence[Quad]) -> list[Reading]:
        """See LineReader.read. Confidence is the least sure letter's."""
        height, width = grey.shape
        lines = [_ink(grey, bounding_box(quad, width, height)) for quad in quads]
        readings: dict[int, Reading] = {}
        for batch in _batches([line.shape[1] for line in lines]):
            readings.update(zip(batch, self._read_batch([lines[index] for index in batch]), strict=True))
        return [readings[index] for index in range(len(lines))]

    def _read_batch(self, lines: list[Ink]) -> Iterator[Reading]:
        widths = np.array([line.shape[1] for line in lines], dtype=np.int64)
        columns = math.ceil(int(widths.max()) / _WIDTH_MULTIPLE) * _WIDTH_MULTIPLE + _TAIL
        batch = np.zeros((len(lines), 1, _HEIGHT * _WINDOW, columns), dtype=np.float32)
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


def _ink(grey: Grey, box: Box) -> Ink:
    """Return the line with its surroundings, scaled; outside the page is paper."""
    left, top, right, bottom = box
    line_height = bottom - top
    above = (_WINDOW * (1 + 2 * _PAD_Y) - 1) / 2 * line_height
    x0, x1 = math.floor(left - _PAD_X * line_height), math.ceil(right + _PAD_X * line_height)
    y0, y1 = math.floor(top - above), math.ceil(bottom + above)
    dark = is_light_on_dark(grey[top:bottom, left:right])
    height, width = grey.shape
    seen = np.full((y1 - y0, x1 - x0), 0 if dark else 255, dtype=np.uint8)
    inside = grey[max(0, y0) : min(height, y1), max(0, x0) : min(width, x1)]
    oy, ox = max(0, -y0), max(0, -x0)
    seen[oy : oy + inside.shape[0], ox : ox + inside.shape[1]] = inside
    tall = _HEIGHT * _WINDOW
    wide = min(_WIDEST, max(_WIDTH_MULTIPLE, round(seen.shape[1] * tall / seen.shape[0])))
    how = cv2.INTER_AREA if seen.shape[0] > tall else cv2.INTER_LINEAR
    scaled = np.asarray(cv2.resize(seen, (wide, tall), interpolation=how), dtype=np.float32) / 255.0
    return scaled if dark else 1.0 - scaled


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Group lines of like width: little is wasted on padding, and memory stays bounded."""
    batch: list[int] = []
    for index in sorted(range(len(widths)), key=lambda index: widths[index]):
        if batch and (
            widths[index] > _BATCH_RATIO * max(64, widths[batch[0]])
            or (len(batch) + 1) * widths[index] > _BATCH_COLUMNS
        ):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


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
