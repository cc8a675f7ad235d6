"""A line with what stands above and below it, as ink: what trueocr and the reader made from it look at. Pure."""

import math
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from ocr.lines import Box
from ocr.readers.crops import is_light_on_dark
from ocr.readers.ports import Grey

_HEIGHT = 32
_WINDOW = 3
"""Line heights seen: the line, and as much above and below."""
TALL = _HEIGHT * _WINDOW
"""Pixel rows of a line with its surroundings."""
WIDTH_MULTIPLE = 8
_PAD_Y = 0.2
_PAD_X = 0.3
_WIDEST = 1600
_BATCH_COLUMNS = 20_000
_BATCH_RATIO = 1.3

Ink = npt.NDArray[np.float32]
"""TALL x width, 0 paper, 1 ink."""


def ink_of(grey: Grey, box: Box) -> Ink:
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
    wide = min(_WIDEST, max(WIDTH_MULTIPLE, round(seen.shape[1] * TALL / seen.shape[0])))
    how = cv2.INTER_AREA if seen.shape[0] > TALL else cv2.INTER_LINEAR
    scaled = np.asarray(cv2.resize(seen, (wide, TALL), interpolation=how), dtype=np.float32) / 255.0
    return scaled if dark else 1.0 - scaled


def batches(widths: Sequence[int]) -> Iterator[list[int]]:
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
